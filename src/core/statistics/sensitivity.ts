import type { Benchmark, Letter } from '../benchmark/types.ts';
import {
  conditionFacts,
  conditionKinds,
  presentationOf,
  type Condition,
  type ConditionKind,
} from '../methods/conditions.ts';
import { recordName, type RecordedMethod } from '../methods/names.ts';
import { recordedMethod } from '../methods/registry.ts';
import { recordKey } from '../records/record.ts';
import { methodNames, type RecordIndex } from './counts.ts';
import { percentOf, round2 } from './rounding.ts';

/** How answers move when the options change places; shares in percent of the questions that have both answers valid. */
export interface PositionBias {
  readonly questions: number;
  /** The same option is chosen whichever letter it has. */
  readonly steady: number;
  /** The option shown first (letter A), or second (B), is chosen both times. */
  readonly first: number;
  readonly second: number;
  /** first - second, in percentage points: 0 is no preference for a place. */
  readonly bias: number;
}

/** How often the answer stays when the image is taken away; percent of the questions that have both answers valid. */
export interface ImageBlindness {
  readonly condition: ConditionKind;
  readonly questions: number;
  readonly same: number;
}

/** How often the answer stays when the question is put in other words; percent of the questions that have both answers valid. */
export interface Wording {
  /** Number of the paraphrase in run.json, from 1. */
  readonly paraphrase: number;
  readonly questions: number;
  readonly same: number;
}

/** What a method's answers depend on besides the image: null, or empty, where the condition was not run. */
export interface Sensitivity {
  readonly position: PositionBias | null;
  readonly blindness: readonly ImageBlindness[];
  readonly wording: readonly Wording[];
}

/** Sensitivity of each method that was also asked under a condition (`gd+swap`, `gd+no-image`, `gd+paraphrase-1`, ...). */
export function sensitivity(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
): Readonly<Record<string, Sensitivity>> {
  const found = methodNames(index).flatMap((name) => recordedMethod(name) ?? []);
  const of = (plain: RecordedMethod): Sensitivity => {
    const under = found.flatMap((m) => (m.record.id === plain.record.id && m.condition ? [m.condition] : []));
    const both = (c: Condition): Both => answers(benchmark, index, plain, c);
    const swap = under.find((c) => presentationOf(c).swapped);
    return {
      position: swap ? positionBias(both(swap)) : null,
      blindness: conditionKinds()
        .flatMap((kind) => under.filter((c) => c.kind === kind && conditionFacts(kind).without !== undefined))
        .map((c) => ({ condition: c.kind, ...stays(both(c)) })),
      wording: wordings(under).map(({ wording, condition }) => ({
        paraphrase: wording,
        ...stays(both(condition)),
      })),
    };
  };
  return Object.fromEntries(
    found
      .filter((m) => m.condition === null && found.some((n) => n.record.id === m.record.id && asksOtherwise(n)))
      .map((m) => [m.record.id, of(m)]),
  );
}

/** Whether a record was asked under a condition of this table; probes of the image have a table of their own. */
function asksOtherwise({ condition }: RecordedMethod): boolean {
  return condition !== null && presentationOf(condition).image !== 'changed';
}

/** The paraphrases among conditions, by their number. */
function wordings(under: readonly Condition[]): readonly { readonly wording: number; readonly condition: Condition }[] {
  return under
    .flatMap((condition) => {
      const { wording } = presentationOf(condition);
      return wording === null ? [] : [{ wording, condition }];
    })
    .sort((a, b) => a.wording - b.wording);
}

type Both = readonly (readonly [Letter, Letter])[];

function stays(both: Both): { questions: number; same: number } {
  const same = both.filter(([a, b]) => a === b).length;
  return { questions: both.length, same: percentOf(same, both.length) };
}

/** For each question with both answers valid: the plain answer, and that under the condition. Both name the benchmark's options, exchanged or not. */
function answers(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  { record }: RecordedMethod,
  condition: Condition,
): Both {
  const [method, asked] = [record.id, recordName(record, condition)];
  return benchmark.pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) => {
      const plain = index.get(recordKey({ pair: pair.id, image, method }))?.chosen ?? null;
      const under = index.get(recordKey({ pair: pair.id, image, method: asked }))?.chosen ?? null;
      return plain === null || under === null ? [] : [[plain, under] as const];
    }),
  );
}

/** Under `swap` the benchmark's option A is shown as B: who chooses A plainly and B exchanged has chosen what stands first both times. */
function positionBias(both: Both): PositionBias {
  const n = both.length;
  const count = (plain: Letter, swapped: Letter): number =>
    both.filter(([a, b]) => a === plain && b === swapped).length;
  const first = count('A', 'B');
  const second = count('B', 'A');
  return {
    questions: n,
    steady: percentOf(n - first - second, n),
    first: percentOf(first, n),
    second: percentOf(second, n),
    bias: n === 0 ? 0 : round2(((first - second) / n) * 100),
  };
}
