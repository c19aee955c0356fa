import { components } from '../statistics/interval.ts';
import type { Benchmark } from './types.ts';

/** A share of a benchmark: `3/16` is the third of sixteen. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** A shard as run.json names it: with the number of pairs that all shards share. */
export interface ShardOfRun extends Shard {
  readonly pairs: number;
}

/** `shard 3/16 of 352 pairs`; '' for a whole run. */
export function shardWords(shard: ShardOfRun | undefined): string {
  return shard ? `${shard.index}/${shard.of} of ${shard.pairs} pairs` : '';
}

/** How many shards a benchmark can fill: pairs that share images, directly or through others, stay together. */
export function mostShards({ pairs }: Pick<Benchmark, 'pairs'>): number {
  return new Set(components(pairs)).size;
}

/**
 * The shard of each pair, from 1. Whole components of pairs that share images go to one shard: the largest first, each to the shard that has the fewest
 * pairs so far (the first of equals), so that the same benchmark is always split alike.
 * @param of number of shards
 */
export function shardOfPairs({ pairs }: Pick<Benchmark, 'pairs'>, of: number): readonly number[] {
  const component = components(pairs);
  const sizes = new Map<number, number>();
  for (const c of component) sizes.set(c, (sizes.get(c) ?? 0) + 1);
  // Components are numbered in the order of first appearance, and sort() keeps the order of equals.
  const largestFirst = [...sizes].sort(([, a], [, b]) => b - a);
  const load = Array.from({ length: of }, () => 0);
  const taken = new Map<number, number>();
  for (const [c, size] of largestFirst) {
    const least = load.indexOf(Math.min(...load));
    load[least] = (load[least] ?? 0) + size;
    taken.set(c, least + 1);
  }
  return component.map((c) => taken.get(c) ?? 1);
}

/** The pairs of one shard, in the benchmark's order. Pairs that cannot run belong to the first shard, so that each is told once. */
export function shardOf(benchmark: Benchmark, { index, of }: Shard): Benchmark {
  const shards = shardOfPairs(benchmark, of);
  const places = shards.flatMap((shard, place) => (shard === index ? [place] : []));
  return {
    ...benchmark,
    pairs: benchmark.pairs.filter((_, place) => shards[place] === index),
    skipped: index === 1 ? benchmark.skipped : [],
    part: { of: benchmark.pairs.length, places },
  };
}
