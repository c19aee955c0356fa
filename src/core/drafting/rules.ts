import { readAlike } from '../benchmark/alike.ts';

/** A question as a reply gives it, both answers found among the options. */
export interface Question {
  readonly question: string;
  /** Option1 and Option2; A and B of the benchmark. */
  readonly options: readonly [string, string];
  /** Which option is right for image 1 and for image 2. */
  readonly answers: readonly [0 | 1, 0 | 1];
}

/** Why a reply is no draft. */
export type Reason =
  | 'empty' // nothing was replied
  | 'in-thought' // the reply ended before the model's thought did
  | 'no-question'
  | 'several-questions'
  | 'options' // other than exactly two
  | 'no-answer' // an image without an answer
  | 'no-option' // an answer that is neither option
  | 'both-answers' // an image that is given both
  | 'same-answer'
  | 'names-images' // rule 3
  | 'options-alike' // rule 5
  | 'placeholder' // the format was repeated, not filled in
  | 'too-long';

/** Longest texts that a page and a prompt hold well. */
const MOST = { question: 600, option: 300 };
const NAMES_IMAGE = /\bimages?\s*[#:.-]?\s*[12]\b/i;
const IMAGES = /\bimages\b/i;
const PLACEHOLDER = /^[<[{(]?\s*(?:your question|answer(?: [12])?|option ?[12])\s*[>\]})]?$/i;
/** Words that make no difference between two options. */
const SMALL_WORDS = new Set(['the', 'a', 'an', 'is', 'are', 'it']);

/** An option without capitals, marks and small words. */
function core(option: string): string {
  const words = option
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}+%<>=]+/u)
    .filter((w) => w !== '');
  const rest = words.filter((w) => !SMALL_WORDS.has(w));
  return (rest.length > 0 ? rest : words).join(' ');
}

/** Whether two options differ in more than capitals, marks and small words (rule 5). Signs alone may be the difference: "+" and "-". */
function alike([a, b]: Question['options']): boolean {
  if (readAlike(a, b)) return true;
  return core(a) !== '' && core(a) === core(b);
}

/** The first rule of the prompt (A.1) that a question breaks, with a sentence; null where it keeps them all. */
export function brokenRule(q: Question): { readonly reason: Reason; readonly message: string } | null {
  const question = q.question.normalize('NFKC');
  if ([q.question, ...q.options].some((t) => PLACEHOLDER.test(t.trim())))
    return { reason: 'placeholder', message: 'The reply repeats the format and fills nothing in.' };
  if (q.question.length > MOST.question || q.options.some((o) => o.length > MOST.option))
    return {
      reason: 'too-long',
      message: `The question has more than ${MOST.question} characters, or an option more than ${MOST.option}.`,
    };
  const named = NAMES_IMAGE.exec(question) ?? IMAGES.exec(question);
  if (named)
    return { reason: 'names-images', message: `The question says "${named[0]}", which rule 3 of the prompt forbids.` };
  if (alike(q.options))
    return { reason: 'options-alike', message: `The options are not clearly different: "${q.options.join('", "')}".` };
  if (q.answers[0] === q.answers[1])
    return { reason: 'same-answer', message: `Both images have the same answer: "${q.options[q.answers[0]]}".` };
  return null;
}
