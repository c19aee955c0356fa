import { faultOf, freshStore } from './fixtures.ts';
import { expect, test } from 'vitest';
import {
  addToCatalogue,
  catalogue,
  hubAddress,
  removeFromCatalogue,
  setHubAddress,
} from '../../../src/store/catalogue.ts';
import { putSetting } from '../../../src/store/settings.ts';
import { usage } from '../../../src/store/usage.ts';
import type { FeatureData } from '../../../src/protocol/engine.ts';
import { feature, putFeature } from '../../../src/store/features.ts';
import { benchmarkOf, config, modelFolder, record } from './fixtures.ts';
import { putBenchmark } from '../../../src/store/benchmarks.ts';
import { keepModel } from '../../../src/store/models.ts';
import { putRecords } from '../../../src/store/records.ts';
import { saveRun } from '../../../src/store/runs.ts';

test('a model that the user adds stands in the catalogue once, and can be taken out', async () => {
  const store = await freshStore();
  const known = (await catalogue(store)).length;
  await addToCatalogue(store, 'https://huggingface.co/acme/new-vlm');
  await addToCatalogue(store, 'acme/new-vlm');
  await addToCatalogue(store, 'HuggingFaceTB/SmolVLM-256M-Instruct');
  expect((await catalogue(store)).slice(known).map((e) => e.id)).toEqual(['acme/new-vlm']);
  await removeFromCatalogue(store, 'acme/new-vlm');
  expect(await catalogue(store)).toHaveLength(known);
  expect((await faultOf(addToCatalogue(store, 'no id'))).code).toBe('bad-argument');
});

test.for([
  ['mirror.hospital.example', 'https://mirror.hospital.example'],
  ['https://mirror.example/hf/', 'https://mirror.example/hf'],
  ['http://localhost:8080', 'http://localhost:8080'],
] as const)('the hub may be a mirror: %s', async ([text, address]) => {
  const store = await freshStore();
  await setHubAddress(store, text);
  expect(await hubAddress(store)).toBe(address);
});

test.for(['http://mirror.example', 'ftp://x.example', 'https://user@x.example', 'https://x.example/?a', ''])(
  'an address that is not safe is refused: %s',
  async (text) => {
    const store = await freshStore();
    expect((await faultOf(setHubAddress(store, text))).code).toBe('bad-argument');
    expect(await hubAddress(store)).toBe('https://huggingface.co');
  },
);

test('a setting that no longer fits is as if it were not there', async () => {
  const store = await freshStore();
  await putSetting(store, 'hub.address', 7);
  expect(await hubAddress(store)).toBe('https://huggingface.co');
});

/** Features that take so many bytes. */
function features(bytes: number): FeatureData {
  const layout = { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null };
  return { rows: 1, width: bytes / 4, data: new Float32Array(bytes / 4).fill(bytes), layout, notes: [], extra: {} };
}

test('features that lost their shape are as if they were not there', async () => {
  const store = await freshStore();
  await store.db.put('features', { key: 'x', bytes: 4, usedAt: 1, value: { ...features(40), rows: 2 } });
  expect(await feature(store, 'x')).toBeNull();
});

test('features are let go, least recently used first, and one over the budget is kept alone', async () => {
  const store = await freshStore();
  const clock = { now: 1000 };
  const real = Date.now;
  Date.now = () => clock.now++;
  try {
    await putFeature(store, 'a', features(40), 100);
    await putFeature(store, 'b', features(40), 100);
    expect(await feature(store, 'a')).toEqual(features(40));
    await putFeature(store, 'c', features(40), 100);
    expect(await feature(store, 'b')).toBeNull();
    expect(await feature(store, 'a')).toEqual(features(40));
    await putFeature(store, 'd', features(400), 100);
    expect([await feature(store, 'a'), await feature(store, 'c')]).toEqual([null, null]);
    expect(await feature(store, 'd')).toEqual(features(400));
  } finally {
    Date.now = real;
  }
});

test('everything kept is listed with its size', async () => {
  const store = await freshStore();
  const kept = await keepModel(store, 'm', modelFolder());
  const { benchmark, blobs } = benchmarkOf('b', 'xx', 'yyy');
  await putBenchmark(store, benchmark, blobs);
  await saveRun(store, config('r'));
  await putRecords(store, 'r', [record('p')]);
  await putFeature(store, 'f', features(40), 100);
  const entries = await usage(store);
  expect(entries.map((e) => [e.kind, e.name])).toEqual([
    ['model', 'm'],
    ['benchmark', 'b'],
    ['run', 'bench, m'],
    ['features', 'Features of 1 images'],
  ]);
  expect(entries.find((e) => e.kind === 'model')?.bytes).toBe(kept.bytes);
  expect(entries.find((e) => e.kind === 'benchmark')?.bytes).toBe(5);
  expect(entries.find((e) => e.kind === 'run')?.bytes).toBeGreaterThan(100);
});
