import type { Benchmark } from '../core/benchmark/types.ts';
import { orThrow } from '../core/fault.ts';
import { judgePrompt, parseJudge, VERDICTS } from '../core/methods/ff.ts';
import {
  summariseTest,
  testQuestions,
  type JudgeTest,
  type TestQuestion,
  type TestVerdict,
} from '../core/methods/judge-test.ts';
import type { Judge } from './judges.ts';

/** Tokens that a test reply may take: a judge that has not written its scores by then is unreadable. */
const TEST_TOKENS = 32;

export interface TestRequest {
  readonly judge: Judge;
  readonly benchmark: Benchmark;
  /** Pairs of the benchmark that are asked of. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** Resolves at once, or when a paused run goes on. */
  readonly pass: () => Promise<void>;
  readonly says: (done: number, total: number) => void;
}

/** What a kept self-test depends on. */
export function testKey(judge: Judge, benchmark: Pick<Benchmark, 'sha256'>, count: number): string {
  const { kind, id, sha256, dtype, device } = judge.info;
  // A server's model has no hash: its name and host stand for it.
  return `judge-test/1/${kind}/${sha256 === '' ? id : sha256}/${dtype}/${device ?? ''}/${benchmark.sha256}/${count}`;
}

/**
 * Asks a judge what it is known to be right about. Replies are asked for in the benchmark's order of options; the exchanged order is judged by likelihood,
 * which costs no decoding.
 * @returns null when it was stopped
 */
export async function testJudge({
  judge,
  benchmark,
  count,
  signal,
  pass,
  says,
}: TestRequest): Promise<JudgeTest | null> {
  const questions = testQuestions(benchmark, count);
  const verdicts: TestVerdict[] = [];
  for (const [i, question] of questions.entries()) {
    await pass();
    says(i, questions.length);
    const verdict = await verdictOn(judge, question, signal);
    if (verdict === null) return null;
    verdicts.push(verdict);
  }
  return summariseTest(verdicts);
}

async function verdictOn(judge: Judge, question: TestQuestion, signal: AbortSignal): Promise<TestVerdict | null> {
  if (signal.aborted) return null;
  const prompt = judgePrompt(question.asked);
  const found = await judge.text.likelihoods({ prompt, texts: [VERDICTS.A, VERDICTS.B] }, signal);
  if (!found.ok && found.fault.code === 'stopped') return null;
  const [A, B] = !found.ok && found.fault.code === 'unsupported' ? [] : orThrow(found);
  const likelier = A && B ? (A.score > B.score ? 'A' : 'B') : null;
  if (question.exchanged) return { question, likelier, scores: null, asked: false };
  const reply = await judge.text.generate({ prompt, limit: TEST_TOKENS, stop: { kind: 'scores' } }, signal);
  if (!reply.ok && reply.fault.code === 'stopped') return null;
  return { question, likelier, scores: parseJudge(orThrow(reply).text), asked: true };
}
