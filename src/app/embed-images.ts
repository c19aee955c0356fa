import { certifyEncoder, type EncoderCertificate } from '../engines/encoder/certify.ts';
import { capabilities } from '../engines/local/device.ts';
import { holdDevice } from '../engines/local/lock.ts';
import { TOWER, type EncoderPart } from '../core/discovery/encoders.ts';
import { isDataFile } from '../core/models/folder.ts';
import type { Matrix } from '../core/discovery/npy.ts';
import { fault, FaultError, orThrow, type Fault, type Result } from '../core/fault.ts';
import { DEFAULT_PIXEL_POLICY } from '../core/images/types.ts';
import { canonicalJson } from '../core/exchange/canonical.ts';
import type { ResolvedModel } from '../engines/local/model.ts';
import type { Embedded } from '../protocol/encoder.ts';
import { sha256 } from '../store/hash.ts';
import { blobsOf, readable } from './read-images.ts';

/** A model, and what of it embeds images. */
export interface EncoderModel {
  readonly model: ResolvedModel;
  readonly part: EncoderPart;
}

/** An image to embed; its bytes are read when its turn comes. */
export interface ImageToEmbed {
  readonly sha256: string;
  readonly path: string;
  blob(): Promise<Blob>;
}

/** Where embeddings are kept between runs. `set` names encoder and pixel policy. */
export interface VectorPorts {
  kept(set: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, Float32Array>>;
  keep(set: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

export interface EmbedOptions {
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly threads: number | 'auto';
  readonly signal?: AbortSignal;
  readonly onProgress?: (p: EmbedProgress) => void;
}

export interface EmbedProgress {
  readonly done: number;
  readonly total: number;
  /** Images a second of this run, without those kept; null before the first. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}

export interface EncoderFacts {
  readonly name: string;
  readonly revision: string | null;
  readonly kind: string;
  /** Of the files that decide an embedding, together. */
  readonly sha256: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** null where all embeddings were kept, so that nothing was computed. */
  readonly certificate: EncoderCertificate | null;
  readonly libraries: Readonly<Record<string, string>>;
}

export interface EmbeddedImages {
  /** By image; one that could not be read or decoded has a fault instead. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly faults: ReadonlyMap<string, Fault>;
  readonly encoder: EncoderFacts;
  readonly computed: number;
}

/** Images in one call of the worker: progress and stopping in between, and batches for the session. */
const BATCH = 8;
/** Embeddings are kept as often as this: what a kill costs. */
const KEEP_EVERY = 32;

/** Embeds distinct images with one encoder; those that are kept are not embedded again. */
export async function embedImages(
  source: EncoderModel,
  images: readonly ImageToEmbed[],
  ports: VectorPorts,
  options: EmbedOptions,
): Promise<EmbeddedImages> {
  const { model } = source;
  const encoder = await hashOf(source);
  const set = `${encoder.sha256} ${(await sha256(bytesOf(canonicalJson(DEFAULT_PIXEL_POLICY)))).slice(0, 12)}`;
  const vectors = new Map(await ports.kept(set, new Set(images.map((i) => i.sha256))));
  const missing = images.filter((i) => !vectors.has(i.sha256));
  const none = { kind: '', certificate: null, libraries: {} };
  const name = nameOf(source);
  const facts = { name, revision: model.revision, ...encoder, ...none };
  if (missing.length === 0) {
    options.onProgress?.({ done: images.length, total: images.length, rate: null, secondsLeft: 0 });
    return { vectors, faults: new Map(), encoder: facts, computed: 0 };
  }
  const release = await holdDevice(
    () => undefined,
    () => options.signal?.aborted ?? false,
  );
  try {
    const certified = await certifiedFor(source, missing, options);
    try {
      // No embedding of a file whose bytes are not what they were is kept.
      await model.checked;
      const faults = await embedMissing(certified, missing, vectors, {
        set,
        ports,
        options,
        before: images.length - missing.length,
      });
      const { loaded, certificate } = certified;
      const found = { kind: loaded.kind, certificate, libraries: loaded.libraries };
      return { vectors, faults, encoder: { ...facts, ...found }, computed: missing.length - faults.size };
    } finally {
      certified.host.end();
    }
  } finally {
    release();
  }
}

type Certified = Extract<Awaited<ReturnType<typeof certifyEncoder>>, { ok: true }>['value'];

async function certifiedFor(
  encoder: EncoderModel,
  missing: readonly ImageToEmbed[],
  { device, threads }: EmbedOptions,
): Promise<Certified> {
  const first = readable(await blobsOf(missing.slice(0, BATCH)));
  const certified = await certifyEncoder({
    source: encoder.model.source,
    part: encoder.part,
    device,
    threads,
    capabilities: await capabilities(),
    images: first,
  });
  if (!certified.ok)
    throw new FaultError({ ...certified.fault, message: `The encoder ${nameOf(encoder)}: ${certified.fault.message}` });
  return certified.value;
}

interface Keeping {
  readonly set: string;
  readonly ports: VectorPorts;
  readonly options: EmbedOptions;
  /** Images that were kept before. */
  readonly before: number;
}

/** Embeds what is missing, keeping as it goes. @returns images that could not be read or decoded, by hash */
async function embedMissing(
  { host }: Certified,
  missing: readonly ImageToEmbed[],
  vectors: Map<string, Float32Array>,
  { set, ports, options, before }: Keeping,
): Promise<ReadonlyMap<string, Fault>> {
  const faults = new Map<string, Fault>();
  let fresh = new Map<string, Float32Array>();
  const began = performance.now();
  const flush = async (): Promise<void> => {
    if (fresh.size > 0) await ports.keep(set, fresh);
    fresh = new Map();
  };
  let ahead = blobsOf(missing.slice(0, BATCH));
  for (let from = 0; from < missing.length; from += BATCH) {
    if (options.signal?.aborted) {
      await flush();
      throw new FaultError(fault('stopped', 'Embedding was stopped; what is embedded is kept.'));
    }
    const batch = missing.slice(from, from + BATCH);
    const read = await ahead;
    // The next images are read while these are encoded.
    ahead = blobsOf(missing.slice(from + BATCH, from + 2 * BATCH));
    const rows = await embedRead(host, read);
    batch.forEach((image, i) => {
      const row = rows[i];
      if (!row) return;
      if (row.ok) {
        vectors.set(image.sha256, row.embedding);
        fresh.set(image.sha256, row.embedding);
      } else faults.set(image.sha256, row.fault);
    });
    if (fresh.size >= KEEP_EVERY) await flush();
    const done = Math.min(missing.length, from + BATCH);
    const rate = (done * 1000) / Math.max(1, performance.now() - began);
    options.onProgress?.({
      done: before + done,
      total: before + missing.length,
      rate,
      secondsLeft: (missing.length - done) / rate,
    });
  }
  await flush();
  return faults;
}

/** What became of each image: one that could not be read keeps its fault. */
async function embedRead(host: Certified['host'], read: readonly Result<Blob>[]): Promise<readonly Embedded[]> {
  const blobs = readable(read);
  const rows = (blobs.length > 0 ? await embedTwice(host, blobs) : [])[Symbol.iterator]();
  return read.flatMap((r) => (r.ok ? (rows.next().value ?? []) : r));
}

/** A worker that died is replaced once: what it was doing is done again. */
async function embedTwice(host: Certified['host'], blobs: readonly Blob[]) {
  const first = await host.embed(blobs);
  return orThrow(first.ok ? first : await host.embed(blobs));
}

const nameOf = ({ model, part }: EncoderModel): string => `${part === 'encoder' ? '' : TOWER}${model.id}`;
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** What decides an embedding: the graphs, their data, and how images are prepared. */
async function hashOf({ model, part }: EncoderModel): Promise<Pick<EncoderFacts, 'sha256' | 'files'>> {
  const graph = part === 'encoder' ? String.raw`\.onnx|\.onnx_data(_\d+)?` : String.raw`(^|\/)vision_encoder[^/]*`;
  const deciding = new RegExp(String.raw`(${graph}|(^|\/)(config|preprocessor_config|processor_config)\.json)$`);
  const files = model.files
    .filter((f) => deciding.test(f.path) || isDataFile(f.path))
    .map(({ path, sha256: hash }) => ({ path, sha256: hash }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const words = files.map((f) => `${f.path} ${f.sha256}`).join('\n');
  return { files, sha256: await sha256(bytesOf(part === 'encoder' ? words : `${part}\n${words}`)) };
}

/** Embeddings of images in their order as one table; every image must have one. */
export function matrixOf(
  images: readonly { readonly sha256: string }[],
  vectors: ReadonlyMap<string, Float32Array>,
): Matrix {
  const columns = vectors.get(images[0]?.sha256 ?? '')?.length ?? 0;
  const data = new Float32Array(images.length * columns);
  images.forEach((image, row) => {
    const vector = vectors.get(image.sha256);
    if (vector?.length !== columns)
      throw new FaultError(
        fault(
          'internal',
          `Image ${row + 1} has an embedding of ${vector?.length ?? 0} numbers where the first has ${columns}.`,
        ),
      );
    data.set(vector, row * columns);
  });
  return { rows: images.length, columns, data };
}
