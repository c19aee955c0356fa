import { spawnJudge } from '../bridge/spawn.ts';
import type { WorkerClient } from '../bridge/worker.ts';
import type { Benchmark, Pair } from '../core/benchmark/types.ts';
import { dtypesOf } from '../core/certificate/dtypes.ts';
import { fault, FaultError, type Result } from '../core/fault.ts';
import { chooseByGap, judgePrompt, parseJudge, VERDICTS } from '../core/scoring/ff.ts';
import type { OptionScore, ResultRecord, ScoredRecord } from '../core/scoring/record.ts';
import type { JudgeApi } from '../protocol/judge.ts';
import type { Dtype } from '../protocol/model.ts';
import type { ResolvedModel } from './ports.ts';

/** A free answer that no judge has read yet. */
export const UNJUDGED = 'unjudged';
/** Tokens that a judge may write: two scores and a short explanation. */
const REPLY_TOKENS = 96;

/** Free answers of these records that a judge has still to read. */
export function openAnswers(records: readonly ResultRecord[]): readonly ScoredRecord[] {
  return records.filter(
    (r): r is ScoredRecord => r.status === 'scored' && r.method === 'ff' && r.notes.includes(UNJUDGED),
  );
}

export interface JudgingRequest {
  readonly judge: ResolvedModel;
  readonly benchmark: Benchmark;
  readonly answers: readonly ScoredRecord[];
  readonly threads: number;
  readonly stopped: () => boolean;
  readonly says: (done: number, total: number) => void;
  /** Called with the judged records of each answer: `ff`, and `ff-likelihood` beside it. */
  readonly keep: (records: readonly ResultRecord[]) => Promise<void>;
}

/**
 * Lets a text model on this device judge free answers, in a worker of its own, after the model under test has left the device (scoring.md, FF).
 * Greedy on WASM, so that the same answers get the same scores everywhere. A reply that cannot be read is asked once more, then the answer is invalid with
 * the reply kept.
 */
export async function judgeAnswers(request: JudgingRequest): Promise<void> {
  const client = spawnJudge();
  try {
    await open(client, request);
    const pairs = new Map(request.benchmark.pairs.map((p) => [p.id, p]));
    for (const [i, answer] of request.answers.entries()) {
      if (request.stopped()) return;
      const pair = pairs.get(answer.pair);
      if (!pair) continue;
      request.says(i, request.answers.length);
      await request.keep(await judgeOne(client, pair, answer, request.judge));
    }
    request.says(request.answers.length, request.answers.length);
  } finally {
    client.kill('the judge is done');
  }
}

async function open(client: WorkerClient<JudgeApi>, { judge, threads }: JudgingRequest): Promise<void> {
  const have = dtypesOf(
    judge.files.map((f) => f.path),
    ['model'],
  )['model'];
  const dtype = ['fp32', 'q4', 'q8', 'int8', 'uint8', 'bnb4'].find((d) => have?.includes(d));
  if (dtype === undefined)
    throw new FaultError(
      fault('bad-model', `The judge ${judge.id} has no onnx/model.onnx in a dtype that WASM computes.`),
    );
  value(await client.call((api) => api.load({ source: judge.source, device: 'wasm', dtype: dtype as Dtype, threads })));
}

async function judgeOne(
  client: WorkerClient<JudgeApi>,
  pair: Pair,
  answer: ScoredRecord,
  judge: ResolvedModel,
): Promise<ResultRecord[]> {
  const asked = { question: pair.question, options: pair.options, response: answer.text ?? '' };
  let reply = value(await client.call((api) => api.reply(judgePrompt(asked), REPLY_TOKENS)));
  let scores = parseJudge(reply.text);
  const notes = answer.notes.filter((n) => n !== UNJUDGED);
  if (scores === null) {
    reply = value(await client.call((api) => api.reply(judgePrompt(asked, true), REPLY_TOKENS)));
    scores = parseJudge(reply.text);
    if (scores === null) notes.push('judge-unreadable');
  }
  const chosen = chooseByGap(scores);
  const verdict = {
    name: judge.id,
    sha256: judgeHash(judge),
    a: scores?.a ?? null,
    b: scores?.b ?? null,
    text: reply.text,
  };
  const judged: ScoredRecord = { ...answer, notes, chosen, correct: chosen === answer.right, judge: verdict };
  const likelier = value(await client.call((api) => api.likelihoods(judgePrompt(asked), VERDICTS)));
  return [judged, byLikelihood(judged, { A: likelier.A, B: likelier.B })];
}

/** The judge that needs no text parsing: the verdict it finds likelier; tie -> B, as PS. */
function byLikelihood(judged: ScoredRecord, options: Readonly<Record<'A' | 'B', OptionScore>>): ScoredRecord {
  const chosen = options.A.score > options.B.score ? 'A' : 'B';
  const margin = Math.abs(options.A.score - options.B.score);
  return { ...judged, method: 'ff-likelihood', chosen, correct: chosen === judged.right, options, margin };
}

/** One hash for a judge: that of its decoder graph. */
function judgeHash(judge: ResolvedModel): string {
  return judge.files.find((f) => f.path.startsWith('onnx/'))?.sha256 ?? '';
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
