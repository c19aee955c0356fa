import { FaultError, type Result } from '../src/core/fault.ts';
import { createEncoderHost } from '../src/engines/encoder/host.ts';

/** What `tools/bench/encoders.mjs` asks of the page: an encoder's folder and a folder of images, both served. */
export interface EncodersRequest {
  readonly model: string;
  readonly images: string;
  readonly threads: number;
  /** So many images, by name. */
  readonly count: number;
}

export interface EncodersResult {
  readonly seconds: number;
  readonly embeddings: readonly (readonly number[])[];
  readonly version: string;
}

interface Listed {
  readonly path: string;
  readonly size: number;
}

/** Images in one call, as in the product (src/app/embed-images.ts) and in Python. */
const BATCH = 8;
const WASM = {
  name: 'WASM',
  device: 'wasm',
  dtype: {},
  settings: { hideSubgroups: false, fp32Accumulation: false },
} as const;

function taken<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}

async function folder(path: string): Promise<{ base: string; files: readonly Listed[] }> {
  const base = new URL(`${path}/`, location.href).href;
  return { base, files: (await (await fetch(`${base}index.json`)).json()) as readonly Listed[] };
}

/** Embeds images with the product's own worker on WASM: the seconds from the files in memory to the embeddings, one batch before them to warm up. */
export async function benchEncoders({ model, images, threads, count }: EncodersRequest): Promise<EncodersResult> {
  const source = { kind: 'served' as const, ...(await folder(model)) };
  const pictures = await folder(images);
  const paths = pictures.files.map((f) => f.path).sort();
  const blobs = await Promise.all(
    paths.slice(0, count).map(async (path) => {
      const bytes = await (await fetch(pictures.base + path)).arrayBuffer();
      return new Blob([bytes]);
    }),
  );
  const host = createEncoderHost({ source, part: 'encoder' }, WASM, threads);
  try {
    const { libraries } = taken(await host.load());
    taken(await host.embed(blobs.slice(0, BATCH)));
    const embeddings: (readonly number[])[] = [];
    const began = performance.now();
    for (let from = 0; from < blobs.length; from += BATCH) {
      const rows = taken(await host.embed(blobs.slice(from, from + BATCH)));
      embeddings.push(...rows.map((row) => [...taken(row.ok ? { ok: true, value: row.embedding } : row)]));
    }
    const seconds = (performance.now() - began) / 1000;
    return { seconds, embeddings, version: libraries['onnxruntime-web'] ?? '' };
  } finally {
    host.end();
  }
}

Object.assign(globalThis, { benchEncoders });
