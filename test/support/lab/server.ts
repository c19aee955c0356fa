import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { HEADERS } from '../../../vite.config.ts';

/** The lab, served from the sources on a port of its own. */
export interface LabServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the lab's server. Files are not watched: a test runs on what was there when it began. */
export async function startLab(): Promise<LabServer> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const server = await createServer({
    root,
    configFile: false,
    appType: 'mpa',
    logLevel: 'error',
    cacheDir: `${root}.cache/lab`,
    worker: { format: 'es' },
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null, headers: HEADERS },
    // Named, since a library found only when a worker starts would make Vite reload the page in the middle of a test.
    optimizeDeps: {
      entries: [
        'test/support/lab/index.html',
        'workers/vlm/engine.worker.ts',
        'workers/pixels/pixels.worker.ts',
        'workers/text/text.worker.ts',
        'workers/encoder/encoder.worker.ts',
      ],
      include: [
        'comlink',
        '@huggingface/tokenizers',
        '@huggingface/transformers',
        'onnxruntime-web/webgpu',
        'fast-png',
      ],
    },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || !address) throw new Error('The lab has no port.');
  return { url: `http://127.0.0.1:${address.port}/test/support/lab/index.html`, close: () => server.close() };
}
