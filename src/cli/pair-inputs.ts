import { imagesOfRows, readEmbeddings, sourcesOf } from '../app/given-embeddings.ts';
import type { EmbeddingSource } from '../app/find-pairs.ts';
import { resolveEncoder } from '../app/encoders.ts';
import { readCollectionFolder, type HashedImage } from '../app/read-collection.ts';
import { TOWER } from '../core/discovery/encoders.ts';
import { fault, FaultError } from '../core/fault.ts';
import { SERVED } from '../core/models/builtin.ts';
import { servedFiles } from '../files/served.ts';
import { openStore } from '../store/db.ts';
import type { FindPairsCliRequest, ServedEncoder } from './find-pairs.ts';
import { progressOf } from './progress.ts';
import type { Report } from './types.ts';

/** What is compared, and what is wrong with it. */
export interface PairInputs {
  readonly images: readonly HashedImage[];
  readonly problems: readonly { readonly place: string; readonly message: string }[];
  readonly med: EmbeddingSource;
  readonly gen: EmbeddingSource;
  /** What reading images took. */
  readonly readSeconds: number;
}

/** Reads what the command line names: first what is small, so that a wrong encoder is told before a large collection is read. */
export async function readInputs(
  request: FindPairsCliRequest,
  report: Report,
  signal: AbortSignal,
): Promise<PairInputs> {
  const { embeddings } = request;
  const given =
    embeddings === null ? null : await readEmbeddings(embeddings.name, await servedFiles(embeddings.base), signal);
  const sources = given ? sourcesOf(given) : await encodersOf(request);
  const began = performance.now();
  const collection = await collectionOf(request, report, signal);
  const readSeconds = (performance.now() - began) / 1000;
  if (given === null) {
    const { images, problems } = collection ?? { images: [], problems: [] };
    return { images, problems, ...sources, readSeconds };
  }
  const { images, problems } = imagesOfRows(given, collection?.images ?? null);
  return { images, problems: [...problems, ...(collection?.problems ?? [])], ...sources, readSeconds };
}

async function collectionOf({ collection }: FindPairsCliRequest, report: Report, signal: AbortSignal) {
  if (collection === null) return null;
  const files = await servedFiles(collection.base);
  const says = (what: string, done: number, total: number): void =>
    report(progressOf({ what, unit: 'images', done, total }));
  const read = await readCollectionFolder(collection.name, files, { says, signal });
  report({ type: 'message', text: `Collection ${read.name}: ${read.images.length} images (${read.format}).` });
  return read;
}

async function encodersOf({ encoders }: FindPairsCliRequest): Promise<{ med: EmbeddingSource; gen: EmbeddingSource }> {
  if (encoders === null) throw new FaultError(fault('bad-argument', 'Neither encoders nor embeddings were named.'));
  const store = await openStore();
  try {
    return {
      med: await resolveEncoder(store, encoderAt(encoders.med)),
      gen: await resolveEncoder(store, encoderAt(encoders.gen)),
    };
  } finally {
    store.close();
  }
}

const encoderAt = ({ base, part }: ServedEncoder): string => `${part === 'vision-tower' ? TOWER : ''}${SERVED}${base}`;
