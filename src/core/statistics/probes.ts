import type { Benchmark, ImageIndex, Letter, Pair } from '../benchmark/types.ts';
import { conditionFacts, conditionKinds, type ConditionKind, type ProbeFamily } from '../methods/conditions.ts';
import { recordName } from '../methods/names.ts';
import { isProbe, namedOption } from '../methods/probes.ts';
import { recordedMethod } from '../methods/registry.ts';
import { recordKey, type ScoredRecord } from '../records/record.ts';
import { atOnce, type Steps } from '../steps.ts';
import { answered, countPairs, methodNames, pairAnswers, type RecordIndex } from './counts.ts';
import type { Interval } from './comparison.ts';
import { clusterBootstrap, components } from './interval.ts';
import { percentOf, percentOfTotal, round2 } from './rounding.ts';

/** Resamples of each interval: a run has a dozen probes a method, and which takes about a second. */
const RESAMPLES = 5000;

/** A part of a whole, in percent. */
export interface Share {
  readonly share: number;
  readonly of: number;
}

/** A rate of the plain questions and of the same questions under a probe, percent, over the pairs that have both. */
export interface Moved {
  readonly plain: number;
  readonly probed: number;
}

/** Mean change of a margin with its interval, and the mean margin of the plain questions that it changed from. */
export interface MarginChange extends Interval {
  readonly mean: number;
  readonly plain: number;
  readonly questions: number;
}

/** What one probe does to one method. Everything is over what both ways of asking have scored. */
export interface Probe {
  readonly condition: ConditionKind;
  readonly family: ProbeFamily;
  readonly pairs: number;
  readonly set: Moved;
  readonly individual: Moved;
  readonly confusion: Moved;
  /** Questions with both answers valid whose answer is another. */
  readonly changed: Share;
  /** Mean change of the margin towards the right option (log p right - log p wrong), with a 95% interval by cluster bootstrap; null where no likelihoods were read. */
  readonly margin: MarginChange | null;
  /** Answers that are the option that the shown mark speaks for, of those with a mark that speaks for one; null where marks speak for none. */
  readonly followsMark: Share | null;
  /** Answers that are the option written on the image; null where none is. */
  readonly followsText: Share | null;
}

/** One question asked both ways. */
export interface ProbedQuestion {
  readonly pair: Pair;
  readonly image: ImageIndex;
  readonly plain: ScoredRecord;
  readonly probed: ScoredRecord;
  /** Change of the margin towards the right option; null where no likelihoods were read. */
  readonly marginChange: number | null;
}

/** The probes of each recorded method that was asked plainly and under some, by the method's record id. */
export function probesOf(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
): Readonly<Record<string, readonly Probe[]>> {
  return atOnce(probeSteps(benchmark, index));
}

/** The same; a step is a probe of a method. */
export function* probeSteps(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
): Steps<Readonly<Record<string, readonly Probe[]>>> {
  const names = new Set(methodNames(index));
  const found: Record<string, Probe[]> = {};
  for (const id of names) {
    if (recordedMethod(id)?.condition !== null) continue;
    for (const kind of conditionKinds().filter((k) => isProbe(k) && names.has(nameUnder(id, k)))) {
      (found[id] ??= []).push(probe(benchmark, index, id, kind));
      yield;
    }
  }
  return found;
}

function nameUnder(id: string, kind: ConditionKind): string {
  const record = recordedMethod(id)?.record;
  return record && kind !== 'paraphrase' ? recordName(record, { kind }) : id;
}

/** The questions that were scored plainly and under a probe, in the benchmark's order. */
export function probedQuestions(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  id: string,
  kind: ConditionKind,
): readonly ProbedQuestion[] {
  const asked = nameUnder(id, kind);
  return benchmark.pairs.flatMap((pair) =>
    ([1, 2] as const).flatMap((image): ProbedQuestion[] => {
      const plain = answered(index.get(recordKey({ pair: pair.id, image, method: id })));
      const probed = answered(index.get(recordKey({ pair: pair.id, image, method: asked })));
      if (!plain || !probed) return [];
      const [before, after] = [marginOf(plain), marginOf(probed)];
      const marginChange = before === null || after === null ? null : after - before;
      return [{ pair, image, plain, probed, marginChange }];
    }),
  );
}

/** log p(right) - log p(wrong), on the method's own scale; null where no likelihoods were read. */
export function marginOf({ options, right }: ScoredRecord): number | null {
  if (options === null) return null;
  const [a, b] = [options.A.score, options.B.score];
  return right === 'A' ? a - b : b - a;
}

