import { imageKey } from '../core/images/ref.ts';
import type { Benchmark } from '../core/benchmark/types.ts';
import { waitsForJudge, isFreeAnswer } from '../core/methods/ff.ts';
import { likelihoodRequests, methodOf, requestedMethods } from '../core/methods/registry.ts';
import type { GroupAsk } from '../core/plan/ask.ts';
import { countGroups, planGroups, recordedImages } from '../core/plan/groups.ts';
import type { Group } from '../core/plan/types.ts';
import { recordKey, type ResultRecord } from '../core/records/record.ts';
import { PERSON_JUDGE, type RunConfig } from '../core/records/run-config.ts';
import { groupAsk, pairsById } from './requests.ts';
import type { StartOptions } from './types.ts';

/** What there is to do, in numbers. */
export interface RunCounts {
  /** Questions of the whole run, and those that earlier parts of it are done with. */
  readonly questions: { readonly done: number; readonly total: number; readonly failed: number };
  /** Distinct images that are to be shown: those of the groups and of the prompt set's shots. */
  readonly images: readonly string[];
  /** Free answers that a model will have to read. */
  readonly answers: number;
}

export interface RunPlan {
  readonly groups: readonly Group[];
  readonly counts: RunCounts;
}

/** Decides what is left to do of a run, given what it has recorded. */
export function planRun(
  benchmark: Benchmark,
  config: RunConfig,
  kept: readonly ResultRecord[],
  options: StartOptions,
): RunPlan {
  const done = options.retryFailed ? kept.filter((r) => r.status === 'scored') : kept;
  const whole = planned(benchmark, config, new Set());
  const left = planned(benchmark, config, new Set(done.map(recordKey)));
  const groups = options.onlyPairs ? only(left, options.onlyPairs) : left;
  return { groups, counts: countRun(config, whole, groups, kept) };
}

function planned(benchmark: Benchmark, config: RunConfig, done: ReadonlySet<string>): readonly Group[] {
  return planGroups(benchmark, requestedMethods(config.methods), done, config.limit, config.probes);
}

function only(groups: readonly Group[], pairs: ReadonlySet<string>): readonly Group[] {
  return groups
    .map((g) => ({ ...g, questions: g.questions.filter((q) => pairs.has(q.pair)) }))
    .filter((g) => g.questions.length > 0);
}

function countRun(
  config: RunConfig,
  whole: readonly Group[],
  groups: readonly Group[],
  kept: readonly ResultRecord[],
): RunCounts {
  const total = countGroups(whole).questions;
  const open = new Set(groups.flatMap((g) => g.questions.map((q) => `${q.pair}/${q.image}`)));
  const failed = kept.filter((r) => r.status === 'failed').map((r) => `${r.pair}/${r.image}`);
  return {
    questions: {
      done: total - countGroups(groups).questions,
      total,
      failed: new Set(failed.filter((q) => !open.has(q))).size,
    },
    images: groups.length === 0 ? [] : [...new Set([...groups.map((g) => imageKey(g.image)), ...shotsOf(config)])],
    answers: config.judgeId === PERSON_JUDGE ? 0 : answersOf(groups, kept),
  };
}

/** Free answers that the groups will give, and those that wait already. */
function answersOf(groups: readonly Group[], kept: readonly ResultRecord[]): number {
  const asked = groups.reduce((n, g) => {
    const free = g.questions.map(
      (q) => recordedImages(g, q.image).length * q.methods.filter((m) => methodOf(m).judged).length,
    );
    return free.reduce((sum, some) => sum + some, n);
  }, 0);
  return asked + kept.filter((r) => isFreeAnswer(r) && waitsForJudge(r)).length;
}

function shotsOf({ shotImages }: RunConfig): readonly string[] {
  return Object.values(shotImages ?? {});
}

/** How many questions an engine may try itself on. */
const TRIAL = 64;

/**
 * Questions that the engine tries itself on: the first of each of the first groups, under the methods that read likelihoods. A run that only judges any more is tried
 * with questions that it asked before.
 */
export function trialQuestions(benchmark: Benchmark, config: RunConfig, groups: readonly Group[]): readonly GroupAsk[] {
  const from = groups.length > 0 ? groups : planned(benchmark, config, new Set());
  const pairs = pairsById(benchmark);
  return from.slice(0, TRIAL).flatMap((group) => {
    const question = group.questions[0];
    if (!question) return [];
    const questions = [{ ...question, methods: likelihoodRequests() }];
    return [groupAsk({ image: group.image, questions }, pairs, config)];
  });
}
