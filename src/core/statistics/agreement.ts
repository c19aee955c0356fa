import type { Benchmark, Letter } from '../benchmark/types.ts';
import { isPlain } from '../methods/registry.ts';
import { recordKey } from '../records/record.ts';
import { answered, judge, methodNames, type PairAnswers, type RecordIndex } from './counts.ts';
import { percentOf } from './rounding.ts';

/** How far two sets of answers to the same pairs agree. */
export interface Agreement {
  /** Questions with a valid answer in both. */
  readonly questions: number;
  /** Percent of those where the same option is chosen. */
  readonly same: number;
  /** Cohen's kappa of the chosen options; null where chance alone explains everything (both always choose one letter). */
  readonly kappa: number | null;
}

/** Answers of two runs to the same pair. */
export interface BothAnswers {
  readonly first: PairAnswers;
  readonly second: PairAnswers;
}

/** The pairs that both have answered, in the order of the first. */
export function answeredByBoth(first: readonly PairAnswers[], second: readonly PairAnswers[]): readonly BothAnswers[] {
  const other = new Map(second.map((a) => [a.pair.id, a]));
  return first.flatMap((a) => {
    const b = other.get(a.pair.id);
    return b ? [{ first: a, second: b }] : [];
  });
}

/** Pairs with an image for which two runs' answers under some common method are not the same; what only one of them answered does not count. */
export function changedPairs(
  benchmark: Pick<Benchmark, 'pairs'>,
  one: RecordIndex,
  other: RecordIndex,
): ReadonlySet<string> {
  const there = new Set(methodNames(other));
  const common = methodNames(one).filter((m) => isPlain(m) && there.has(m));
  const changed = benchmark.pairs.filter(({ id: pair }) =>
    common.some((method) =>
      ([1, 2] as const).some((image) => {
        const [a, b] = [one, other].map((index) => answered(index.get(recordKey({ pair, image, method }))));
        return a && b && a.chosen !== b.chosen;
      }),
    ),
  );
  return new Set(changed.map((p) => p.id));
}

export function agreement(both: readonly BothAnswers[]): Agreement {
  const valid = both.flatMap(({ first, second }) =>
    ([0, 1] as const).flatMap((i): readonly (readonly [Letter, Letter])[] => {
      const [a, b] = [first.chosen[i], second.chosen[i]];
      return a === null || b === null ? [] : [[a, b]];
    }),
  );
  const n = valid.length;
  const same = valid.filter(([a, b]) => a === b).length;
  return { questions: n, same: percentOf(same, n), kappa: kappa(valid, same) };
}

function kappa(valid: readonly (readonly [Letter, Letter])[], same: number): number | null {
  const n = valid.length;
  if (n === 0) return null;
  const first = valid.filter(([a]) => a === 'A').length / n;
  const second = valid.filter(([, b]) => b === 'A').length / n;
  const chance = first * second + (1 - first) * (1 - second);
  return chance === 1 ? null : (same / n - chance) / (1 - chance);
}

/** Ids of pairs by who has both images right. */
export interface RightBy {
  readonly both: readonly string[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  readonly neither: readonly string[];
}

export function rightBy(answers: readonly BothAnswers[]): RightBy {
  const of = (one: boolean, two: boolean): readonly string[] =>
    answers
      .filter(({ first, second }) => judge(first).set === one && judge(second).set === two)
      .map(({ first }) => first.pair.id);
  return {
    both: of(true, true),
    onlyFirst: of(true, false),
    onlySecond: of(false, true),
    neither: of(false, false),
  };
}
