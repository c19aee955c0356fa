import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';
import type { SourceFile } from './source.ts';

const files = v.array(
  v.object({ path: v.string(), size: v.number(), sha256: v.fallback(v.nullable(v.string()), null) }),
);
const listing = v.union([
  files,
  v.pipe(
    v.object({ files }),
    v.transform((l) => l.files),
  ),
]);

/** A file as its server lists it. */
export interface ServedFile extends SourceFile {
  /** SHA-256 as the listing says; null where it does not. */
  readonly sha256: string | null;
}

/**
 * The files of a folder that this page's own server serves: those of the page itself, and what the command line opens. It is listed by its `index.json`,
 * `[{path, size, sha256?}]` or `{files: [...]}` of the same.
 * @param base URL of the folder, with its last '/'
 * @throws FaultError 'not-found' when the folder is not served (any more)
 */
export async function servedFiles(base: string): Promise<readonly ServedFile[]> {
  const root = new URL(base, document.baseURI);
  const listed = v.parse(listing, await (await fetched(new URL('index.json', root))).json());
  return listed.map(({ path, size, sha256 }) => ({
    ...{ path, size, sha256 },
    blob: async () => (await fetched(servedUrl(root, path))).blob(),
  }));
}

/** Where a file of a served folder is. */
export function servedUrl(base: string | URL, path: string): URL {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), base);
}

/** @throws FaultError 'not-found' */
async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (response.ok) return response;
  const path = decodeURIComponent(url.pathname);
  throw new FaultError(
    fault('not-found', `${path} cannot be read (${response.status}). Reload the page, or start the command again.`, {
      path,
    }),
  );
}
