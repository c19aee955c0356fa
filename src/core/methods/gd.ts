import { PROBE_KINDS } from './conditions.ts';
import type { Letter } from '../benchmark/types.ts';
import type { LetterVariant, OptionScore } from '../records/record.ts';
import type { LetterTokens, LikelihoodOutcome, TokenLogprobs } from './likelihood.ts';
import type { Method } from './method.ts';

/** Below this p(A) + p(B) the record carries the note "low-mass": the model was hardly answering with a letter. */
const LOW_MASS = 0.5;

/**
 * GD (arXiv 2409.15477, section 3.1): the larger of log p(A) and log p(B) at the last position; tie -> A; never invalid.
 * @param at log p at the prompt's last position, of both letters and all their variants
 */
export function scoreGd(at: TokenLogprobs, letters: Readonly<Record<Letter, LetterTokens>>): LikelihoodOutcome {
  const option = (l: Letter): OptionScore => {
    const p = logprob(at, letters[l].token);
    return { score: p, sum: p, tokens: [letters[l].token], tokenLogprobs: [p] };
  };
  const options = { A: option('A'), B: option('B') };
  const variants = (l: Letter): LetterVariant[] =>
    letters[l].variants.map(({ token, piece }) => ({ token, piece, logprob: logprob(at, token) }));
  const letterVariants = { A: variants('A'), B: variants('B') };
  const mass = Math.exp(options.A.score) + Math.exp(options.B.score);
  const notes: string[] = [];
  if (mass < LOW_MASS) notes.push('low-mass');
  for (const l of ['A', 'B'] as const)
    if (letterVariants[l].some((v) => v.logprob > options[l].score)) notes.push(`letter-variant-heavier-${l}`);
  const chosen = options.B.score > options.A.score ? 'B' : 'A';
  return { chosen, options, mass, margin: Math.abs(options.A.score - options.B.score), letterVariants, notes };
}

function logprob(at: TokenLogprobs, token: number): number {
  const p = at.get(token);
  if (p === undefined) throw new RangeError(`log p of token ${token} was not read.`);
  return p;
}

/** Greedy decoding: the likelier letter. */
export const GD: Method = {
  id: 'gd',
  asks: 'letter',
  reads: 'letters',
  score: scoreGd,
  conditions: ['swap', 'no-image', 'blank-image', 'paraphrase', ...PROBE_KINDS],
  judged: false,
  usual: true,
  officialPrompt: 'greedy',
  records: [
    {
      id: 'gd',
      label: 'GD',
      means: 'Greedy decoding: which letter, A or B, is likelier as the next token.',
      by: 'pass',
      column: { place: 2, printed: 'GD' },
      official: { mode: 'greedy', answer: 'letter' },
    },
  ],
};
