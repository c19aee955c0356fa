import { limitBenchmark } from '../core/benchmark/select.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { answered } from '../core/statistics/counts.ts';
import type { MarkSet } from '../core/images/marks/mark.ts';
import { conditionFacts } from '../core/methods/conditions.ts';
import { recordedMethod, recordsOfRun } from '../core/methods/registry.ts';
import { recordKey, type ResultRecord } from '../core/records/record.ts';
import type { Unscored } from './evaluate-types.ts';

/** Why a question that shows marks was not asked; undefined where it was not for that. */
function unmarked(method: string, pair: string, marks: MarkSet | null): string | undefined {
  const condition = recordedMethod(method)?.condition ?? null;
  if (condition === null || conditionFacts(condition.kind).probe !== 'marks') return undefined;
  return Object.hasOwn(marks ?? {}, pair) ? undefined : 'The pair has no marks.';
}

const NOT_JUDGED = 'No judge has read this answer yet.';

/**
 * The selected questions that have no score, with the reason. Pairs that cannot run count where they could have been among the first `limit`.
 * @param reason for those that were never reached
 * @param marks of the run
 */
export function unscored(
  benchmark: Benchmark,
  methods: readonly string[],
  limit: number | null,
  records: readonly ResultRecord[],
  reason: string,
  marks: MarkSet | null = null,
): readonly Unscored[] {
  const found = new Map(records.map((r) => [recordKey(r), r]));
  const { pairs, skipped } = limitBenchmark(benchmark, limit);
  const missing = pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) =>
      recordsOfRun(methods).flatMap((method): Unscored[] => {
        const record = found.get(recordKey({ pair: pair.id, image, method }));
        if (answered(record)) return [];
        const why =
          record?.status === 'scored' ? NOT_JUDGED : (record?.fault.message ?? unmarked(method, pair.id, marks));
        return [{ pair: pair.id, image, method, reason: why ?? reason }];
      }),
    ),
  );
  return [...skipped.map(({ pair, reason: why }) => ({ pair, image: null, method: null, reason: why })), ...missing];
}
