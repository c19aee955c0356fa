import { dtypesIn, modelFiles, modelRoot } from '../core/models/folder.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { FolderFacts } from '../core/models/kind.ts';
import { readJson, stringAt } from '../core/json.ts';
import { outsideData, placeOf, SEARCHED_BYTES } from '../core/onnx/external.ts';
import type { ModelSource } from '../protocol/model.ts';
import { checked } from './checked.ts';
import { chunksOf, deleteBucket, newBucket, noRoom, PART_BYTES, putChunk, requireRoom, withBucket } from './chunks.ts';
import { attempt, transact, type Store } from './db.ts';
import { sha256 } from './hash.ts';
import { withHasher, type HashPart } from './hasher.ts';
import { keptModel, type KeptFile, type KeptModel, type KeptPart, type ModelOrigin } from './model-rows.ts';

/** A file of a model as it is brought: its path (with '/') and its bytes, read lazily. */
export interface ModelFileInput {
  readonly path: string;
  readonly blob: Blob;
}

export interface Progress {
  readonly path: string;
  readonly done: number;
  readonly total: number;
}

export interface KeepOptions {
  readonly onProgress?: (p: Progress) => void;
  readonly signal?: AbortSignal;
  readonly source?: ModelOrigin;
  readonly partBytes?: number;
  /** What the files must hash to; a file that does not, or is missing, refuses the model. */
  readonly expected?: ReadonlyMap<string, string>;
}

const FOLDER: ModelOrigin = { kind: 'folder', revision: null, repository: null, hub: null };

/**
 * Keeps a model folder: hashes every file as it is read, stores it in parts, and writes the manifest last, so that what is not whole never
 * claims to be. The same files again are the same model: the one that is there is returned.
 * @param files of a picked folder or zip; the model's root is found by its config.json, files of other kinds are left out
 * @throws FaultError 'bad-model', 'storage-full' (with numbers; nothing is left behind), 'unreadable', 'stopped'
 */
export async function keepModel(
  store: Store,
  name: string,
  files: readonly ModelFileInput[],
  options: KeepOptions = {},
): Promise<KeptModel> {
  const inputs = await chooseFiles(files);
  const total = inputs.reduce((n, f) => n + f.blob.size, 0);
  await requireRoom(total, `The model ${name}`);
  const facts = await factsOf(inputs);
  const bucket = newBucket();
  return withBucket(bucket, async () => {
    try {
      const kept = await withHasher((hash) => keepFiles(store, bucket, inputs, total, hash, options));
      if (options.expected) requireHashes(kept, options.expected);
      return await writeManifest(store, { name, bucket, files: kept, facts, source: options.source ?? FOLDER });
    } catch (error) {
      await deleteBucket(store, bucket).catch(() => undefined);
      if (error instanceof FaultError && error.fault.code === 'storage-full')
        throw new FaultError(noRoom(total, null, `The model ${name}`));
      throw error;
    }
  });
}

/** The model's own files with paths from its root, with the weights that its graphs name outside of `onnx`. */
export async function chooseFiles(files: readonly ModelFileInput[]): Promise<readonly ModelFileInput[]> {
  const root = modelRoot(files.map((f) => f.path));
  if (root === null)
    throw new FaultError(
      fault(
        'bad-model',
        'The folder has no config.json, so it is not a model folder. Choose the folder that holds config.json and onnx.',
      ),
    );
  const inside = files
    .filter((f) => f.path.startsWith(root))
    .map((f) => ({ path: f.path.slice(root.length), blob: f.blob }));
  const used = new Set(modelFiles(inside.map((f) => f.path)));
  const chosen = inside.filter((f) => used.has(f.path));
  if (!chosen.some((f) => f.path.endsWith('.onnx')))
    throw new FaultError(
      fault(
        'bad-model',
        'The model folder has no .onnx files in its folder onnx. Bring an ONNX export in the transformers.js layout.',
      ),
    );
  return [...chosen, ...(await outsideOf(chosen, inside))];
}

/** Weights that lie outside of `onnx`, where the graphs say and the folder has them. */
async function outsideOf(
  chosen: readonly ModelFileInput[],
  inside: readonly ModelFileInput[],
): Promise<readonly ModelFileInput[]> {
  const named = new Set<string>();
  for (const { path, blob } of chosen) {
    if (!path.endsWith('.onnx') || blob.size > SEARCHED_BYTES) continue;
    for (const data of outsideData(path, new Uint8Array(await blob.arrayBuffer()))) named.add(data);
  }
  const there = new Map(inside.map((f) => [f.path, f.blob]));
  return [...named].flatMap((path) => {
    const blob = there.get(placeOf(path));
    return blob ? [{ path, blob }] : [];
  });
}

async function keepFiles(
  store: Store,
  bucket: string,
  inputs: readonly ModelFileInput[],
  total: number,
  hash: HashPart,
  options: KeepOptions,
): Promise<readonly KeptFile[]> {
  const kept: KeptFile[] = [];
  let done = 0;
  for (const { path, blob } of inputs) {
    const parts: KeptPart[] = [];
    let state: Uint8Array | null = null;
    let digest = '';
    for (let start = 0; start < blob.size || parts.length === 0; start += options.partBytes ?? PART_BYTES) {
      if (options.signal?.aborted) throw new FaultError(fault('stopped', 'Keeping the model was stopped.'));
      const part = await copyOf(blob.slice(start, start + (options.partBytes ?? PART_BYTES)), path);
      const step = await hash(state, part);
      await putChunk(store, bucket, path, parts.length, part);
      ({ state, digest } = step);
      parts.push({ size: part.size, sha256: step.part });
      done += part.size;
      options.onProgress?.({ path, done, total });
    }
    kept.push({ path, size: blob.size, sha256: digest, parts });
  }
  return kept;
}

