import { searchPairs, type SearchResult } from '../engines/encoder/search.ts';
import { wasmThreads } from '../engines/local/device.ts';
import type { CollectionProblem } from '../core/discovery/collection.ts';
import type { Matrix } from '../core/discovery/npy.ts';
import type { Thresholds } from '../core/discovery/select.ts';
import { fault, FaultError } from '../core/fault.ts';
import {
  embedImages,
  matrixOf,
  type EmbedProgress,
  type EncoderModel,
  type EncoderFacts,
  type VectorPorts,
} from './embed-images.ts';
import type { GivenEmbeddings } from '../protocol/embeddings.ts';
import type { HashedImage } from './read-collection.ts';

export type EmbeddingSource =
  ({ readonly kind: 'encoder' } & EncoderModel) | ({ readonly kind: 'given' } & GivenEmbeddings);

export interface FindPairsRequest {
  readonly images: readonly HashedImage[];
  readonly med: EmbeddingSource;
  readonly gen: EmbeddingSource;
  readonly thresholds: Thresholds;
  /** Pairs below this sim_med are not looked at; at most the threshold. */
  readonly floor: number;
  /** How far beyond the thresholds pairs are kept, so that these can be moved without another search. */
  readonly margin: number;
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly threads: number | 'auto';
}

export interface FindPairsOptions {
  readonly vectors: VectorPorts;
  readonly signal?: AbortSignal;
  readonly onProgress?: (p: FindPairsProgress) => void;
}

export interface FindPairsProgress extends EmbedProgress {
  readonly what: 'med' | 'gen' | 'search';
}

export interface FoundPairs {
  /** Images that both encoders have embedded; the search's rows. */
  readonly images: readonly HashedImage[];
  readonly problems: readonly CollectionProblem[];
  readonly med: Matrix;
  readonly gen: Matrix;
  readonly encoders: { readonly med: EncoderFacts; readonly gen: EncoderFacts };
  readonly search: SearchResult;
  readonly seconds: { readonly med: number; readonly gen: number; readonly prepare: number; readonly search: number };
}

/**
 * Finds every pair of a collection that the medical encoder takes for nearly the same and the general one sees apart: embeds what is not
 * embedded yet, then compares all pairs. Whoever asks ends `search` when its pairs are no longer needed.
 * @throws FaultError; what was embedded before is kept
 */
export async function findPairs(request: FindPairsRequest, options: FindPairsOptions): Promise<FoundPairs> {
  const began = performance.now();
  const med = await embedded('med', request, options);
  const between = performance.now();
  const gen = await embedded('gen', request, options);
  const embeddedAt = performance.now();
  const problems = problemsOf(request.images, med, gen);
  const images = request.images.filter((i) => !med.faults.has(i.sha256) && !gen.faults.has(i.sha256));
  if (images.length < 2)
    throw new FaultError(
      fault(
        'not-found',
        `Only ${images.length} images could be embedded, and a pair needs two: ${problems[0]?.message ?? 'the collection holds no more.'}`,
      ),
    );
  const medMatrix = med.matrix(images);
  const genMatrix = gen.matrix(images);
  const { thresholds, floor, margin } = request;
  const search = await searchPairs(medMatrix, genMatrix, {
    floor: Math.min(floor, thresholds.med),
    keep: { med: Math.max(floor, thresholds.med - margin), gen: thresholds.gen + margin },
    threads: wasmThreads(request.threads),
    ...(options.signal ? { signal: options.signal } : {}),
    onProgress: searchProgress(options),
  });
  return {
    images,
    problems,
    med: medMatrix,
    gen: genMatrix,
    encoders: { med: med.facts, gen: gen.facts },
    search,
    seconds: { med: (between - began) / 1000, gen: (embeddedAt - between) / 1000, ...search.seconds },
  };
}

function searchProgress({ onProgress }: FindPairsOptions): (done: number, total: number) => void {
  const began = performance.now();
  return (done, total) => {
    const rate = (done * 1000) / Math.max(1, performance.now() - began);
    onProgress?.({ what: 'search', done, total, rate, secondsLeft: rate > 0 ? (total - done) / rate : null });
  };
}

interface Embedding {
  readonly faults: ReadonlyMap<string, { readonly message: string }>;
  readonly facts: EncoderFacts;
  matrix(images: readonly HashedImage[]): Matrix;
}

async function embedded(
  what: 'med' | 'gen',
  { images, device, threads, ...sources }: FindPairsRequest,
  { vectors, signal, onProgress }: FindPairsOptions,
): Promise<Embedding> {
  const source = sources[what];
  if (source.kind === 'given') return given(what, source, images);
  const distinct = [...new Map(images.map((i) => [i.sha256, i])).values()];
  const result = await embedImages(source, distinct, vectors, {
    device,
    threads,
    ...(signal ? { signal } : {}),
    onProgress: (p) => onProgress?.({ what, ...p }),
  });
  return {
    faults: result.faults,
    facts: result.encoder,
    matrix: (kept) => matrixOf(kept, result.vectors),
  };
}

function given(what: string, { name, sha256, matrix }: GivenEmbeddings, images: readonly HashedImage[]): Embedding {
  if (matrix.rows !== images.length)
    throw new FaultError(
      fault(
        'bad-argument',
        `${name} holds embeddings of ${matrix.rows} images and the collection has ${images.length}; row i must be image i. Put an images.csv beside the embeddings that names the image of each row.`,
        { set: what, rows: matrix.rows, images: images.length },
      ),
    );
  const rows = new Map(images.map((image, row) => [image, row]));
  return {
    faults: new Map(),
    facts: { name, revision: null, kind: 'given', sha256, files: [], certificate: null, libraries: {} },
    matrix(kept) {
      if (kept.length === images.length) return matrix;
      const { columns } = matrix;
      const data = new Float32Array(kept.length * columns);
      kept.forEach((image, to) => {
        const row = rows.get(image) ?? 0;
        data.set(matrix.data.subarray(row * columns, (row + 1) * columns), to * columns);
      });
      return { rows: kept.length, columns, data };
    },
  };
}

/** Why images are not among the rows. */
function problemsOf(images: readonly HashedImage[], med: Embedding, gen: Embedding): CollectionProblem[] {
  return images.flatMap(({ path, sha256 }) => {
    const why = med.faults.get(sha256) ?? gen.faults.get(sha256);
    return why ? [{ place: path, message: why.message }] : [];
  });
}
