import { describe, expect, it } from 'vitest';
import { cosine } from '../../../src/core/discovery/agreement.ts';
import type { Matrix } from '../../../src/core/discovery/npy.ts';
import type { FoundInStripes } from '../../../src/protocol/search.ts';
import { openKernel } from '../../../workers/search/kernel.ts';
import { normals, readKernel, searchAll, unitRows } from '../../support/search.ts';

/** Similarities this near to a threshold may fall on either side of it: float32 sums differ in their order. */
const BAND = 2e-6;

const row = (m: Matrix, r: number): Float32Array => m.data.subarray(r * m.columns, (r + 1) * m.columns);
const key = (a: number, b: number): string => `${a} ${b}`;

/** What must be found, and what may be, by float64 products of all pairs. */
function bruteForce(med: Matrix, gen: Matrix, t: { med: number; gen: number }) {
  const must = new Set<string>();
  const may = new Set<string>();
  for (let a = 0; a < med.rows; a++)
    for (let b = a + 1; b < med.rows; b++) {
      const [m, g] = [cosine(row(med, a), row(med, b)), cosine(row(gen, a), row(gen, b))];
      if (m >= t.med + BAND && g <= t.gen - BAND) must.add(key(a, b));
      if (m >= t.med - BAND && g <= t.gen + BAND) may.add(key(a, b));
    }
  return { must, may };
}

function expectExact(found: FoundInStripes, med: Matrix, gen: Matrix, t: { med: number; gen: number }): void {
  const { must, may } = bruteForce(med, gen, t);
  const { first, second, med: meds, gen: gens } = found.pairs;
  const keys = new Set<string>();
  let worst = 0;
  first.forEach((a, p) => {
    const b = second[p] ?? -1;
    worst = Math.max(worst, a < b ? 0 : 1);
    worst = Math.max(worst, Math.abs((meds[p] ?? 9) - cosine(row(med, a), row(med, b))));
    worst = Math.max(worst, Math.abs((gens[p] ?? 9) - cosine(row(gen, a), row(gen, b))));
    keys.add(key(a, b));
  });
  expect(worst).toBeLessThan(BAND);
  expect(keys.size).toBe(first.length);
  expect([...must].filter((k) => !keys.has(k))).toEqual([]);
  expect([...keys].filter((k) => !may.has(k))).toEqual([]);
}

/** Clusters of embeddings with a common direction, like a collection's. */
function clustered(rows: number, columns: number, clusters: number, spread: number, seed: number): Matrix {
  const next = normals(seed);
  const common = Array.from({ length: columns }, next);
  const centres = Array.from({ length: clusters }, () => common.map((c) => c + 0.7 * next()));
  return unitRows(
    Array.from({ length: rows }, (_, r) => (centres[r % clusters] ?? common).map((c) => c + spread * next())),
  );
}
const random = (rows: number, columns: number, seed: number): Matrix => clustered(rows, columns, 1, 20, seed);

async function expectSearch(med: Matrix, gen: Matrix, t: { med: number; gen: number }, size: number | null = null) {
  const found = await searchAll(med, gen, { floor: t.med, keep: t, most: 1e9 }, size);
  expectExact(found, med, gen, t);
  return found;
}

