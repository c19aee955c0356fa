import type { Benchmark, Pair } from '../core/benchmark/types.ts';
import { captionFault } from '../core/drafting/captions.ts';
import {
  joinedPatterns,
  patternPrompt,
  readPatterns,
  type PatternName,
  type PatternPair,
} from '../core/drafting/patterns.ts';
import { fault, FaultError } from '../core/fault.ts';
import type { Subject } from '../core/reports/subject.ts';
import { indexRecords, judge, pairAnswers } from '../core/statistics/counts.ts';
import type { TextEngine } from '../engines/text.ts';
import { promptHash } from './draft-pairs.ts';

/** One prompt and what became of it. */
export interface PatternReply {
  /** Ids of the pairs that it showed. */
  readonly pairs: readonly string[];
  readonly promptSha256: string;
  /** null where the model could not be asked; `problem` says why. */
  readonly reply: string | null;
  readonly problem: string | null;
  /** How the reply ended: by the model, or at the limit of tokens. */
  readonly ended: string | null;
  readonly patterns: readonly PatternName[];
}

export interface DraftedPatterns {
  /** Of all replies, each name once. */
  readonly patterns: readonly PatternName[];
  readonly replies: readonly PatternReply[];
  /** Pairs that were not sent, with the reason. */
  readonly leftOut: readonly { readonly pair: string; readonly reason: string }[];
}

export interface PatternJob {
  readonly pairs: readonly PatternPair[];
  readonly writer: Pick<TextEngine, 'generate'>;
  readonly controlTokens: readonly string[];
  /** Pairs that are shown at once. */
  readonly atOnce: number;
  /** Longest reply in tokens. */
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  readonly says?: (done: number, total: number) => void;
}

/** The pairs that a run's best method fails, the confused ones first: those whose patterns are looked for. */
export function failedPairs({
  benchmark,
  records,
  summary,
}: Pick<Subject, 'benchmark' | 'records' | 'summary'>): readonly Pair[] {
  const method = summary.best?.set.method;
  if (method === undefined) return [];
  const judged = pairAnswers(benchmark, indexRecords(records), method).map((a) => ({ id: a.pair.id, ...judge(a) }));
  const ids = [...judged.filter((j) => j.confused), ...judged.filter((j) => !j.set && !j.confused)].map((j) => j.id);
  const byId = new Map(benchmark.pairs.map((p) => [p.id, p]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** What the prompt says of pairs. */
export function patternPairs(pairs: Benchmark['pairs']): readonly PatternPair[] {
  return pairs.map(({ id, question, options, images }) => ({
    id,
    question,
    captions: [images[0].caption ?? '', images[1].caption ?? ''],
    options: [options.A, options.B],
  }));
}

/**
 * Asks a text model for general failure patterns (arXiv 2409.15477, appendix A.3), so many pairs a prompt, greedily. A prompt that is too long for the model
 * is halved until it fits.
 * @throws FaultError of the device; 'stopped' when the signal says so; 'bad-argument' where no pair can be sent
 */
export async function draftPatterns(job: PatternJob): Promise<DraftedPatterns> {
  const leftOut = job.pairs.flatMap((p) => {
    const reason = unsendable(p, job.controlTokens);
    return reason === null ? [] : [{ pair: p.id, reason }];
  });
  const out = new Set(leftOut.map((l) => l.pair));
  const pairs = job.pairs.filter((p) => !out.has(p.id));
  if (pairs.length === 0) throw new FaultError(nothing(leftOut[0]?.reason ?? null));
  const open: (readonly PatternPair[])[] = [];
  for (let i = 0; i < pairs.length; i += job.atOnce) open.push(pairs.slice(i, i + job.atOnce));
  const replies: PatternReply[] = [];
  let done = 0;
  for (let batch = open.shift(); batch; batch = open.shift()) {
    if (job.signal.aborted) throw new FaultError(fault('stopped', 'Looking for patterns was stopped.'));
    job.says?.(done, pairs.length);
    const reply = await askOnce(batch, job);
    const half = Math.ceil(batch.length / 2);
    if (reply.reply === null && batch.length > 1) open.unshift(batch.slice(0, half), batch.slice(half));
    else {
      replies.push(reply);
      done += batch.length;
    }
  }
  job.says?.(done, pairs.length);
  return { patterns: joinedPatterns(replies.flatMap((r) => r.patterns)), replies, leftOut };
}

async function askOnce(
  batch: readonly PatternPair[],
  { writer, maxTokens, signal }: Pick<PatternJob, 'writer' | 'maxTokens' | 'signal'>,
): Promise<PatternReply> {
  const prompt = patternPrompt(batch);
  const base = { pairs: batch.map((p) => p.id), promptSha256: await promptHash(prompt) };
  const reply = await writer.generate({ prompt, limit: maxTokens }, signal);
  if (reply.ok) {
    const { text, ended } = reply.value;
    return { ...base, reply: text, problem: null, ended, patterns: readPatterns(text) };
  }
  // What is wrong with the prompt is its length: a shorter one may do. Anything else ends the job.
  if (reply.fault.code !== 'bad-prompt') throw new FaultError(reply.fault);
  return { ...base, reply: null, problem: reply.fault.message, ended: null, patterns: [] };
}

function unsendable({ captions, question, options }: PatternPair, tokens: readonly string[]): string | null {
  const texts: readonly (readonly [string, string])[] = [
    ['The caption of image 1', captions[0]],
    ['The caption of image 2', captions[1]],
    ['The question', question],
    ...options.map((o) => ['An option', o] as const),
  ];
  const wrong = texts.flatMap(([what, text]) => {
    const problem = captionFault(text, tokens);
    return problem === null ? [] : [`${what} ${problem}.`];
  });
  return wrong[0] ?? null;
}

function nothing(reason: string | null) {
  return fault(
    'bad-argument',
    reason === null
      ? 'There is no failed pair to look for patterns in.'
      : `None of these pairs can be sent to a text model: ${reason}`,
  );
}
