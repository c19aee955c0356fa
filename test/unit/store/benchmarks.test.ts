import { benchmarkOf, faultOf, freshStore, sha } from './fixtures.ts';
import { expect, test } from 'vitest';
import { USUAL_STROKE } from '../../../src/core/images/marks/mark.ts';
import { benchmark, deleteBenchmark, listBenchmarks, putBenchmark, putMarks } from '../../../src/store/benchmarks.ts';
import { imageBlob, imagesKept } from '../../../src/store/images.ts';

test('a benchmark comes back whole, with its images by hash', async () => {
  const store = await freshStore();
  const { benchmark: b, blobs } = benchmarkOf('one', 'x', 'y', 'x', 'z');
  const kept = await putBenchmark(store, b, blobs);
  expect(kept).toMatchObject({ images: 3, bytes: 3 });
  expect((await benchmark(store, kept.id))?.benchmark).toEqual(b);
  expect(await (await imageBlob(store, sha('y')))?.text()).toBe('y');
  expect(await imageBlob(store, sha('none'))).toBeNull();
});

test('the same content has the same id, whoever brings it', async () => {
  const store = await freshStore();
  const { benchmark: b, blobs } = benchmarkOf('one', 'x', 'y');
  const first = await putBenchmark(store, b, blobs);
  const again = await putBenchmark(store, b, new Map());
  expect(again).toEqual(first);
  expect(await listBenchmarks(store)).toHaveLength(1);
});

test('an image that two benchmarks share is stored once and outlives one of them', async () => {
  const store = await freshStore();
  const one = benchmarkOf('one', 'x', 'y');
  const two = benchmarkOf('two', 'y', 'z');
  const kept = await putBenchmark(store, one.benchmark, one.blobs);
  await putBenchmark(store, two.benchmark, two.blobs);
  expect(await imagesKept(store)).toEqual(new Set(['x', 'y', 'z'].map(sha)));
  await deleteBenchmark(store, kept.id);
  expect(await imagesKept(store)).toEqual(new Set(['y', 'z'].map(sha)));
});

test('a benchmark without one of its images is refused and leaves nothing', async () => {
  const store = await freshStore();
  const { benchmark: b, blobs } = benchmarkOf('one', 'x', 'y');
  blobs.delete(sha('y'));
  expect(await faultOf(putBenchmark(store, b, blobs))).toMatchObject({ code: 'bad-benchmark', facts: { missing: 1 } });
  expect(await imagesKept(store)).toEqual(new Set());
  expect(await listBenchmarks(store)).toEqual([]);
});

test('marks are kept with the benchmark, and outlive its folder brought again without any', async () => {
  const store = await freshStore();
  const { benchmark: b, blobs } = benchmarkOf('one', 'x', 'y');
  const { id } = await putBenchmark(store, b, blobs);
  const mark = { kind: 'point', x: 1, y: 2, ...USUAL_STROKE } as const;
  await putMarks(store, id, 'p', [[mark], []]);
  await putMarks(store, id, 'q', [[], [mark]]);
  expect((await benchmark(store, id))?.benchmark.marks).toEqual({ p: [[mark], []], q: [[], [mark]] });
  await putBenchmark(store, b, blobs);
  await putMarks(store, id, 'q', [[], []]);
  expect((await benchmark(store, id))?.benchmark.marks).toEqual({ p: [[mark], []] });
  const theirs = { r: [[], [mark]] } as const;
  await putBenchmark(store, { ...b, marks: theirs }, blobs);
  expect((await benchmark(store, id))?.benchmark.marks).toEqual(theirs);
  expect(await faultOf(putMarks(store, 'none', 'p', [[], []]))).toMatchObject({ code: 'not-found' });
});