describe('the pair search', () => {
  it.each([4, 16, 64, 100])(
    'finds what brute force finds among clustered embeddings with %d basis vectors',
    async (size) => {
      const [med, gen] = [clustered(281, 100, 12, 0.35, 1), clustered(281, 60, 40, 0.6, 2)];
      const found = await expectSearch(med, gen, { med: 0.9, gen: 0.75 }, size);
      expect(found.pairs.first.length).toBeGreaterThan(100);
    },
  );
  it.each([
    [-1, 1],
    [0, 0],
    [0, 1],
    [0.5, -0.2],
    [0.999, 1],
    [1, 1],
  ])('finds what brute force finds at the thresholds %d and %d', async (m, g) => {
    await expectSearch(clustered(130, 33, 9, 0.5, 3), random(130, 20, 4), { med: m, gen: g });
  });
  it('finds all pairs of equal embeddings', async () => {
    const equal = unitRows(Array.from({ length: 70 }, () => [0.3, -0.5, 0.8]));
    const found = await expectSearch(equal, equal, { med: 0.9, gen: 1.00001 });
    expect(found.pairs.first.length).toBe((70 * 69) / 2);
  });
  it('finds no pair of orthogonal embeddings above 0, and all at 0', async () => {
    const axes = unitRows(
      Array.from({ length: 40 }, (_, r) => Array.from({ length: 40 }, (_, c) => (r === c ? 1 : 0))),
    );
    expect((await expectSearch(axes, axes, { med: 0.01, gen: 1 })).pairs.first.length).toBe(0);
    expect((await expectSearch(axes, axes, { med: 0, gen: 1 })).pairs.first.length).toBe(780);
  });
  it('works in one dimension, where cosines are 1 and -1', async () => {
    const signs = unitRows(Array.from({ length: 50 }, (_, r) => [r % 3 === 0 ? -1 : 2]));
    const found = await expectSearch(signs, signs, { med: 0.9, gen: 1 });
    expect(found.pairs.first.length).toBe((17 * 16) / 2 + (33 * 32) / 2);
  });
  it('finds nothing in a collection of one image', async () => {
    const one = unitRows([[1, 2, 3]]);
    expect((await searchAll(one, one, { floor: -1, keep: { med: -1, gen: 1 }, most: 9 })).pairs.first.length).toBe(0);
  });
  it('leaves most products out, and counts every pair at the floor in its histogram', async () => {
    const [med, gen] = [clustered(700, 128, 30, 0.3, 5), random(700, 40, 6)];
    const found = await searchAll(med, gen, { floor: 0.8, keep: { med: 0.9, gen: 0.75 }, most: 1e9 });
    expect(found.histogram.reduce((a, b) => a + b, 0)).toBe(found.candidates);
    expect(found.survivors).toBeLessThan((700 * 699) / 2 / 4);
  });
  it('gives embeddings that are not of unit length their cosines', async () => {
    const [med, gen] = [clustered(90, 50, 8, 0.3, 7), random(90, 30, 8)];
    const scaled = { ...med, data: med.data.map((x, i) => x * (1 + (Math.floor(i / 50) % 7))) };
    const a = await searchAll(med, gen, { floor: 0.85, keep: { med: 0.9, gen: 0.75 }, most: 1e9 });
    const b = await searchAll(scaled, gen, { floor: 0.85, keep: { med: 0.9, gen: 0.75 }, most: 1e9 });
    expect(b.candidates).toBe(a.candidates);
  });
  it('refuses an embedding without a direction, and names its row', async () => {
    const zero = { rows: 3, columns: 2, data: new Float32Array([1, 0, 0, 0, 0, 1]) };
    await expect(searchAll(zero, zero, { floor: 0, keep: { med: 0, gen: 1 }, most: 9 })).rejects.toThrow(
      'medical embedding of image 2 has',
    );
  });
  it('refuses to keep more pairs than it may', async () => {
    const equal = unitRows(Array.from({ length: 70 }, () => [1, 1]));
    const request = { floor: 0.5, keep: { med: 0.5, gen: 1.1 }, most: 100 };
    await expect(searchAll(equal, equal, request)).rejects.toThrow('More than 100 pairs');
  });
  it('leaves the memory alone while it checks a kernel: workers that share one are opened at the same time', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    new Uint8Array(memory.buffer).fill(7);
    await openKernel(memory, false, readKernel);
    expect(new Uint8Array(memory.buffer).every((b) => b === 7)).toBe(true);
  });
  it('does not believe a kernel that computes wrongly', async () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
    // A kernel whose scan finds nothing: (func (export ...)) of the same shape, returning 0.
    const wabt = await (await import('wabt')).default();
    const params = (n: number): string => '(param i32) '.repeat(n);
    const text = `(module (import "env" "memory" (memory 1 65536))
      (func (export "scan") ${params(8)} (result i32) (i32.const 0))
      (func (export "dots") ${params(6)}) (func (export "multiply") ${params(7)}))`;
    const wrong = wabt.parseWat('wrong.wat', text).toBinary({}).buffer;
    await expect(openKernel(memory, false, () => Promise.resolve(new Uint8Array(wrong)))).rejects.toThrow(
      'computes the loops of the pair search wrongly',
    );
    await expect(
      openKernel(memory, false, (file) =>
        file.startsWith('plain') ? readKernel(file) : Promise.resolve(new Uint8Array(wrong)),
      ),
    ).resolves.toBeDefined();
  });
});
