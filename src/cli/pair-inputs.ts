import type { EmbeddingSource } from '../app/find-pairs.ts';
import { resolveEncoder } from '../app/encoders.ts';
import { readCollectionFolder, type HashedImage } from '../app/read-collection.ts';
import { parseCsv } from '../core/benchmark/csv.ts';
import { TOWER } from '../core/discovery/encoders.ts';
import { readNpy, type Matrix } from '../core/discovery/npy.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { SERVED } from '../core/models/builtin.ts';
import { servedFiles } from '../files/served.ts';
import type { SourceFile } from '../files/source.ts';
import { openStore } from '../store/db.ts';
import { sha256 } from '../store/hash.ts';
import type { FindPairsCliRequest, ServedEncoder } from './find-pairs.ts';
import { progressOf } from './progress.ts';
import type { Report } from './types.ts';

/** The files of the folder of embeddings; null where encoders make them. */
type Embeddings = readonly SourceFile[] | null;

/** The images to be compared, in the order of given embeddings where there are some. */
export async function imagesOf(
  { collection }: FindPairsCliRequest,
  embeddings: Embeddings,
  report: Report,
  signal: AbortSignal,
): Promise<{ images: readonly HashedImage[]; problems: readonly { place: string; message: string }[] }> {
  const names = embeddings === null ? null : await namesOf(embeddings);
  if (collection === null) return { images: await namedRows(embeddings, names), problems: [] };
  const files = await servedFiles(collection.base);
  const says = (what: string, done: number, total: number): void =>
    report(progressOf({ what, unit: 'images', done, total }));
  const read = await readCollectionFolder(collection.name, files, { says, signal });
  report({ type: 'message', text: `Collection ${read.name}: ${read.images.length} images (${read.format}).` });
  return { images: names === null ? read.images : inOrder(read.images, names), problems: read.problems };
}

/** The image of each row, as images.csv beside the embeddings says. */
async function namesOf(embeddings: readonly SourceFile[]): Promise<readonly string[] | null> {
  const file = embeddings.find((f) => f.path === 'images.csv');
  if (!file) return null;
  const { rows } = parseCsv(await (await file.blob()).text(), ',');
  const [header, ...body] = rows;
  const column = header?.cells.findIndex((c) => /^(image|path|file)$/i.test(c.trim())) ?? -1;
  if (column < 0)
    throw new FaultError(fault('bad-argument', 'images.csv beside the embeddings has no column named image.'));
  return body.map((r) => asWritten(r.cells[column] ?? ''));
}

/** A name as it was before images.csv was written: one that a spreadsheet would take for a formula has an apostrophe before it. */
const asWritten = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

function inOrder(images: readonly HashedImage[], names: readonly string[]): readonly HashedImage[] {
  const byPath = new Map(images.map((i) => [i.path, i]));
  const missing = names.filter((n) => !byPath.has(n));
  if (missing.length > 0)
    throw new FaultError(
      fault(
        'bad-argument',
        `The embeddings are of ${missing.length} images that the collection does not hold, the first ${missing[0]}.`,
      ),
    );
  return names.flatMap((n) => byPath.get(n) ?? []);
}

/** Images of which nothing is known but their embeddings. */
async function namedRows(embeddings: Embeddings, names: readonly string[] | null): Promise<readonly HashedImage[]> {
  const rows = names?.length ?? (embeddings === null ? 0 : (await matrix(embeddings, 'med.npy')).matrix.rows);
  const none = new Blob([]);
  return Array.from({ length: rows }, (_, row) => ({
    path: names?.[row] ?? String(row),
    sha256: row.toString(16).padStart(64, '0'),
    bytes: 0,
    caption: null,
    category: null,
    figure: null,
    blob: () => Promise.resolve(none),
  }));
}

/** Where each image's two embeddings come from: an encoder, or the file that was given. */
export async function sourcesOf(
  { encoders }: FindPairsCliRequest,
  embeddings: Embeddings,
): Promise<{ med: EmbeddingSource; gen: EmbeddingSource }> {
  if (embeddings !== null) {
    const med = await matrix(embeddings, 'med.npy');
    const gen = await matrix(embeddings, 'gen.npy');
    requireRows(med.matrix.rows, gen.matrix.rows, await namesOf(embeddings));
    return { med: { kind: 'given', ...med }, gen: { kind: 'given', ...gen } };
  }
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

/** Row i of both files is image i, and line i of images.csv names it. @throws FaultError 'bad-argument' */
function requireRows(med: number, gen: number, names: readonly string[] | null): void {
  const wrong = (words: string): FaultError => new FaultError(fault('bad-argument', words, { med, gen }));
  if (med !== gen)
    throw wrong(`med.npy has ${med} rows and gen.npy has ${gen}; row i of both must be the embedding of image i.`);
  if (names !== null && names.length !== med)
    throw wrong(
      `images.csv names ${names.length} images and med.npy has ${med} rows; each line must name the image of one row, in their order.`,
    );
}

const encoderAt = ({ base, part }: ServedEncoder): string => `${part === 'vision-tower' ? TOWER : ''}${SERVED}${base}`;

async function matrix(
  embeddings: readonly SourceFile[],
  path: string,
): Promise<{ name: string; sha256: string; matrix: Matrix }> {
  const file = embeddings.find((f) => f.path === path);
  if (!file)
    throw new FaultError(
      fault('not-found', `The folder of embeddings has no ${path}; it must hold med.npy and gen.npy.`),
    );
  const bytes = await (await file.blob()).arrayBuffer();
  return { name: path, matrix: orThrow(readNpy(path, bytes)), sha256: await sha256(bytes) };
}
