import type { BootstrapApi } from '../protocol/bootstrap.ts';
import type { EmbeddingsApi, ReadGiven } from '../protocol/embeddings.ts';
import type { EngineApi } from '../protocol/engine.ts';
import type { HashApi, HashPart } from '../protocol/hash.ts';
import type { EncoderApi } from '../protocol/encoder.ts';
import type { PixelsApi } from '../protocol/pixels.ts';
import type { SearchApi } from '../protocol/search.ts';
import type { TextApi } from '../protocol/text.ts';
import { WorkerClient } from './worker.ts';

/* The one file that knows the workers' URLs. The bundler wants each `new Worker(new URL(...))` written out. */

const unique = (kind: string): string => `${kind}-${crypto.randomUUID()}`;

export function spawnEngine(): WorkerClient<EngineApi> {
  const name = unique('engine');
  const worker = new Worker(new URL('../../workers/vlm/engine.worker.ts', import.meta.url), { type: 'module', name });
  return new WorkerClient<EngineApi>(worker, 'engine worker', name);
}

export function spawnPixels(): WorkerClient<PixelsApi> {
  const name = unique('pixels');
  const worker = new Worker(new URL('../../workers/pixels/pixels.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<PixelsApi>(worker, 'image worker', name);
}

export function spawnText(): WorkerClient<TextApi> {
  const name = unique('text');
  const worker = new Worker(new URL('../../workers/text/text.worker.ts', import.meta.url), { type: 'module', name });
  return new WorkerClient<TextApi>(worker, 'text worker', name);
}

export function spawnEncoder(): WorkerClient<EncoderApi> {
  const name = unique('encoder');
  const worker = new Worker(new URL('../../workers/encoder/encoder.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<EncoderApi>(worker, 'encoder worker', name);
}

export function spawnSearch(): WorkerClient<SearchApi> {
  const name = unique('search');
  const worker = new Worker(new URL('../../workers/search/search.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<SearchApi>(worker, 'search worker', name);
}

/** Reads embeddings that were made elsewhere. */
export function spawnEmbeddings(): WorkerClient<EmbeddingsApi> {
  const name = unique('embeddings');
  const worker = new Worker(new URL('../../workers/embeddings/embeddings.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<EmbeddingsApi>(worker, 'worker that reads embeddings', name);
}

/** Hashes large files. */
export function spawnHash(): WorkerClient<HashApi> {
  const name = unique('hash');
  const worker = new Worker(new URL('../../workers/hash/hash.worker.ts', import.meta.url), { type: 'module', name });
  return new WorkerClient<HashApi>(worker, 'hashing worker', name);
}

/** Resamples for confidence intervals. */
export function spawnBootstrap(): WorkerClient<BootstrapApi> {
  const name = unique('bootstrap');
  const worker = new Worker(new URL('../../workers/bootstrap/bootstrap.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<BootstrapApi>(worker, 'resampling worker', name);
}

/** The hashing worker's own function, for where there are no workers (Node). */
export const hashHere: HashPart = async (state, part) =>
  (await import('../../workers/hash/hash-part.ts')).hashPart(state, part);

/** The reading worker's own function, for where there are no workers (Node). */
export const readGivenHere: ReadGiven = async (files) =>
  (await import('../../workers/embeddings/read.ts')).readGiven(files);
