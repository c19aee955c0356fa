import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The small files of a model folder on disk, as workers read them. */
export function folderFiles(dir: string): {
  text(path: string): Promise<string | null>;
  json(path: string): Promise<unknown>;
} {
  const text = (path: string): Promise<string | null> => {
    const file = join(dir, path);
    return Promise.resolve(existsSync(file) ? readFileSync(file, 'utf8') : null);
  };
  return {
    text,
    json: async (path) => {
      const found = await text(path);
      return found === null ? null : (JSON.parse(found) as unknown);
    },
  };
}
