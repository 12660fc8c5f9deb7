import { defineConfig, mergeConfig } from 'vite';
import base from './vite.config.ts';

// The page of parts as files, for the screenshots and their test. The product is built from index.html and knows no such page.
export default mergeConfig(
  { ...base, plugins: base.plugins?.filter((plugin) => !isForTheProduct(plugin)) },
  defineConfig({ build: { outDir: 'dist/parts', emptyOutDir: true, rollupOptions: { input: 'parts.html' } } }),
);

function isForTheProduct(plugin: unknown): boolean {
  return /^meydan:(service-worker|brotli)$/.test((plugin as { name?: string }).name ?? '');
}
