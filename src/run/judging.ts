import type { Benchmark, Pair } from '../core/benchmark/types.ts';
import { toFault } from '../core/fault.ts';
import {
  chooseByGap,
  isFreeAnswer,
  JUDGE_UNREADABLE,
  judgePrompt,
  parseJudge,
  UNJUDGED,
  VERDICTS,
  waitsForJudge,
} from '../core/scoring/ff.ts';
import type { ResultRecord, ScoredRecord } from '../core/scoring/record.ts';
import type { JudgeAnswer, JudgeLikelihoods } from '../protocol/judge.ts';
import type { Judge } from './judges.ts';

/** Tokens that a judge may write: two scores and a short explanation. */
const REPLY_TOKENS = 96;

/** Free answers of these records, under whatever condition they were asked, that a judge has still to read. */
export function openAnswers(records: readonly ResultRecord[]): readonly FreeAnswer[] {
  return records.filter(isFreeAnswer).filter(waitsForJudge);
}
type FreeAnswer = ScoredRecord & { readonly text: string };

export interface JudgingRequest {
  readonly judge: Judge;
  readonly benchmark: Benchmark;
  readonly answers: readonly FreeAnswer[];
  readonly stopped: () => boolean;
  readonly says: (done: number, total: number) => void;
  /** Called with the judged records of each answer: `ff`, and `ff-likelihood` beside it. */
  readonly keep: (records: readonly ResultRecord[]) => Promise<void>;
}

/**
 * Lets a judge read free answers (scoring.md, FF), greedily. A reply that cannot be read is asked once more, then the answer is invalid with the reply kept.
 */
export async function judgeAnswers({ judge, benchmark, answers, stopped, says, keep }: JudgingRequest): Promise<void> {
  const pairs = new Map(benchmark.pairs.map((p) => [p.id, p]));
  for (const [i, answer] of answers.entries()) {
    if (stopped()) return;
    const pair = pairs.get(answer.pair);
    if (!pair) continue;
    says(i, answers.length);
    await keep(await judgeOne(judge, pair, answer));
  }
  says(answers.length, answers.length);
}

async function judgeOne(judge: Judge, pair: Pair, answer: FreeAnswer): Promise<readonly ResultRecord[]> {
  const asked = { question: pair.question, options: pair.options, response: answer.text };
  let first: JudgeAnswer;
  try {
    first = await judge.ask({ prompt: judgePrompt(asked), limit: REPLY_TOKENS, texts: VERDICTS });
  } catch (e) {
    const fault = toFault(e);
    // Only this answer is at fault (it holds what the judge reads as an image): it stays, unread, and says why.
    if (fault.code !== 'bad-prompt') throw e;
    const { pair: id, image, method, right, imageSha256 } = answer;
    const base = { pair: id, image, right, imageSha256, notes: [] };
    const none = { status: 'failed', chosen: null, correct: null, options: null, fault } as const;
    return [judged(answer, judge, fault.message, true), { ...base, ...none, method: likelihoodMethod(method) }];
  }
  let reply = first.text;
  if (parseJudge(reply) === null) {
    const prompt = judgePrompt(asked, true);
    reply = (await judge.ask({ prompt, limit: REPLY_TOKENS, texts: null })).text;
  }
  const verdict = judged(answer, judge, reply, parseJudge(reply) === null);
  return first.likelihoods === null ? [verdict] : [verdict, byLikelihood(verdict, first.likelihoods)];
}

/** The answer with what its judge wrote, and the choice that the gap between the scores makes. */
function judged(answer: ScoredRecord, judge: Judge, text: string, unreadable: boolean): ScoredRecord {
  const scores = unreadable ? null : parseJudge(text);
  const chosen = chooseByGap(scores);
  const notes = [...answer.notes.filter((n) => n !== UNJUDGED), ...(unreadable ? [JUDGE_UNREADABLE] : [])];
  const { id: name, sha256 } = judge.info;
  const verdict = { name, sha256, a: scores?.a ?? null, b: scores?.b ?? null, text };
  return { ...answer, notes, chosen, correct: chosen === answer.right, judge: verdict };
}

/** The judge that needs no text parsing: the verdict it finds likelier; tie -> B, as PS. */
function byLikelihood(record: ScoredRecord, options: JudgeLikelihoods): ScoredRecord {
  const chosen = options.A.score > options.B.score ? 'A' : 'B';
  const margin = Math.abs(options.A.score - options.B.score);
  const method = likelihoodMethod(record.method);
  const notes = record.notes.filter((n) => n !== JUDGE_UNREADABLE);
  return { ...record, method, notes, chosen, correct: chosen === record.right, options, margin };
}

/** `ff` -> `ff-likelihood`, its condition kept. */
function likelihoodMethod(method: string): string {
  return method.replace(/^ff/, 'ff-likelihood');
}
