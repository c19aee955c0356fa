import { readGivenHere, spawnEmbeddings } from '../bridge/spawn.ts';
import { imageFinder, type CollectionProblem } from '../core/discovery/collection.ts';
import { embeddingFiles } from '../core/discovery/given.ts';
import { fault, FaultError, orThrow, type Fault } from '../core/fault.ts';
import type { SourceFile } from '../files/source.ts';
import { openAll } from '../files/source.ts';
import type { GivenSets } from '../protocol/embeddings.ts';
import type { EmbeddingSource } from './find-pairs.ts';
import type { HashedImage } from './read-collection.ts';

/** Embeddings made elsewhere, under the name of their folder. */
export interface BroughtEmbeddings extends GivenSets {
  readonly name: string;
}

/**
 * Reads a folder's embeddings, in a worker: NumPy or Parquet files, and images.csv where it is there (docs/pairs.md).
 * @throws FaultError what is wrong with them; 'stopped'
 */
export async function readEmbeddings(
  name: string,
  files: readonly SourceFile[],
  signal?: AbortSignal,
): Promise<BroughtEmbeddings> {
  const { med, gen, images } = orThrow(embeddingFiles(files.map((f) => f.path)));
  const opened = await openAll(files.filter((f) => f.path === med || f.path === gen || f.path === images));
  if (typeof Worker === 'undefined') return { name, ...(await readGivenHere(opened)) };
  const client = spawnEmbeddings();
  const stop = (): void => client.kill('it was stopped');
  signal?.addEventListener('abort', stop);
  try {
    const read = await client.call((api) => api.read(opened));
    if (signal?.aborted) throw new FaultError(fault('stopped', 'Reading the embeddings was stopped.'));
    return { name, ...orThrow(read) };
  } finally {
    signal?.removeEventListener('abort', stop);
    client.kill('the embeddings are read');
  }
}

/** Where each image's two embeddings come from, for the search. */
export function sourcesOf({ med, gen }: GivenSets): { readonly med: EmbeddingSource; readonly gen: EmbeddingSource } {
  return { med: { kind: 'given', ...med }, gen: { kind: 'given', ...gen } };
}

/**
 * The image of each row. Rows that name images may be in any order and of a part of the collection; others are in the order of its paths.
 * @param collection null: nothing is known of the images but their names
 * @throws FaultError 'bad-argument' where rows name images that the collection does not hold
 */
export function imagesOfRows(
  given: GivenSets,
  collection: readonly HashedImage[] | null,
): { readonly images: readonly HashedImage[]; readonly problems: readonly CollectionProblem[] } {
  if (collection === null) return { images: namedOnly(given), problems: [] };
  if (given.rows === null) return { images: collection, problems: [] };
  const images = inOrder(collection, given.rows.names);
  const rest = collection.length - images.length;
  if (rest === 0) return { images, problems: [] };
  const message = `Images of the collection that no row of the embeddings names: ${rest} of ${collection.length}. They are not compared.`;
  return { images, problems: [{ place: given.med.name, message }] };
}

function inOrder(collection: readonly HashedImage[], names: readonly string[]): readonly HashedImage[] {
  const wrong = (words: string): FaultError => new FaultError(fault('bad-argument', words));
  const byPath = new Map(collection.map((i) => [i.path, i]));
  // Looking for names in other ways takes the page a tenth of a second for 80,000 of them.
  const find = names.every((name) => byPath.has(name)) ? null : imageFinder([...byPath.keys()]);
  const paths = names.map((name) => (find ? find(name) : name));
  const missing = names.filter((_, row) => paths[row] === null);
  if (missing.length > 0)
    throw wrong(
      `The embeddings are of ${missing.length} images that the collection does not hold, the first ${missing[0]}. Name the collection whose images they are.`,
    );
  const rows = new Map<string | null, number>();
  paths.forEach((path, row) => {
    const before = rows.get(path);
    if (before !== undefined)
      throw wrong(
        `Rows ${before + 1} and ${row + 1} of the embeddings (${names[before]}, ${names[row]}) both mean the image ${path} of the collection. Name each image by its whole path.`,
      );
    rows.set(path, row);
  });
  return paths.flatMap((path) => byPath.get(path ?? '') ?? []);
}

const NAME_ONLY: Fault = fault('not-found', 'This image is known by its name only. Bring its collection to see it.');

/** Images of which nothing is known but what stands beside their embeddings; those without a name have the number of their row, from 0. */
function namedOnly({ med, rows }: GivenSets): readonly HashedImage[] {
  return Array.from({ length: med.matrix.rows }, (_, row) => ({
    path: rows?.names[row] ?? String(row),
    sha256: row.toString(16).padStart(64, '0'),
    bytes: 0,
    caption: rows?.captions?.[row] ?? null,
    category: rows?.categories?.[row] ?? null,
    figure: null,
    blob: () => Promise.reject(new FaultError(NAME_ONLY)),
  }));
}

/** Whether a collection has an image for every row, by its whole path; without names, as many images as there are rows. */
export function fitsRows({ med, rows }: GivenSets, images: readonly { readonly path: string }[]): boolean {
  if (rows === null) return images.length === med.matrix.rows;
  if (images.length < rows.names.length) return false;
  const paths = new Set(images.map((i) => i.path));
  return rows.names.every((name) => paths.has(name));
}
