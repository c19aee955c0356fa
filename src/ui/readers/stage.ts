import type { Letter, Pair } from '../../core/benchmark/types.ts';
import { answered, indexRecords } from '../../core/statistics/counts.ts';
import { isPlain } from '../../core/methods/registry.ts';
import { recordKey, type ResultRecord } from '../../core/records/record.ts';

/** Pairs of a stage. */
export const STAGE_PAIRS = 10;

/** The model's answers to the two questions of a pair; null where it has none. */
export type ModelAnswers = ReadonlyMap<string, readonly [Letter | null, Letter | null]>;

/** The answers of a run's method to these pairs. */
export function modelAnswers(pairs: readonly Pair[], records: readonly ResultRecord[], method: string): ModelAnswers {
  const index = indexRecords(records);
  const of = (pair: string, image: 1 | 2): Letter | null =>
    answered(index.get(recordKey({ pair, image, method })))?.chosen ?? null;
  return new Map(pairs.map((p) => [p.id, [of(p.id, 1), of(p.id, 2)] as const]));
}

/** The first method of a run, as the tables order them, that was asked without a condition. */
export function stageMethod(records: readonly ResultRecord[]): string | null {
  return [...new Set(records.map((r) => r.method))].find(isPlain) ?? null;
}

/** Whether both questions of a pair are answered rightly. */
export function isSet(pair: Pair, chosen: readonly [Letter | null, Letter | null]): boolean {
  return chosen[0] === pair.images[0].right && chosen[1] === pair.images[1].right;
}