function probe(benchmark: Pick<Benchmark, 'pairs'>, index: RecordIndex, id: string, kind: ConditionKind): Probe {
  const questions = probedQuestions(benchmark, index, id, kind);
  const { pairs, set, individual, confusion } = rates(benchmark, index, id, kind);
  const valid = questions.filter((q) => q.plain.chosen !== null && q.probed.chosen !== null);
  return {
    condition: kind,
    family: conditionFacts(kind).probe ?? 'robustness',
    ...{ pairs, set, individual, confusion },
    changed: shareOf(valid, (q) => q.plain.chosen !== q.probed.chosen),
    margin: marginChange(questions),
    followsMark: follows(valid, (q) => markedOption(q, kind)),
    followsText: follows(valid, (q) => writtenOption(q, kind)),
  };
}

/** Rates over the pairs that are scored both ways. */
function rates(
  benchmark: Pick<Benchmark, 'pairs'>,
  index: RecordIndex,
  id: string,
  kind: ConditionKind,
): Pick<Probe, 'pairs' | 'set' | 'individual' | 'confusion'> {
  const plain = pairAnswers(benchmark, index, id);
  const probed = pairAnswers(benchmark, index, nameUnder(id, kind));
  const both = new Set(plain.map((a) => a.pair.id).filter((p) => probed.some((a) => a.pair.id === p)));
  const [before, after] = [plain, probed].map((all) => countPairs(all.filter((a) => both.has(a.pair.id))));
  const rate = (of: (c: ReturnType<typeof countPairs>) => number): Moved => ({
    plain: before ? of(before) : 0,
    probed: after ? of(after) : 0,
  });
  return {
    pairs: both.size,
    set: rate((c) => percentOfTotal(c.set, c.pairs)),
    individual: rate((c) => percentOfTotal(c.individual, c.pairs * 2)),
    confusion: rate((c) => percentOf(c.confused, c.validPairs)),
  };
}

function shareOf(all: readonly ProbedQuestion[], holds: (q: ProbedQuestion) => boolean): Share {
  return { share: percentOf(all.filter(holds).length, all.length), of: all.length };
}

/** How often the answer is the option that something on the image speaks for; null where nothing ever does. */
function follows(all: readonly ProbedQuestion[], option: (q: ProbedQuestion) => Letter | null): Share | null {
  const led = all.filter((q) => option(q) !== null);
  return led.length === 0 ? null : shareOf(led, (q) => q.probed.chosen === option(q));
}

/** The option that a mark speaks for: the question's own right one, or with the other image's marks the wrong one. A mark elsewhere speaks for none. */
function markedOption({ probed }: ProbedQuestion, kind: ConditionKind): Letter | null {
  if (!(probed.changes ?? []).some((c) => c.kind === 'marks')) return null;
  if (kind === 'marks') return probed.right;
  return kind === 'marks-wrong-side' ? (probed.right === 'A' ? 'B' : 'A') : null;
}

function writtenOption({ probed }: ProbedQuestion, kind: ConditionKind): Letter | null {
  return kind === 'text-a' || kind === 'text-b' || kind === 'text-right' ? namedOption(kind, probed.right) : null;
}

function marginChange(questions: readonly ProbedQuestion[]): Probe['margin'] {
  const changes = questions.flatMap((q) =>
    q.marginChange === null ? [] : [{ pair: q.pair, by: q.marginChange, from: marginOf(q.plain) ?? 0 }],
  );
  if (changes.length === 0) return null;
  const parts = components(changes.map((c) => c.pair));
  const clusters: { k: number; n: number }[] = [];
  changes.forEach(({ by }, i) => {
    const cluster = (clusters[parts[i] ?? 0] ??= { k: 0, n: 0 });
    cluster.k += by;
    cluster.n += 1;
  });
  const mean = changes.reduce((sum, c) => sum + c.by, 0) / changes.length;
  const { low, high } = clusterBootstrap(clusters, RESAMPLES);
  const plain = changes.reduce((sum, c) => sum + c.from, 0) / changes.length;
  return { mean: round4(mean), plain: round4(plain), low: round4(low), high: round4(high), questions: changes.length };
}

/** Rounded as rates are, with two places more: log-probabilities differ by little. */
const round4 = (x: number): number => round2(x * 100) / 100;
