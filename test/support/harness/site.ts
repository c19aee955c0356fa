import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serviceWorker } from '../../../src/sw/plugin.ts';
import { serve } from '../../../tools/serve/server.mjs';

export interface Site {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Stops answering; the files stay. */
  stop(): Promise<void>;
  /** Answers again at the same address. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Builds the store's page as the app is built, service worker included, and serves it with the app's own server and headers. */
export async function startSite(): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), 'lookalike-site-'));
  process.env['NODE_ENV'] = 'production'; // another file's development server may have set it in this process
  await build({
    configFile: false,
    root: fileURLToPath(new URL('./store-page', import.meta.url)),
    base: './',
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    plugins: [serviceWorker()],
    build: { outDir: dir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  });
  let server = await serve({ root: dir, port: 0 });
  const { url, port } = server;
  return {
    url,
    port,
    dir,
    stop: () => server.close(),
    start: async () => {
      server = await serve({ root: dir, port });
    },
    remove: async () => {
      await server.close().catch(() => undefined);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
