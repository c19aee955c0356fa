import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { npyHeader } from '../../src/core/discovery/npy.ts';
import { command, readJson, scratch } from './command.ts';
import { MIXED_PAIRS, reference, writeMixed } from './pairs.ts';

const space = scratch();
test.afterAll(() => space.remove());

const find = (...args: string[]) => command(['find-pairs', '--device', 'wasm', ...args]);
/** pairs.csv as [image, image, sim_med, sim_gen]. */
const pairsIn = (out: string) =>
  readFileSync(join(out, 'pairs.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, 4));

test(
  'images that cannot be decoded and captions that fit no image are named, and the others are compared',
  { tag: '@soak' },
  async () => {
    const folder = space.path('mixed');
    const whole = writeMixed(folder);
    const out = space.path('mixed-out');
    const run = await find('--collection', folder, '--out', out);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('3 images could not be embedded; summary.json says why.');
    expect(run.stderr).toMatch(/captions\.csv, line 3: The image gone\.png is not in the folder/);
    const problems = readJson(out, 'summary.json')['problems'] as { place: string; message: string }[];
    // What costs an image its place stands first.
    expect(problems.slice(0, 3).map((p) => p.place)).toEqual(['cut.png', 'empty.png', 'words.jpg']);
    expect(problems.filter((p) => p.message === 'No caption names this image.')).toHaveLength(whole - 1 + 3);
    const found = pairsIn(out).map(([a = '', b = '']) => [
      a.slice(a.lastIndexOf('/') + 1),
      b.slice(b.lastIndexOf('/') + 1),
    ]);
    for (const [a, b] of MIXED_PAIRS) expect(found).toContainEqual([a, b]);

    // What was written is read again, and gives the same pairs.
    const again = space.path('mixed-again');
    const reread = await find('--collection', folder, '--embeddings', out, '--out', again);
    expect(reread.code).toBe(0);
    expect(pairsIn(again)).toEqual(pairsIn(out));
  },
);

/** A .npy file of another order or type. */
function npy(rows: readonly (readonly number[])[], how: { descr: string; fortran: boolean }): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const head = new TextDecoder('latin1').decode(npyHeader(rows.length, columns));
  const type = head.replace("'<f4'", `'${how.descr}'`).replace('False, ', how.fortran ? 'True,  ' : 'False, ');
  const values = how.fortran
    ? Array.from({ length: columns }, (_, c) => rows.map((r) => r[c] ?? 0)).flat()
    : rows.flat();
  const data = how.descr === '<f8' ? new Float64Array(values) : new Float32Array(values);
  return Buffer.concat([Buffer.from(type, 'latin1'), new Uint8Array(data.buffer)]);
}

test(
  'embeddings made elsewhere are taken in either order, and refused in one sentence where they cannot be',
  { tag: '@soak' },
  async () => {
    const rows = Array.from({ length: 6 }, (_, r) => [1, 0.1 * r, (r % 3) - 1, 0.5]);
    const general = rows.map((row, r) => row.map((x, i) => (i === r % 4 ? 5 : x)));
    const given = (name: string, med: Uint8Array, gen = npy(general, { descr: '<f4', fortran: false })): string => {
      mkdirSync(space.path(name), { recursive: true });
      writeFileSync(space.path(name, 'med.npy'), med);
      writeFileSync(space.path(name, 'gen.npy'), gen);
      return space.path(name);
    };
    const plain = given('plain', npy(rows, { descr: '<f4', fortran: false }));
    const turned = given(
      'turned',
      npy(rows, { descr: '<f8', fortran: true }),
      npy(general, { descr: '<f4', fortran: true }),
    );
    const outs = [space.path('plain-out'), space.path('turned-out')];
    for (const [i, folder] of [plain, turned].entries())
      expect((await find('--embeddings', folder, '--out', outs[i] ?? '')).code).toBe(0);
    expect(pairsIn(outs[0] ?? '')).toEqual(pairsIn(outs[1] ?? ''));
    expect(pairsIn(outs[0] ?? '').length).toBeGreaterThan(0);

    const bad: [string, Uint8Array, RegExp][] = [
      ['nan', npy([...rows.slice(0, 5), [NaN, 1, 1, 1]], { descr: '<f4', fortran: false }), /row 6, column 1 is NaN/],
      ['shorter', npy(rows.slice(0, 5), { descr: '<f4', fortran: false }), /med\.npy has 5 rows and gen\.npy has 6/],
      [
        'zero',
        npy([...rows.slice(0, 5), [0, 0, 0, 0]], { descr: '<f4', fortran: false }),
        /medical embedding of image 6/,
      ],
      ['object', npy(rows, { descr: '|O', fortran: false }), /of the type \|O/],
      ['empty', new Uint8Array(0), /not a NumPy file/],
    ];
    for (const [name, med, words] of bad) {
      const run = await find('--embeddings', given(name, med), '--out', space.path(`${name}-out`));
      expect(run.code, name).toBe(2);
      expect(run.stderr, name).toMatch(words);
    }
  },
);

test(
  'Parquet made elsewhere gives the pairs of the reference, in the order of its own rows, and is refused in one sentence where it cannot be read',
  { tag: '@soak' },
  async () => {
    const given = 'test/data/discovery/given';
    const out = space.path('parquet-out');
    const run = await find(
      '--collection',
      'public/benchmarks/phantoms',
      '--embeddings',
      `${given}/phantoms`,
      '--out',
      out,
    );
    expect(run.code).toBe(0);
    const names = (pairs: readonly (readonly string[])[]): string[] =>
      pairs.map(([a = '', b = '']) => [basename(a), basename(b)].sort().join(' ')).sort();
    expect(names(pairsIn(out))).toEqual(names(reference.pairs.map(([a, b]) => [a, b])));
    // Captions are the collection's.
    expect(readFileSync(join(out, 'pairs.csv'), 'utf8').split('\n')[1]).toMatch(/,[1-9]\d*,[1-9]\d*$/);

    mkdirSync(space.path('torn'));
    for (const name of ['med', 'gen']) cpSync(`${given}/bad-truncated.parquet`, space.path('torn', `${name}.parquet`));
    const torn = await find('--embeddings', space.path('torn'), '--out', space.path('torn-out'));
    expect(torn.code).toBe(2);
    expect(torn.stderr).toMatch(/med\.parquet is no whole Parquet file: .*Copy or write it again\./);
  },
);

test(
  'a vision-language model is refused as an encoder, with the way to its vision tower',
  { tag: '@soak' },
  async () => {
    const run = await find(
      '--encoders',
      'public/models/phantom-vlm,public/models/phantom-dino',
      '--out',
      space.path('vlm'),
    );
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/phantom-vlm: This is a vision-language model .*"vlm:" before the model's name/);
  },
);
