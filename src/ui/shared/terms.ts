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

/** Notes of records (docs/results.md) in words. */
export const NOTE_WORDS: Readonly<Record<string, string>> = {
  unjudged: 'No judge has scored this answer yet: it is in no number.',
  'no-answer': 'The answer is empty: it is invalid, and no judge was asked.',
  'judged-by-rule': 'The answer is an option word for word: it was decided without the judge.',
  'judge-unreadable': 'The judge wrote no scores that can be read: the answer is invalid.',
  'thought-cut': 'The text ends inside the model’s thought, before its answer: allow more new tokens.',
  'little-room': 'The prompt leaves the answer less room in the model’s context than the method allows.',
  'low-mass': 'Little of the probability goes to A or B: the model was not about to answer with a letter.',
  'letter-variant-heavier':
    'Another spelling of the letter holds more probability than the published one; the choice stays the published rule’s.',
  'transparent-image': 'The image has transparency; how it is removed is part of the pixel policy.',
  'orientation-applied': 'The image was turned as its EXIF orientation says.',
};
