import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { brotli } from './plugins/brotli.ts';
import { partsPage } from './plugins/parts.ts';
import { serviceWorker } from './plugins/service-worker.ts';

// `npm run dev` talks to a running `meydan up`; MEYDAN_API says where when it is not the usual port.
const api = process.env.MEYDAN_API ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [
    react(),
    babel({ presets: [linguiTransformerBabelPreset()] }),
    lingui(),
    tailwind(),
    serviceWorker(),
    brotli(),
    partsPage(),
  ],
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: { proxy: { '/api': api, '/outbox': api, '/pay/': api } },
});
