import { defineConfig } from 'vite';

/** The bench's own page: never part of the product's build. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: '../public',
  worker: { format: 'es' },
  build: {
    outDir: '../.cache/bench-dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
});
