import { fail, fault, ok, type Result } from '../fault.ts';

/** A column of a Parquet file as far as embeddings care. */
export interface TableColumn {
  readonly name: string;
  /** 'vectors': a list of floating-point numbers in each row; 'list': a list of something else; 'other' */
  readonly holds: 'vectors' | 'list' | 'other';
}

/** Names that a column of embeddings goes by, beside that of its encoder. */
const NAMES = ['embedding', 'embeddings', 'vector'];

/**
 * The column of embeddings of one encoder.
 * @param file its name, for what is said of it
 * @param columns those at the top of the file
 * @param set the encoder's own name, which a column may have
 * @param own whether it must: where one file holds both encoders
 */
export function vectorColumn(
  file: string,
  columns: readonly TableColumn[],
  set: 'med' | 'gen',
  own: boolean,
): Result<string> {
  const bad = (what: string): Result<never> => fail(fault('unreadable', `${file} ${what}`, { file }));
  const vectors = columns.filter((c) => c.holds === 'vectors');
  const called = (names: readonly string[]) => vectors.filter((c) => names.includes(c.name.trim().toLowerCase()));
  const [mine] = called([set]);
  if (mine) return ok(mine.name);
  const same = columns.find((c) => c.name.trim().toLowerCase() === set && c.holds !== 'vectors');
  if (own)
    return bad(
      same
        ? `has a column ${same.name}, but its rows are not lists of floating-point numbers. Write it as a list of float32.`
        : `has no column ${set}; where one file holds both encoders its columns are named med and gen.`,
    );
  const named = called(NAMES);
  const candidates = named.length > 0 ? named : vectors;
  const [only, ...more] = candidates;
  if (only === undefined) {
    const list = columns.find((c) => c.holds === 'list');
    return bad(
      list
        ? `has a column ${list.name} of lists, but not of floating-point numbers. Write the embeddings as a list of float32.`
        : `has no column whose rows are lists of numbers. Write the embeddings as one column of lists, named embedding.`,
    );
  }
  if (more.length === 0) return ok(only.name);
  const names = candidates.map((c) => c.name).join(', ');
  return bad(`has several columns that may be the embeddings (${names}). Name the one that is meant ${set}.`);
}
