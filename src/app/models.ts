import { fault, FaultError } from '../core/fault.ts';
import { readJson } from '../core/json.ts';
import { servedUrl } from '../files/served.ts';
import type { Store } from '../store/db.ts';
import { withHasher } from '../store/hasher.ts';
import { model } from '../store/models.ts';
import { openModel } from '../store/verify.ts';
import * as v from 'valibot';
import { SERVED } from '../core/models/builtin.ts';
import type { ResolvedModel } from '../engines/local/model.ts';

/**
 * Finds a model's files and what they must hash to.
 * @throws FaultError 'not-found', 'bad-model'
 */
export async function resolveModel(store: Store, id: string): Promise<ResolvedModel> {
  if (id.startsWith(SERVED)) return resolveServed(id);
  const kept = await model(store, id);
  if (!kept)
    throw new FaultError(
      fault('not-found', 'The model of this run is no longer kept on this device. Bring it again.', { model: id }),
    );
  const { source, checked } = await openModel(store, id);
  const config = source.kind === 'blobs' ? source.files.find((f) => f.path === 'config.json') : undefined;
  return {
    id: kept.name,
    revision: kept.source.revision,
    source,
    checked,
    files: kept.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    config: parse(config ? await new Blob([...config.parts]).text() : '', 'config.json'),
  };
}

async function resolveServed(id: string): Promise<ResolvedModel> {
  const base = new URL(id.slice(SERVED.length), document.baseURI).href;
  const listing = readListing(parse(await text(`${base}index.json`), 'index.json'), id);
  const files = await withHashes(base, listing.files);
  return {
    id: listing.name,
    revision: listing.revision,
    source: { kind: 'served', base, files: files.map(({ path, size }) => ({ path, size })) },
    files,
    config: listing.files.some((f) => f.path === 'config.json')
      ? parse(await text(`${base}config.json`), 'config.json')
      : noConfig(),
  };
}

function noConfig(): never {
  throw new FaultError(fault('bad-model', 'The model folder has no config.json. Bring the whole folder.'));
}

async function text(url: string): Promise<string> {
  const r = await fetch(url);
  if (!r.ok) throw new FaultError(fault('not-found', `${new URL(url).pathname} could not be read (${r.status}).`));
  return r.text();
}

function parse(json: string, path: string): unknown {
  try {
    return readJson(json);
  } catch (e) {
    throw new FaultError(
      fault(
        'bad-model',
        `The model file ${path} is not JSON (${e instanceof Error ? e.message : String(e)}). Bring the model again.`,
      ),
    );
  }
}

const listed = v.array(
  v.object({ path: v.string(), size: v.number(), sha256: v.fallback(v.nullable(v.string()), null) }),
);
const listing = v.union([
  v.object({
    name: v.fallback(v.nullable(v.string()), null),
    revision: v.fallback(v.nullable(v.string()), null),
    files: listed,
  }),
  v.pipe(
    listed,
    v.transform((files) => ({ name: null, revision: null, files })),
  ),
]);

/** `{name, revision, files: [{path, size, sha256}]}`, or a bare list of files. */
function readListing(value: unknown, id: string): Listing {
  const read = v.safeParse(listing, value);
  if (!read.success) throw new FaultError(fault('bad-model', 'The served model folder has no list of its files.'));
  const { name, ...rest } = read.output;
  return { name: name ?? id.replace(/\/$/, '').split('/').at(-1) ?? id, ...rest };
}

interface Listing {
  readonly name: string;
  readonly revision: string | null;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string | null }[];
}

/** Fills in what the listing does not know, hashing in a worker. */
async function withHashes(base: string, files: Listing['files']): Promise<ResolvedModel['files']> {
  if (files.every((f) => f.sha256 !== null)) return files.map((f) => ({ ...f, sha256: f.sha256 ?? '' }));
  return withHasher(async (hash) => {
    const out: { path: string; size: number; sha256: string }[] = [];
    for (const f of files) {
      if (f.sha256 !== null) out.push({ ...f, sha256: f.sha256 });
      else {
        const r = await fetch(servedUrl(base, f.path));
        if (!r.ok)
          throw new FaultError(fault('not-found', `The model file ${f.path} could not be read (${r.status}).`));
        out.push({ path: f.path, size: f.size, sha256: (await hash(null, await r.blob())).digest });
      }
    }
    return out;
  });
}
