import { hex } from '../../src/core/bytes.ts';
import { agreedNames, embeddingFiles, rowsDisagree, type NamedRows } from '../../src/core/discovery/given.ts';
import { readImagesCsv } from '../../src/core/discovery/given-names.ts';
import { readNpy } from '../../src/core/discovery/npy.ts';
import { fault, FaultError, orThrow } from '../../src/core/fault.ts';
import { fileName } from '../../src/core/paths.ts';
import type { GivenEmbeddings, ReadGiven } from '../../src/protocol/embeddings.ts';
import { openParquet, type OpenParquet } from './parquet.ts';

/** A set that was read, and the names of its rows where the file itself tells them. */
interface ReadSet {
  readonly given: GivenEmbeddings;
  readonly rows: NamedRows | null;
}

/** Reads NumPy and Parquet files, hashes them, and holds them against each other. */
export const readGiven: ReadGiven = async (files) => {
  const found = orThrow(embeddingFiles(files.map((f) => f.path)));
  const bytesOf = async (path: string): Promise<ArrayBuffer> => {
    const file = files.find((f) => f.path === path);
    if (!file) throw new FaultError(fault('not-found', `${path} is not there any more. Bring the embeddings again.`));
    return file.blob.arrayBuffer();
  };
  const csv =
    found.images === null ? null : orThrow(readImagesCsv(new TextDecoder().decode(await bytesOf(found.images))));
  const [med, gen] = found.both
    ? await readBoth(fileName(found.med), await bytesOf(found.med))
    : [
        await readSet('med', fileName(found.med), await bytesOf(found.med)),
        await readSet('gen', fileName(found.gen), await bytesOf(found.gen)),
      ];
  const counted = ({ given }: ReadSet) => ({ name: given.name, rows: given.matrix.rows });
  const sides = found.both ? [med] : [med, gen];
  // Before their names are compared: files of other lengths name other images.
  const lengths = rowsDisagree(counted(med), counted(gen), null);
  if (lengths) throw new FaultError(lengths);
  const told = [
    ...(csv ? [{ name: 'images.csv', rows: csv }] : []),
    ...sides.flatMap(({ given, rows }) => (rows ? [{ name: given.name, rows }] : [])),
  ];
  const [first] = told;
  const wrong = first && rowsDisagree(counted(med), counted(gen), first);
  if (wrong) throw new FaultError(wrong);
  return { med: med.given, gen: gen.given, rows: orThrow(agreedNames(told))?.rows ?? null };
};

async function readSet(set: 'med' | 'gen', name: string, bytes: ArrayBuffer): Promise<ReadSet> {
  const sha256 = await hashOf(bytes);
  if (name.endsWith('.npy')) return { given: { name, sha256, matrix: orThrow(readNpy(name, bytes)) }, rows: null };
  const table = openParquet(name, bytes);
  return { given: { name, sha256, matrix: table.vectors(set, false) }, rows: await table.rows() };
}

/** Both sets of one Parquet file. */
async function readBoth(name: string, bytes: ArrayBuffer): Promise<[ReadSet, ReadSet]> {
  const sha256 = await hashOf(bytes);
  const table = openParquet(name, bytes);
  const rows = await table.rows();
  const one = (set: 'med' | 'gen', of: OpenParquet): ReadSet => ({
    given: { name: `${name}, column ${set}`, sha256, matrix: of.vectors(set, true) },
    rows,
  });
  return [one('med', table), one('gen', table)];
}

const hashOf = async (bytes: ArrayBuffer): Promise<string> => hex(await crypto.subtle.digest('SHA-256', bytes));
