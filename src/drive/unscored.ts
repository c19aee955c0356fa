import { limitBenchmark } from '../core/benchmark/select.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { answered } from '../core/metrics/counts.ts';
import { recordedMethods } from '../core/scoring/methods.ts';
import { recordKey, type ResultRecord } from '../core/scoring/record.ts';
import type { Unscored } from './types.ts';

const NOT_JUDGED = 'No judge has read this answer yet.';

/**
 * The selected questions that have no score, with the reason. Pairs that cannot run count where they could have been among the first `limit`.
 * @param reason for those that were never reached
 */
export function unscored(
  benchmark: Benchmark,
  methods: readonly string[],
  limit: number | null,
  records: readonly ResultRecord[],
  reason: string,
): readonly Unscored[] {
  const found = new Map(records.map((r) => [recordKey(r), r]));
  const { pairs, skipped } = limitBenchmark(benchmark, limit);
  const missing = pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) =>
      methods.flatMap(recordedMethods).flatMap((method): Unscored[] => {
        const record = found.get(recordKey({ pair: pair.id, image, method }));
        if (answered(record)) return [];
        const why = record?.status === 'scored' ? NOT_JUDGED : record?.fault.message;
        return [{ pair: pair.id, image, method, reason: why ?? reason }];
      }),
    ),
  );
  return [...skipped.map(({ pair, reason: why }) => ({ pair, image: null, method: null, reason: why })), ...missing];
}
