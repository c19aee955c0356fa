import type { Benchmark, Pair } from '../core/benchmark/types.ts';
import { FaultError, type Fault, type Result } from '../core/fault.ts';
import {
  isFreeAnswer,
  judgePrompt,
  parseJudge,
  UNJUDGED,
  VERDICTS,
  waitsForJudge,
  type JudgedAnswer,
} from '../core/methods/ff.ts';
import { judgedRecord, likelihoodRecord, unjudgeableRecords, type JudgeName } from '../core/methods/verdict.ts';
import { JUDGED_BY_RULE, NO_ANSWER, sameAsOption, type JudgingOptions } from '../core/methods/judging.ts';
import type { JudgeVerdict, OptionScore, ResultRecord, ScoredRecord } from '../core/records/record.ts';
import type { Judge } from './judges.ts';

/** Tokens that a judge may write: two scores and a short explanation. */
const REPLY_TOKENS = 96;

/** Free answers of these records, under whatever condition they were asked, that a judge has still to read; answers to one question stand together. */
export function openAnswers(records: readonly ResultRecord[]): readonly FreeAnswer[] {
  const open = records.filter(isFreeAnswer).filter(waitsForJudge);
  const byPair = new Map<string, FreeAnswer[]>();
  for (const answer of open) byPair.set(answer.pair, [...(byPair.get(answer.pair) ?? []), answer]);
  return [...byPair.values()].flat();
}
type FreeAnswer = ScoredRecord & { readonly text: string };

export interface JudgingRequest {
  readonly judge: Judge;
  readonly benchmark: Benchmark;
  readonly answers: readonly FreeAnswer[];
  readonly options: JudgingOptions;
  readonly signal: AbortSignal;
  /** Resolves at once, or when a paused run goes on. */
  readonly pass: () => Promise<void>;
  readonly says: (done: number, total: number) => void;
  /** Called with the judged records of each answer: `ff`, and `ff-likelihood` beside it. */
  readonly keep: (records: readonly ResultRecord[]) => Promise<void>;
}

/** What a judge said of an answer to a question. */
interface Opinion {
  readonly text: string;
  readonly likelihoods: { readonly A: OptionScore; readonly B: OptionScore } | null;
  /** Only this answer is at fault: it holds what the judge reads as an image. */
  readonly fault: Fault | null;
}

/**
 * Lets a judge read free answers (docs/scoring.md, FF), greedily. A reply that cannot be read is asked once more, then the answer is invalid with the reply kept.
 * An answer that was given to the same question before gets the verdict that it got then.
 */
export async function judgeAnswers(request: JudgingRequest): Promise<void> {
  const { judge, benchmark, answers, options, signal, pass, says, keep } = request;
  const pairs = new Map(benchmark.pairs.map((p) => [p.id, p]));
  const known = new Map<string, Opinion>();
  for (const [i, answer] of answers.entries()) {
    await pass();
    if (signal.aborted) return;
    const pair = pairs.get(answer.pair);
    if (!pair) continue;
    says(i, answers.length);
    const decided = decidedBefore(pair, answer, options);
    if (decided) {
      await keep([decided]);
      continue;
    }
    const asked = askedOf(pair, answer);
    const key = JSON.stringify([asked.question, asked.options.A, asked.options.B, asked.response]);
    const opinion = known.get(key) ?? (await opinionOf(judge, asked, options, signal));
    if (opinion === null) return;
    known.set(key, opinion);
    await keep(recordsOf(judge, answer, opinion));
  }
  says(answers.length, answers.length);
}

function askedOf(pair: Pair, answer: FreeAnswer): JudgedAnswer {
  return { question: pair.question, options: pair.options, response: answer.text };
}

/** The record of an answer that no judge need read: an empty one, and by choice one that is an option word for word. */
function decidedBefore(pair: Pair, answer: FreeAnswer, { byRule }: JudgingOptions): ScoredRecord | null {
  const notes = answer.notes.filter((n) => n !== UNJUDGED);
  if (answer.text.trim() === '') return { ...answer, notes: [...notes, NO_ANSWER], chosen: null, correct: false };
  const chosen = byRule ? sameAsOption(askedOf(pair, answer)) : null;
  if (chosen === null) return null;
  const [a, b] = chosen === 'A' ? [10, 1] : [1, 10];
  const verdict: JudgeVerdict = { name: 'rule', sha256: '', a, b, text: '' };
  return { ...answer, notes: [...notes, JUDGED_BY_RULE], chosen, correct: chosen === answer.right, judge: verdict };
}

/** @returns null when the work was stopped */
async function opinionOf(
  judge: Judge,
  asked: JudgedAnswer,
  options: JudgingOptions,
  signal: AbortSignal,
): Promise<Opinion | null> {
  const stop = options.explain ? {} : { stop: { kind: 'scores' as const } };
  const prompt = judgePrompt(asked);
  const likelihoods = await judge.text.likelihoods({ prompt, texts: [VERDICTS.A, VERDICTS.B] }, signal);
  // A judge that gives none still writes its scores.
  if (!likelihoods.ok && likelihoods.fault.code !== 'unsupported') return failedOpinion(likelihoods);
  const reply = await judge.text.generate({ prompt, limit: REPLY_TOKENS, ...stop }, signal);
  if (!reply.ok) return failedOpinion(reply);
  let { text } = reply.value;
  if (parseJudge(text) === null) {
    const again = await judge.text.generate({ prompt: judgePrompt(asked, true), limit: REPLY_TOKENS, ...stop }, signal);
    if (!again.ok) return failedOpinion(again);
    text = again.value.text;
  }
  const [A, B] = likelihoods.ok ? likelihoods.value : [];
  return { text, likelihoods: A && B ? { A, B } : null, fault: null };
}

/** @throws FaultError where the judge cannot be asked at all */
function failedOpinion(result: Extract<Result<unknown>, { ok: false }>): Opinion | null {
  if (result.fault.code === 'stopped') return null;
  if (result.fault.code !== 'bad-prompt') throw new FaultError(result.fault);
  return { text: result.fault.message, likelihoods: null, fault: result.fault };
}

function recordsOf(judge: Judge, answer: FreeAnswer, { text, likelihoods, fault }: Opinion): readonly ResultRecord[] {
  if (fault !== null) return unjudgeableRecords(answer, named(judge), fault);
  const verdict = judgedRecord(answer, named(judge), text);
  return likelihoods === null ? [verdict] : [verdict, likelihoodRecord(verdict, likelihoods)];
}

function named({ info }: Judge): JudgeName {
  return { name: info.id, sha256: info.sha256 };
}
