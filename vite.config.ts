import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { serviceWorker } from './src/sw/plugin.ts';

/** Headers on every response: cross-origin isolation (threads, precise memory) and the privacy promise. */
export const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * A build is for use, whatever the shell says: Vite takes `import.meta.env.DEV` from NODE_ENV where that is set, and a page that takes itself for one under
 * development keeps no service worker and believes that it may reach the hub.
 */
const forUse: Plugin = {
  name: 'lookalike-for-use',
  config(_, { command }) {
    if (command === 'build') process.env['NODE_ENV'] = 'production';
  },
};

/** Whether all unit tests are asked for: coverage of some of them says nothing. */
const whole = !process.argv.some((argument) => argument.startsWith('test/'));

export default defineConfig({
  base: './',
  plugins: [forUse, svelte(), serviceWorker()],
  worker: { format: 'es' },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, sourcemap: false },
  server: { headers: HEADERS },
  test: {
    include: ['test/unit/**/*.test.ts', 'src/**/*.test.ts'],
    environment: 'node',
    // What hangs is found all the same; a busy machine is no reason to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      enabled: whole,
      provider: 'v8',
      include: ['src/run/**/*.ts'],
      reporter: ['text'],
      reportsDirectory: '.cache/coverage',
      thresholds: { 'src/run/**': { lines: 85 } },
    },
  },
} as Parameters<typeof defineConfig>[0]);
