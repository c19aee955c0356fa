import { fail, fault, ok, type Fault, type Result } from '../fault.ts';
import { fileName } from '../paths.ts';

/* Embeddings that were made elsewhere: which files of a folder they are, and what must agree between them. */

/** Which image each row of embeddings is, as columns of one length: there may be millions of rows. */
export interface NamedRows {
  readonly names: readonly string[];
  /** null where nothing tells captions. */
  readonly captions: readonly (string | null)[] | null;
  readonly categories: readonly (string | null)[] | null;
}

/** The files of a folder that are read, by their paths. */
export interface EmbeddingFiles {
  /** The same path twice where one Parquet file holds both. */
  readonly med: string;
  readonly gen: string;
  readonly both: boolean;
  /** images.csv beside them. */
  readonly images: string | null;
}

const BOTH = 'embeddings.parquet';
const MUST = `It must hold med.npy and gen.npy, or med.parquet and gen.parquet, or ${BOTH} with the columns med and gen.`;
const EMBEDDINGS = new Set([BOTH, 'med.npy', 'gen.npy', 'med.parquet', 'gen.parquet']);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Whether a folder is one of embeddings, or means to be. */
export function holdsEmbeddings(paths: readonly string[]): boolean {
  return paths.some((path) => EMBEDDINGS.has(fileName(path)));
}

/**
 * The embeddings of a folder: at its top, or in the one folder within it that holds some (a zip often has a folder in it).
 * @returns a fault 'not-found' where one is missing, 'bad-argument' where there are several
 */
export function embeddingFiles(paths: readonly string[]): Result<EmbeddingFiles> {
  const folders = [...new Set(paths.filter((p) => EMBEDDINGS.has(fileName(p))).map(folderOf))];
  const [first] = folders;
  const folder = folders.includes('') ? '' : first;
  if (folder === undefined)
    return fail(fault('not-found', `The folder of embeddings has no med.npy, med.parquet or ${BOTH}. ${MUST}`));
  if (folder !== '' && folders.length > 1)
    return fail(
      fault('bad-argument', `Embeddings lie in ${folders.length} folders (${folders.join(', ')}). Name one of them.`),
    );
  const has = new Set(paths.filter((p) => folderOf(p) === folder).map(fileName));
  const images = has.has('images.csv') ? `${folder}images.csv` : null;
  const several = severalIn(has);
  if (several) return fail(several);
  if (has.has(BOTH)) return ok({ med: folder + BOTH, gen: folder + BOTH, both: true, images });
  const [med, gen] = (['med', 'gen'] as const).map((set) => ENDINGS.map((e) => set + e).find((f) => has.has(f)));
  if (med !== undefined && gen !== undefined) return ok({ med: folder + med, gen: folder + gen, both: false, images });
  const missing = med === undefined ? 'med' : 'gen';
  return fail(fault('not-found', `The folder of embeddings has no ${missing}.npy or ${missing}.parquet. ${MUST}`));
}

const ENDINGS = ['.npy', '.parquet'] as const;

/** What would have to be guessed. */
function severalIn(has: ReadonlySet<string>): Fault | null {
  const found = [...has].filter((name) => EMBEDDINGS.has(name)).sort();
  const twice = (['med', 'gen'] as const).some((set) => ENDINGS.every((e) => has.has(set + e)));
  if (!twice && !(has.has(BOTH) && found.length > 1)) return null;
  return fault(
    'bad-argument',
    `The folder of embeddings holds ${found.join(', ')}, and only one of them for each encoder can be meant. Leave those that are.`,
  );
}

/** Rows of a file and what it is called, for what is said of it. */
export interface CountedRows {
  readonly name: string;
  readonly rows: number;
}

/** Row i of both sets is image i, and name i is its name. @returns what is wrong; null where nothing is */
export function rowsDisagree(
  med: CountedRows,
  gen: CountedRows,
  names: { readonly name: string; readonly rows: NamedRows } | null,
): Fault | null {
  const wrong = (words: string): Fault => fault('bad-argument', words, { med: med.rows, gen: gen.rows });
  if (med.rows !== gen.rows)
    return wrong(
      `${med.name} has ${med.rows} rows and ${gen.name} has ${gen.rows}; row i of both must be the embedding of image i.`,
    );
  if (names === null) return null;
  const said = names.rows.names;
  if (said.length !== med.rows)
    return wrong(
      `${names.name} names ${said.length} images and ${med.name} has ${med.rows} rows; each line must name the image of one row, in their order.`,
    );
  const places = new Map<string, number>();
  for (const [row, name] of said.entries()) {
    const before = places.get(name);
    if (before !== undefined)
      return wrong(
        `${names.name} names the image ${name} twice, in rows ${before + 1} and ${row + 1}; each row must be another image. Leave one of the two out of all files.`,
      );
    places.set(name, row);
  }
  return null;
}

/** The one naming of the rows, where several files tell it: they must tell the same. The first counts for captions. */
export function agreedNames(
  told: readonly { readonly name: string; readonly rows: NamedRows }[],
): Result<{ readonly name: string; readonly rows: NamedRows } | null> {
  const [first, ...others] = told;
  if (!first) return ok(null);
  for (const other of others) {
    const [a, b] = [first.rows.names, other.rows.names];
    const at = a.findIndex((name, row) => name !== b[row]);
    const row = at >= 0 ? at : a.length < b.length ? a.length : -1;
    if (row >= 0)
      return fail(
        fault(
          'bad-argument',
          `Row ${row + 1} is ${a[row] ?? 'not there'} in ${first.name} and ${b[row] ?? 'not there'} in ${other.name}; both must name the same images in the same order. Sort both by their images.`,
          { row: row + 1 },
        ),
      );
  }
  return ok(first);
}
