import type { Letter } from '../benchmark/types.ts';
import type { ResultRecord, ScoredRecord } from '../records/record.ts';
import { canonicalJson } from './canonical.ts';

export interface Found {
  /** Every number, token and text is the same, to the last bit. */
  readonly same: boolean;
  /** Largest difference of a log-probability; null where there is none to compare. */
  readonly difference: number | null;
  /** What differs beside numbers, in words: another choice, another text, other tokens; null where nothing does. */
  readonly content: string | null;
}

const LETTERS: readonly Letter[] = ['A', 'B'];

/** How two records of one question differ in what the model gave: what a judge or a reading made of it is left out. */
export function differenceOf(before: ResultRecord, now: ResultRecord | null): Found {
  if (now === null) return { same: false, difference: null, content: 'not answered' };
  if (before.status === 'failed' || now.status === 'failed') {
    const same = before.status === now.status;
    const content =
      now.status === 'failed' ? `not answered: ${now.fault.message}` : 'answered, which it was not before';
    return { same, difference: null, content: same ? null : content };
  }
  const same = canonicalJson(given(before)) === canonicalJson(given(now));
  return { same, difference: largest(before, now), content: same ? null : contentOf(before, now) };
}

/** What the model gave: for a text the text itself, else the likelihoods and what follows from them. */
function given(r: ScoredRecord): object {
  if (r.options === null) return { text: r.text, thought: r.thought, promptTokens: r.promptTokens };
  const { chosen, options, mass, margin, letterVariants, promptTokens } = r;
  const plain = LETTERS.map((l) => {
    const { score, sum, tokens, tokenLogprobs } = options[l];
    return { score, sum, tokens, tokenLogprobs };
  });
  return { chosen, options: plain, mass, margin, letterVariants, promptTokens };
}

function contentOf(a: ScoredRecord, b: ScoredRecord): string | null {
  const [x, y] = [a.options, b.options];
  if (x === null || y === null) return a.text === b.text ? null : 'another text';
  const tokens = (o: typeof x): string => canonicalJson(LETTERS.map((l) => o[l].tokens));
  if (tokens(x) !== tokens(y)) return 'other token ids of the options';
  if (a.promptTokens !== b.promptTokens) return 'a prompt of another length';
  return a.chosen === b.chosen ? null : 'another choice';
}

function largest(a: ScoredRecord, b: ScoredRecord): number | null {
  const [x, y] = [a.options, b.options];
  if (x === null || y === null) return null;
  const differences = LETTERS.flatMap((l) => [
    ...pairwise(x[l].tokenLogprobs, y[l].tokenLogprobs),
    ...pairwise(logprobs(a, l), logprobs(b, l)),
  ]);
  return differences.length === 0 ? null : Math.max(...differences);
}

function logprobs({ letterVariants }: ScoredRecord, letter: Letter): readonly number[] {
  return letterVariants?.[letter].map((v) => v.logprob) ?? [];
}

/** Absolute differences; none of lists of other lengths, which are other tokens. */
function pairwise(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.length === b.length ? a.map((x, i) => Math.abs(x - (b[i] ?? x))) : [];
}
