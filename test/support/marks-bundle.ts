import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * The rasteriser as one script for any browser's console: it leaves `marksHash(case)`, which draws a case of test/marks and gives the SHA-256 of the bytes.
 */
export async function marksBundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2023',
      lib: {
        entry: fileURLToPath(new URL('./marks-page.ts', import.meta.url)),
        formats: ['iife'],
        name: 'marksOfTests',
      },
    },
  });
  const outputs = Array.isArray(made) ? made : [made];
  const chunk = outputs.flatMap((o) => ('output' in o ? o.output : [])).find((o) => o.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('The rasteriser was not bundled.');
  return chunk.code;
}
