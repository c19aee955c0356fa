import { parquetMetadata, parquetReadObjects, parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { NamedRows } from '../../src/core/discovery/given.ts';
import { vectorColumn, type TableColumn } from '../../src/core/discovery/given-column.ts';
import { namingColumns } from '../../src/core/discovery/given-names.ts';
import { finite, type Matrix } from '../../src/core/discovery/npy.ts';
import { fault, FaultError, orThrow } from '../../src/core/fault.ts';
import { pagesOf } from './pages.ts';
import { createRows } from './rows.ts';

/** A Parquet file whose footer was read. */
export interface OpenParquet {
  /** The embeddings of one encoder. @param own whether the column must have the encoder's name */
  vectors(set: 'med' | 'gen', own: boolean): Matrix;
  /** Names, captions and categories of the rows; null where no column names the images. */
  rows(): Promise<NamedRows | null>;
}

/** @throws FaultError 'unreadable' */
export function openParquet(file: string, bytes: ArrayBuffer): OpenParquet {
  const metadata = whole(file, () => parquetMetadata(bytes));
  const columns = parquetSchema(metadata).children;
  const table = columns.map((c): TableColumn => ({ name: c.element.name, holds: holdsOf(c) }));
  const count = Number(metadata.num_rows);
  return {
    vectors(set, own) {
      const name = orThrow(vectorColumn(file, table, set, own));
      const leaf = leafOf(columns.find((c) => c.element.name === name));
      if (count === 0) throw bad(file, 'holds no rows. Write the embeddings again.');
      requireCodec(file, metadata, leaf.path);
      const rows = createRows(file, count);
      whole(file, () => {
        for (const page of pagesOf(bytes, metadata, leaf.path)) rows.take(page);
      });
      return orThrow(finite(file, rows.matrix()));
    },
    rows: () => namesOf(file, bytes, metadata, columns),
  };
}

const bad = (file: string, what: string): FaultError =>
  new FaultError(fault('unreadable', `${file} ${what}`, { file }));

/** Does something with the file; what the reader cannot make sense of is damage. */
function whole<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (e) {
    throw damaged(file, e);
  }
}

function damaged(file: string, e: unknown): unknown {
  if (e instanceof FaultError) return e;
  const why = (e instanceof Error ? e.message : String(e)).replace(/^parquet /, '');
  return bad(file, `is no whole Parquet file: ${why}. Copy or write it again.`);
}

const FLOATS = new Set(['FLOAT', 'DOUBLE']);

function holdsOf(column: SchemaTree): TableColumn['holds'] {
  const leaf = leafOf(column);
  if (leaf.lists !== 1) return leaf.lists > 1 ? 'list' : 'other';
  const { type = '', logical_type: logical } = leaf.node.element;
  return FLOATS.has(type) || logical?.type === 'FLOAT16' ? 'vectors' : 'list';
}

/** The numbers below a column, and how many lists they lie in; a column of several fields has no numbers of its own. */
function leafOf(column: SchemaTree | undefined): { node: SchemaTree; path: readonly string[]; lists: number } {
  if (!column) throw new Error('The column is not in the schema.');
  let node = column;
  let lists = repeated(node);
  for (let [only, ...more] = node.children; only && more.length === 0; [only, ...more] = node.children) {
    node = only;
    lists += repeated(node);
  }
  return { node, path: node.path, lists: node.children.length > 1 ? 0 : lists };
}

const repeated = ({ element }: SchemaTree): number => (element.repetition_type === 'REPEATED' ? 1 : 0);

/** A codec that cannot be unpacked is named before anything is read. */
function requireCodec(file: string, metadata: FileMetaData, path: readonly string[]): void {
  const wanted = path.join('.');
  for (const group of metadata.row_groups)
    for (const { meta_data: chunk } of group.columns) {
      if (!chunk || chunk.path_in_schema.join('.') !== wanted) continue;
      if (chunk.codec === 'UNCOMPRESSED' || chunk.codec in compressors) continue;
      throw new FaultError(
        fault(
          'unsupported',
          `${file} is compressed by ${chunk.codec}, which cannot be read here. Write it with snappy, zstd or without compression.`,
          { file, codec: chunk.codec },
        ),
      );
    }
}

async function namesOf(
  file: string,
  bytes: ArrayBuffer,
  metadata: FileMetaData,
  all: readonly SchemaTree[],
): Promise<NamedRows | null> {
  const columns = all.filter((c) => c.children.length === 0).map((c) => c.element.name);
  const found = namingColumns(columns);
  const name = columns[found.name];
  if (name === undefined) return null;
  const [caption, category] = [columns[found.caption], columns[found.category]];
  const wanted = [name, caption, category].filter((c) => c !== undefined);
  for (const column of wanted) requireCodec(file, metadata, [column]);
  const rows = await parquetReadObjects({ file: bytes, metadata, columns: wanted, compressors }).catch((e: unknown) => {
    throw damaged(file, e);
  });
  const names = rows.map((row, i) => {
    const text = textOf(row[name]);
    if (text === null) throw bad(file, `names no image in row ${i + 1} (column ${name}). Name the image of every row.`);
    return text;
  });
  const column = (key: string | undefined) => (key === undefined ? null : rows.map((row) => textOf(row[key])));
  return { names, captions: column(caption), categories: column(category) };
}

/** A cell as text; null for what is empty. */
function textOf(value: unknown): string | null {
  const text = typeof value === 'bigint' || typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
}
