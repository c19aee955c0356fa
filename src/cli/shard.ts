import { limitBenchmark } from '../core/benchmark/select.ts';
import { mostShards, shardOf, type Shard, type ShardOfRun } from '../core/benchmark/shard.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { Report } from './types.ts';

/**
 * The share of a benchmark that a run is about: of the pairs that the limit leaves.
 * @throws FaultError 'bad-argument' when there are more shards than groups of pairs that share images
 */
export function shareOf(
  benchmark: Benchmark,
  limit: number | null,
  shard: Shard | null,
  report: Report,
): { readonly benchmark: Benchmark; readonly shard: ShardOfRun | null } {
  if (shard === null) return { benchmark, shard: null };
  const limited = limitBenchmark(benchmark, limit);
  const most = mostShards(limited);
  if (shard.of > most)
    throw new FaultError(
      fault(
        'bad-argument',
        `--shard ${shard.index}/${shard.of}: the pairs of ${benchmark.name} fall into ${most} ${most === 1 ? 'group' : 'groups'} that share no images, and a group stays whole. Use at most ${most} ${most === 1 ? 'shard' : 'shards'}.`,
        { most },
      ),
    );
  const part = shardOf(limited, shard);
  report({
    type: 'message',
    text: `Shard ${shard.index} of ${shard.of}: ${part.pairs.length} of ${limited.pairs.length} pairs.`,
  });
  return { benchmark: part, shard: { ...shard, pairs: limited.pairs.length } };
}
