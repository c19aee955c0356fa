import type { Benchmark, Letter, Pair } from '../benchmark/types.ts';
import { chooseByGap, type JudgedAnswer } from './ff.ts';
import type { JudgeScores } from './judge-reply.ts';

/** Below this share of answers read rightly the numbers that rest on a judge carry a mark. */
const JUDGE_TEST_LIMIT = 0.9;

/** An answer about something else than any question of a benchmark of radiology. */
const ELSEWHERE = 'The train to the coast leaves at noon.';

/** One question of a judge's self-test. */
export interface TestQuestion {
  readonly pair: string;
  readonly asked: JudgedAnswer;
  /** The option that the answer is, as the judge sees the options; null: an answer about something else. */
  readonly right: Letter | null;
  /** The options stand exchanged. */
  readonly exchanged: boolean;
}

/** What a judge made of a test question. */
export interface TestVerdict {
  readonly question: TestQuestion;
  /** null: the reply could not be read, or was not asked for (options exchanged). */
  readonly scores: JudgeScores | null;
  readonly asked: boolean;
  /** The verdict that the judge finds likelier; null where its likelihoods cannot be had. */
  readonly likelier: Letter | null;
}

/** A part of a whole. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** What a judge's self-test found; part of run.json. */
export interface JudgeTest {
  readonly questions: number;
  /** Replies whose scores choose the option that the answer is, and none for an answer about something else. */
  readonly right: Share;
  /** Replies without scores that can be read. */
  readonly unreadable: Share;
  /** Answers that are an option, by the likelier verdict, options as the benchmark has them. */
  readonly byLikelihood: Share;
  /** Of those, how often the likelier verdict was A; half of them are right. */
  readonly saysA: Share;
  /** Answers whose likelier verdict changed its option when the options were exchanged. */
  readonly positionBias: Share;
}

/**
 * The questions of a self-test: pairs spread over the benchmark; of each, both options word for word as the answer, the options in both orders, and an answer
 * about something else. Those of one pair and order stand together, so that what their prompts share is computed once.
 * @param count most pairs
 */
export function testQuestions(benchmark: Pick<Benchmark, 'pairs'>, count: number): readonly TestQuestion[] {
  const { pairs } = benchmark;
  const n = Math.min(count, pairs.length);
  const chosen = Array.from({ length: n }, (_, i) => pairs[Math.floor((i * pairs.length) / n)]);
  return chosen.flatMap((pair) => (pair ? [...ofPair(pair, false), ...ofPair(pair, true)] : []));
}

function ofPair({ id, question, options }: Pair, exchanged: boolean): readonly TestQuestion[] {
  const shown = exchanged ? { A: options.B, B: options.A } : options;
  const ask = (response: string, right: Letter | null): TestQuestion => ({
    pair: id,
    asked: { question, options: shown, response },
    right,
    exchanged,
  });
  const own = [ask(shown.A, 'A'), ask(shown.B, 'B')];
  return exchanged ? own : [...own, ask(ELSEWHERE, null)];
}

/** Sums up a self-test. */
export function summariseTest(verdicts: readonly TestVerdict[]): JudgeTest {
  const replies = verdicts.filter((v) => v.asked);
  const likelier = verdicts.filter((v) => v.likelier !== null && v.question.right !== null);
  const plain = likelier.filter((v) => !v.question.exchanged);
  const other = new Map(likelier.filter((v) => v.question.exchanged).map((v) => [keyOf(v), v.likelier]));
  const both = plain.filter((v) => other.has(keyOf(v)));
  const share = <T>(of: readonly T[], counts: (x: T) => boolean): Share => ({
    part: of.filter(counts).length,
    of: of.length,
  });
  return {
    questions: new Set(verdicts.map((v) => v.question.pair)).size,
    right: share(replies, (v) => v.scores !== null && chooseByGap(v.scores) === v.question.right),
    unreadable: share(replies, (v) => v.scores === null),
    byLikelihood: share(plain, (v) => v.likelier === v.question.right),
    saysA: share(plain, (v) => v.likelier === 'A'),
    // The same letter in both orders is another option.
    positionBias: share(both, (v) => other.get(keyOf(v)) === v.likelier),
  };
}

/** One answer to one question, whatever the order of its options. */
function keyOf({ question: { pair, asked } }: TestVerdict): string {
  return `${pair}\n${asked.response}`;
}

/** Which of the numbers that rest on a judge its self-test casts doubt on. */
export function doubtful(test: JudgeTest | undefined): { readonly scores: boolean; readonly likelihood: boolean } {
  const low = (s: Share | undefined): boolean => s !== undefined && s.of > 0 && s.part / s.of < JUDGE_TEST_LIMIT;
  return { scores: low(test?.right), likelihood: low(test?.byLikelihood) };
}

/** The self-test in a sentence. */
export function testSentence(test: JudgeTest): string {
  const of = ({ part, of: n }: Share): string => `${part} of ${n}`;
  const likelihood =
    test.byLikelihood.of > 0
      ? ` By likelihood ${of(test.byLikelihood)} (A in ${of(test.saysA)}); ${of(test.positionBias)} moved with the order of the options.`
      : '';
  return `Self-test of the judge on ${test.questions} questions: ${of(test.right)} answers read rightly, ${of(test.unreadable)} replies unreadable.${likelihood}`;
}
