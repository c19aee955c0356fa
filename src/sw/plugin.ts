import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const SOURCE = fileURLToPath(new URL('./sw.ts', import.meta.url));

/** Builds sw.js beside the finished site, with the path and SHA-256 of every file of it. */
export function serviceWorker(): Plugin {
  let root = '';
  let outDir = '';
  return {
    name: 'lookalike-service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      outDir = resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          root,
          logLevel: 'error',
          publicDir: false,
          define: { __APP_FILES__: JSON.stringify(listSite(outDir)) },
          build: {
            outDir,
            emptyOutDir: false,
            target: 'es2023',
            modulePreload: false,
            rolldownOptions: {
              input: SOURCE,
              output: { entryFileNames: 'sw.js', format: 'iife' },
            },
          },
        });
      },
    },
  };
}

/** Files of the built site with their hashes (base64, as integrity attributes write them), by path. */
function listSite(dir: string): readonly (readonly [string, string])[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'sw.js')
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((file) => [relative(dir, file).split(sep).join('/'), hashOf(file)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64');
}
