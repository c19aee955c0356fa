import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { FaultError } from '../../../src/core/fault.ts';
import { readGiven } from '../../../workers/embeddings/read.ts';

/* Parquet files by pyarrow and pandas (tools/make/pairs/make_given.py), and what each holds. */

const FOLDER = 'test/data/discovery/given';
interface Expected {
  readonly rows: readonly (readonly number[])[];
  readonly gen?: readonly (readonly number[])[];
  readonly names: readonly string[] | null;
}
const { files } = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as {
  files: Readonly<Record<string, Expected>>;
};
const file = (path: string, from: string) => ({ path, blob: new Blob([readFileSync(join(FOLDER, from))]) });
const set = (name: string) => [file('med.parquet', `${name}.parquet`), file('gen.parquet', `${name}.parquet`)];

/** The sentence by which a folder is refused. */
async function refused(given: Parameters<typeof readGiven>[0]): Promise<string> {
  try {
    await readGiven(given);
    return 'not refused';
  } catch (e) {
    return e instanceof FaultError ? `${e.fault.code}: ${e.fault.message}` : `no fault: ${String(e)}`;
  }
}

describe('what pyarrow and pandas write is read, every number as float32 has it', () => {
  test.for(Object.entries(files).filter(([, { gen }]) => gen === undefined))('%s', async ([name, expected]) => {
    const { med, gen, rows } = await readGiven(set(name));
    for (const { matrix } of [med, gen]) {
      expect([matrix.rows, matrix.columns]).toEqual([expected.rows.length, expected.rows[0]?.length]);
      expect([...matrix.data]).toEqual(expected.rows.flat());
    }
    expect(rows?.names ?? null).toEqual(expected.names);
  });

  test('one file holds both encoders, and captions', async () => {
    const expected = files['both'];
    const { med, gen, rows } = await readGiven([file('embeddings.parquet', 'both/embeddings.parquet')]);
    expect([...med.matrix.data]).toEqual(expected?.rows.flat());
    expect([...gen.matrix.data]).toEqual(expected?.gen?.flat());
    expect(rows?.names).toEqual(expected?.names);
    expect(rows?.captions).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => (i === 2 ? null : `caption ${i}`)));
    expect([med.name, gen.name]).toEqual(['embeddings.parquet, column med', 'embeddings.parquet, column gen']);
  });
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  'bad-lengths': /^unreadable: med\.parquet has 4 numbers in row 4 and 5 in row 1;/,
  'bad-null-row': /^unreadable: med\.parquet has nothing where a number should be in row 3 /,
  'bad-null-number': /^unreadable: med\.parquet has nothing where a number should be in row 3 /,
  'bad-empty-row': /^unreadable: med\.parquet has nothing where a number should be in row 1 /,
  'bad-nan': /^unreadable: med\.parquet: row 5, column 2 is NaN;/,
  'bad-integers': /^unreadable: med\.parquet has a column embedding of lists, but not of floating-point numbers\./,
  'bad-no-list': /^unreadable: med\.parquet has no column whose rows are lists of numbers\./,
  'bad-two-columns': /^unreadable: med\.parquet has several columns that may be the embeddings \(embedding, vector\)\./,
  'bad-nameless': /^unreadable: med\.parquet names no image in row 6 \(column image\)\./,
  'bad-no-rows': /^unreadable: med\.parquet holds no rows\./,
  'bad-truncated': /^unreadable: med\.parquet is no whole Parquet file: .*Copy or write it again\.$/,
  'bad-middle':
    /^unreadable: med\.parquet is no whole Parquet file: a page says that it holds more than its column does\. Copy or write it again\.$/,
};

describe('what cannot be used is refused in one sentence', () => {
  test('every broken file has its sentence here', () => {
    const broken = readdirSync(FOLDER).filter((name) => name.startsWith('bad-'));
    expect(broken.map((name) => name.replace('.parquet', '')).sort()).toEqual(Object.keys(REFUSED).sort());
  });
  test.for(Object.entries(REFUSED))('%s', async ([name, words]) => {
    expect(await refused(set(name))).toMatch(words);
  });

  test('names that differ between the two files, or from images.csv', async () => {
    const other = [file('med.parquet', 'list-float.parquet'), file('gen.parquet', 'other-names.parquet')];
    expect(await refused(other)).toBe(
      'bad-argument: Row 3 is größe/2, 2.png in med.parquet and größe/0, 3.png in gen.parquet; both must name the same images in the same order. Sort both by their images.',
    );
    const csv = { path: 'images.csv', blob: new Blob(['image\n1\n2\n3\n4\n5\n6\n7\n']) };
    expect(await refused([...set('list-float'), csv])).toMatch(
      /^bad-argument: Row 1 is 1 in images\.csv and größe\/0, 0\.png in med\.parquet;/,
    );
    // One that names them is enough.
    const { rows } = await readGiven([
      file('med.parquet', 'unnamed.parquet'),
      file('gen.parquet', 'other-names.parquet'),
    ]);
    expect(rows?.names[2]).toBe('größe/0, 3.png');
  });

  test('a codec that cannot be unpacked is named', async () => {
    const written = parquetWriteBuffer({
      codec: 'LZO',
      compressors: { LZO: (bytes) => bytes },
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'embedding', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'OPTIONAL', type: 'FLOAT' },
      ],
      columnData: [{ name: 'embedding', data: [Array<number>(40).fill(1), Array<number>(40).fill(2)] }],
    });
    const files = ['med.parquet', 'gen.parquet'].map((path) => ({ path, blob: new Blob([written]) }));
    expect(await refused(files)).toBe(
      'unsupported: med.parquet is compressed by LZO, which cannot be read here. Write it with snappy, zstd or without compression.',
    );
  });
});
