import { describe, expect, test } from 'vitest';
import { mostShards, shardOf, shardOfPairs } from '../../../src/core/benchmark/shard.ts';
import { components } from '../../../src/core/statistics/interval.ts';
import { BENCHMARK } from './made-run.ts';

describe('shards of a benchmark', () => {
  test.each([1, 2, 3, 4, 7, 16, 60])('of %i: every pair is in exactly one, in the order of the benchmark', (of) => {
    const shards = Array.from({ length: of }, (_, i) => shardOf(BENCHMARK, { index: i + 1, of }));
    const places = shards.flatMap((s) => s.part?.places ?? []);
    expect(places.toSorted((a, b) => a - b)).toEqual(BENCHMARK.pairs.map((_, i) => i));
    for (const { pairs, part } of shards) {
      expect(pairs.length).toBeGreaterThan(0);
      expect(part?.of).toBe(176);
      expect(part?.places).toEqual((part?.places ?? []).toSorted((a, b) => a - b));
      expect(pairs.map((p) => p.id)).toEqual(part?.places.map((place) => BENCHMARK.pairs[place]?.id));
    }
  });

  test('whole groups of pairs that share images stay together', () => {
    const shard = shardOfPairs(BENCHMARK, 16);
    const byComponent = new Map<number, Set<number>>();
    components(BENCHMARK.pairs).forEach((c, i) => {
      byComponent.set(c, (byComponent.get(c) ?? new Set()).add(shard[i] ?? 0));
    });
    expect(byComponent.size).toBe(60);
    expect([...byComponent.values()].every((shards) => shards.size === 1)).toBe(true);
    const images = Array.from({ length: 16 }, (_, i) =>
      shardOf(BENCHMARK, { index: i + 1, of: 16 }).pairs.flatMap((p) => p.images.map((x) => x.sha256)),
    );
    const distinct = images.map((all) => new Set(all).size).reduce((a, b) => a + b, 0);
    expect(distinct).toBe(new Set(images.flat()).size);
  });

  test('are even: none has over one group more than another could take', () => {
    const counts = Array.from({ length: 4 }, (_, i) => shardOf(BENCHMARK, { index: i + 1, of: 4 }).pairs.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test('are the same every time', () => {
    expect(shardOfPairs(structuredClone(BENCHMARK), 16)).toEqual(shardOfPairs(BENCHMARK, 16));
  });

  test('are at most as many as there are groups', () => {
    expect(mostShards(BENCHMARK)).toBe(60);
  });

  test('pairs that cannot run are in the first, once', () => {
    const broken = { ...BENCHMARK, skipped: [{ pair: 'x', reason: 'Image 1 is missing.' }] };
    const skipped = [1, 2, 3].map((index) => shardOf(broken, { index, of: 3 }).skipped.length);
    expect(skipped).toEqual([1, 0, 0]);
  });
});
