import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vite.config.ts';

// A file that needs a page says so in its first line. The time is for a busy machine: alone the longest takes a second.
export default mergeConfig(
  base,
  defineConfig({
    test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true, testTimeout: 30_000 },
  }),
);
