import { methodName } from '../../core/results/run-tables.ts';

/** The field's words, each with the one line that is shown on hover and focus. Source: MediConfusion (arXiv 2409.15477), section 3. */
export const TERMS = {
  set: ['Set accuracy', 'Share of pairs with both images answered rightly. Guessing gives 25%.'],
  individual: [
    'Individual accuracy',
    'Share of images answered rightly; an invalid answer counts as wrong. Guessing gives 50%.',
  ],
  confusion: [
    'Confusion',
    'Share of pairs where both images got the same answer. A model that does not look gives 100%.',
  ],
  invalid: ['Invalid', 'Share of answers that name neither option.'],
  precision: ['Precision', 'Set accuracy among the pairs whose two answers are valid and differ.'],
  interval: [
    '95% interval',
    'By resampling groups of pairs that share images (cluster bootstrap), because such pairs do not count as independent.',
  ],
  scored: [
    'Scored',
    'Pairs behind the numbers, out of all chosen: failed and skipped ones are left out, and counted here.',
  ],
  mass: [
    'Mass',
    'p(A) + p(B): how much of the probability goes to a letter at all. Low: the model was not about to answer with one.',
  ],
  margin: ['Margin', 'Score of the chosen option less that of the other, in log p.'],
  checked: ['Checked', 'The likelihoods of this family were compared with a reference implementation.'],
  unchecked: [
    'Runs, unchecked',
    'This family runs, but nobody compared its likelihoods with a reference implementation.',
  ],
  certificate: ['Certificate', 'Proof that this device computes this model rightly, made before the run.'],
  questions: ['Questions', 'One image of one pair under all chosen methods.'],
  images: ['Images to encode', 'Distinct images: each is encoded once, however many pairs and methods use it.'],
} as const satisfies Record<string, readonly [string, string]>;
export type TermName = keyof typeof TERMS;

/** What each method asks, in one line. */
const METHOD_MEANS: Readonly<Record<string, string>> = {
  mc: 'Multiple choice: the model writes an answer and the letter is parsed from it.',
  gd: 'Greedy decoding: which letter, A or B, is likelier as the next token.',
  ps: 'Prefix score: which option’s text is likelier as the answer, by the mean log p of its tokens.',
  'ps-official':
    'Prefix score as the published code computes it: every token is read at the first answer position. This one compares with the paper.',
  ff: 'Free form: the model answers freely and a judge says which option that is.',
  'ff-likelihood': 'Free form, judged by which option a text model finds likelier after the answer.',
};
const CONDITION_MEANS: Readonly<Record<string, string>> = {
  swap: 'Asked with the options exchanged.',
  'no-image': 'Asked without the image.',
  'blank-image': 'Asked with a blank image.',
};

/** The one-line definition of a method, its condition included. */
export function methodMeans(method: string): string {
  const [base = '', condition] = method.split('+');
  const means = METHOD_MEANS[base] ?? 'A method of another program.';
  if (condition === undefined) return means;
  const under = condition.startsWith('paraphrase-') ? 'Asked in other words.' : (CONDITION_MEANS[condition] ?? '');
  return `${means} ${under}`.trim();
}

/** Methods of a run in one line: those that ask plainly by name, the others by their number. */
export function methodsInWords(methods: readonly string[]): string {
  const plain = methods.filter((m) => !m.includes('+')).map(methodName);
  const others = methods.length - plain.length;
  return [...plain, ...(others > 0 ? [`${others} asked differently`] : [])].join(', ');
}

/** Notes of records (results.md) in words. */
export const NOTE_WORDS: Readonly<Record<string, string>> = {
  unjudged: 'No judge has scored this answer yet: it is in no number.',
  'judge-unreadable': 'The judge wrote no scores that can be read: the answer is invalid.',
  'low-mass': 'Little of the probability goes to A or B: the model was not about to answer with a letter.',
  'letter-variant-heavier':
    'Another spelling of the letter holds more probability than the published one; the choice stays the published rule’s.',
  'transparent-image': 'The image has transparency; how it is removed is part of the pixel policy.',
  'orientation-applied': 'The image was turned as its EXIF orientation says.',
};
