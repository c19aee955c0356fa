import * as v from 'valibot';
import { fault, FaultError } from '../core/fault.ts';
import type { ServedFile } from './types.ts';

const listing = v.array(v.object({ path: v.string(), size: v.number() }));

/** A folder that the command line serves on this origin. */
export interface Served {
  readonly files: readonly ServedFile[];
  /** Bytes of one file, fetched when asked for. */
  blob(path: string): Promise<Blob>;
}

/** @throws FaultError 'not-found' when the folder is not served (any more) */
export async function openServed(base: string): Promise<Served> {
  const root = new URL(base, document.baseURI);
  const files = v.parse(listing, await (await fetchOk(new URL('index.json', root))).json());
  return {
    files,
    blob: async (path) => (await fetchOk(new URL(path.split('/').map(encodeURIComponent).join('/'), root))).blob(),
  };
}

async function fetchOk(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) {
    const path = decodeURIComponent(url.pathname);
    throw new FaultError(fault('not-found', `${path} cannot be read (${response.status}).`, { path }));
  }
  return response;
}