function requireHashes(kept: readonly KeptFile[], expected: ReadonlyMap<string, string>): void {
  const have = new Map(kept.map((f) => [f.path, f.sha256]));
  for (const [path, sha] of expected) {
    if (have.get(path) === sha) continue;
    const what = have.has(path) ? 'is not what was published: its bytes have another hash' : 'is missing';
    throw new FaultError(
      fault('bad-model', `The model file ${path} ${what}. Copy the model again from where it came, or download it.`, {
        path,
      }),
    );
  }
}

/** A copy in the browser's keeping: what is hashed is what is stored, whatever happens to the file on disk. */
async function copyOf(part: Blob, path: string): Promise<Blob> {
  try {
    return new Blob([await part.arrayBuffer()]);
  } catch {
    throw new FaultError(
      fault(
        'unreadable',
        `The file ${path} could not be read. If it is on a stick or a network drive, see that it is connected, and choose the folder again.`,
        { path },
      ),
    );
  }
}

/** What config.json and the file names say. */
async function factsOf(inputs: readonly ModelFileInput[]): Promise<FolderFacts> {
  const config = inputs.find((f) => f.path === 'config.json');
  return { modelType: await modelTypeOf(config?.blob ?? null), dtypes: dtypesIn(inputs.map((f) => f.path)) };
}

/** model_type of a config.json; null when it names none. */
export async function modelTypeOf(config: Blob | null): Promise<string | null> {
  try {
    const type = stringAt(readJson((await config?.text()) ?? 'null'), ['model_type'], '');
    return type === '' ? null : type;
  } catch {
    throw new FaultError(fault('bad-model', 'config.json of the model is not JSON. Bring the model again.'));
  }
}

export type NewModel = Pick<KeptModel, 'name' | 'bucket' | 'files' | 'facts' | 'source'>;

/** Writes the manifest of a model whose parts are all there and hashed; durable before it resolves. */
export async function writeManifest(store: Store, model: NewModel): Promise<KeptModel> {
  const content = model.files.map((f) => `${f.path} ${f.sha256}`).sort();
  const id = `${model.name}@${(await sha256(new TextEncoder().encode(content.join('\n')))).slice(0, 12)}`;
  const now = new Date().toISOString();
  const bytes = model.files.reduce((n, f) => n + f.size, 0);
  const fresh: KeptModel = { ...model, id, bytes, addedAt: now, verifiedAt: now };
  const before = await transact(store, 'storing the model', ['models'], 'strict', async (tx) => {
    const there = await tx.objectStore('models').get(id);
    // The bytes just brought are known to be whole; those kept before may have been damaged since.
    await tx.objectStore('models').put(there ? { ...fresh, addedAt: there.addedAt } : fresh);
    return there;
  });
  if (before && before.bucket !== fresh.bucket) await deleteBucket(store, before.bucket);
  return before ? { ...fresh, addedAt: before.addedAt } : fresh;
}

/** A kept model's manifest; null when there is none with that id. */
export async function model(store: Store, id: string): Promise<KeptModel | null> {
  const row: unknown = await attempt('reading a model', () => store.db.get('models', id));
  return row === undefined ? null : checked(keptModel, row, `model ${id}`);
}

/** All kept models, by name. */
export async function listModels(store: Store): Promise<readonly KeptModel[]> {
  const rows: readonly unknown[] = await attempt('reading the models', () => store.db.getAll('models'));
  return rows.map((row) => checked(keptModel, row, 'model')).sort((a, b) => a.name.localeCompare(b.name));
}

/** Deletes a model: the manifest first, so that no moment shows a model without its parts. */
export async function deleteModel(store: Store, id: string): Promise<void> {
  const kept = await model(store, id);
  await transact(store, 'deleting the model', ['models'], 'strict', (tx) => tx.objectStore('models').delete(id));
  if (kept) await deleteBucket(store, kept.bucket);
}

/**
 * The files of a kept model as Blob handles for an engine worker; no bytes are read. Every part is there and has its length.
 * @throws FaultError 'not-found', or 'bad-model' naming the parts that are lost
 */
export async function modelSource(store: Store, id: string): Promise<ModelSource> {
  const kept = await model(store, id);
  if (!kept)
    throw new FaultError(
      fault('not-found', `The model ${id} is not kept on this device. Download or bring it.`, { model: id }),
    );
  const chunks = await chunksOf(store, kept.bucket);
  const lost: string[] = [];
  const files = kept.files.map((file) => {
    const parts = file.parts.map((part, index) => {
      const blob = chunks.get(file.path)?.get(index);
      if (blob?.size !== part.size) lost.push(`${file.path} part ${index + 1}`);
      return blob ?? new Blob([]);
    });
    return { path: file.path, size: file.size, parts };
  });
  if (lost.length > 0) throw new FaultError(lostParts(kept, lost));
  return { kind: 'blobs', files };
}

export function lostParts(kept: KeptModel, lost: readonly string[]): ReturnType<typeof fault> {
  const how = kept.source.kind === 'hub' ? 'Repair it, which downloads only those' : 'Bring its folder again';
  return fault(
    'bad-model',
    `${lost.length} parts of the model ${kept.name} are lost or damaged (${lost.slice(0, 3).join(', ')}). ${how}.`,
    {
      model: kept.id,
      parts: lost.length,
      first: lost[0] ?? '',
    },
  );
}
