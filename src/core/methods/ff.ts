import { PROBE_KINDS } from './conditions.ts';
import type { Letter } from '../benchmark/types.ts';
import type { JudgeScores } from './judge-reply.ts';
import type { Method } from './method.ts';
import { parseRecorded } from './names.ts';
import type { ResultRecord, ScoredRecord } from '../records/record.ts';

/** The published judge (arXiv 2409.15477, appendix; its code's free-form prompt): system text, user template, and the gap between scores that decides. */
const JUDGE_SYSTEM = 'You are a helpful and precise assistant for checking the quality of the answer.';
const JUDGE_USER =
  "[Question]\n{question}\n\n[Answer A]\n{option_A}\n\n[Answer B]\n{option_B}\n\n[Assistant]\n{response}\n\n[End of Assistant]\n\n[System]\nWe would like to request your feedback on the performance of an AI assistant in response to the user question displayed above. The user asks the question on observing an image. We have provided two possible answers, [Answer A] and [Answer B] to the question. Your job is to evaluate how close the AI assistant's answer is to each of the answers. You don't have to decide whether the answers are correct or not. Each answer should receive an overall score on a scale of 1 to 10, where a higher score indicates the AI assistant's answer is closer to the specific answer. After providing the scores, concisely provide your explanation for the given scores. Remember, you don't need to comment on the correctness of the answers. Please provide your answer in the following format:\nA: <SCORE>\nB: <SCORE>\nYour explanation: <EXPLANATION>";
export const JUDGE_GAP = 3;
/** Note of a free answer that no judge has read yet: it is in no denominator. */
export const UNJUDGED = 'unjudged';
/** Note of a free answer whose judge wrote nothing that can be read, twice: invalid. */
export const JUDGE_UNREADABLE = 'judge-unreadable';

/** Whether a record is an answer in the model's own words, under whatever condition it was asked. */
export function isFreeAnswer(record: ResultRecord | null): record is ScoredRecord & { readonly text: string } {
  return record?.status === 'scored' && record.text !== null && parseRecorded(record.method, [FF])?.record.id === FF.id;
}

/** Whether an answer was given that no judge has read yet. */
export function waitsForJudge(record: ResultRecord): boolean {
  return record.notes.includes(UNJUDGED);
}

export interface JudgedAnswer {
  readonly question: string;
  readonly options: Readonly<Record<Letter, string>>;
  readonly response: string;
}

/** The judge's prompt for one free answer. `again`: the reply could not be read the first time. */
export function judgePrompt(q: JudgedAnswer, again = false): { system: string; user: string } {
  const values: Readonly<Record<string, string>> = {
    question: q.question,
    option_A: q.options.A,
    option_B: q.options.B,
    response: q.response,
  };
  // One pass, so that braces inside an answer stay as they are.
  const user = JUDGE_USER.replace(/\{(question|option_A|option_B|response)\}/g, (_, key: string) => values[key] ?? '');
  return {
    system: JUDGE_SYSTEM,
    user: again ? `${user}\nReply with the two lines "A: <SCORE>" and "B: <SCORE>" only.` : user,
  };
}

export { parseJudge } from './judge-reply.ts';

/** A if a >= b + gap, B if b >= a + gap, else invalid (docs/scoring.md, FF). */
export function chooseByGap(scores: JudgeScores | null, gap = JUDGE_GAP): Letter | null {
  if (scores === null) return null;
  if (scores.a >= scores.b + gap) return 'A';
  return scores.b >= scores.a + gap ? 'B' : null;
}

/**
 * The two replies whose likelihoods behind the judge's prompt are compared by the likelihood judge (`ff-likelihood`): no text is parsed, and a judge that
 * would hedge in words still says which option it finds closer.
 */
export const VERDICTS: Readonly<Record<Letter, string>> = { A: 'A: 10\nB: 1', B: 'A: 1\nB: 10' };

/** Free form: the model answers in its own words, and a judge says which option that is. */
export const FF: Method = {
  id: 'ff',
  asks: 'open',
  reads: 'text',
  maxTokens: 64,
  read: () => ({ chosen: null, notes: [UNJUDGED] }),
  // No letter is shown: there is nothing to exchange.
  conditions: ['no-image', 'blank-image', 'paraphrase', ...PROBE_KINDS],
  judged: true,
  usual: false,
  officialPrompt: 'gpt4',
  records: [
    {
      id: 'ff',
      label: 'FF',
      means: 'Free form: the model answers freely and a judge says which option that is.',
      by: 'pass',
      column: { place: 3, printed: 'FF' },
      official: { mode: 'gpt4', answer: 'scores' },
    },
    {
      id: 'ff-likelihood',
      label: 'FF by likelihood',
      means: 'Free form, judged by which option a text model finds likelier after the answer.',
      by: 'judge',
      column: {
        place: 6,
        printed: null,
        note: 'FF by likelihood judges free answers by which option a text model finds likelier.',
      },
      official: null,
    },
  ],
};
