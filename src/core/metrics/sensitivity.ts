import type { Benchmark, Letter } from '../benchmark/types.ts';
import { methodParts } from '../scoring/methods.ts';
import { recordKey, type OptionScore, type ResultRecord, type ScoredRecord } from '../scoring/record.ts';
import { indexRecords } from './counts.ts';
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
  readonly condition: 'no-image' | 'blank-image';
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
  records: readonly ResultRecord[],
): Readonly<Record<string, Sensitivity>> {
  const index = indexRecords(records);
  const names = new Set(records.map((r) => r.method));
  const bases = [...names].filter((m) => !m.includes('+') && [...names].some((n) => n.startsWith(`${m}+`)));
  const of = (method: string): Sensitivity => ({
    position: names.has(`${method}+swap`) ? positionBias(answers(benchmark, index, method, 'swap')) : null,
    blindness: (['no-image', 'blank-image'] as const)
      .filter((c) => names.has(`${method}+${c}`))
      .map((condition) => ({ condition, ...stays(answers(benchmark, index, method, condition)) })),
    wording: [...names]
      .flatMap((name) => {
        const parts = name.startsWith(`${method}+`) ? methodParts(name) : null;
        return parts?.paraphrase === undefined ? [] : [parts.paraphrase];
      })
      .sort((a, b) => a - b)
      .map((paraphrase) => ({
        paraphrase,
        ...stays(answers(benchmark, index, method, `paraphrase-${paraphrase}`)),
      })),
  });
  return Object.fromEntries(bases.map((m) => [m, of(m)]));
}

function stays(both: readonly (readonly [Letter, Letter])[]): { questions: number; same: number } {
  const same = both.filter(([a, b]) => a === b).length;
  return { questions: both.length, same: percentOf(same, both.length) };
}

/** For each question with both answers valid: the plain answer, and that under the condition. Both name the benchmark's options, exchanged or not. */
function answers(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: ReadonlyMap<string, ResultRecord>,
  method: string,
  condition: string,
): readonly (readonly [Letter, Letter])[] {
  return benchmark.pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image) => {
      const plain = index.get(recordKey({ pair: pair.id, image, method }))?.chosen ?? null;
      const under = index.get(recordKey({ pair: pair.id, image, method: `${method}+${condition}` }))?.chosen ?? null;
      return plain === null || under === null ? [] : [[plain, under] as const];
    }),
  );
}

/** Under `swap` the benchmark's option A is shown as B: who chooses A plainly and B exchanged has chosen what stands first both times. */
function positionBias(both: readonly (readonly [Letter, Letter])[]): PositionBias {
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

/** PS with what the text alone makes likely taken off (pointwise mutual information); a method of its own in the tables. */
export const PMI_METHOD = 'ps-pmi';

/**
 * Records of `ps` with `pmi` in each option: its score minus its score without the image (`ps+no-image`). Where that was not run, or failed, a record
 * stays as it is.
 */
export function withPmi(records: readonly ResultRecord[]): readonly ResultRecord[] {
  const index = indexRecords(records);
  return records.map((r) => {
    if (r.method !== 'ps' || r.status !== 'scored' || r.options === null) return r;
    const blind = index.get(recordKey({ pair: r.pair, image: r.image, method: 'ps+no-image' }));
    if (blind?.status !== 'scored' || blind.options === null) return r;
    const { A, B } = blind.options;
    const add = (o: OptionScore, text: OptionScore): OptionScore => ({ ...o, pmi: o.score - text.score });
    return { ...r, options: { A: add(r.options.A, A), B: add(r.options.B, B) } };
  });
}

/** The choices that PMI makes: one `ps-pmi` record for each `ps` record that has it. Tie -> B, as PS. */
export function pmiRecords(records: readonly ResultRecord[]): readonly ScoredRecord[] {
  return records.flatMap((r) => {
    if (r.method !== 'ps' || r.status !== 'scored' || r.options === null) return [];
    const { A, B } = r.options;
    if (A.pmi === undefined || B.pmi === undefined) return [];
    const chosen: Letter = A.pmi > B.pmi ? 'A' : 'B';
    const options = { A: { ...A, score: A.pmi }, B: { ...B, score: B.pmi } };
    return [
      { ...r, method: PMI_METHOD, chosen, correct: chosen === r.right, options, margin: Math.abs(A.pmi - B.pmi) },
    ];
  });
}
