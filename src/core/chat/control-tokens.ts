import type { Letter } from '../benchmark/types.ts';

/** A control token that stands in a text of the user's. */
export interface Found {
  /** In a reader's words: "the question", "option A". */
  readonly field: string;
  readonly token: string;
}

/**
 * Where a question or an option holds text that the tokenizer would read as control, such as `<|end|>`: a turn would end in the middle of the question.
 * @param tokens contents of the tokenizer's special tokens
 * @returns the first found; null for none
 */
export function controlToken(
  asked: { readonly question: string; readonly options: Readonly<Record<Letter, string>> },
  tokens: readonly string[],
): Found | null {
  const fields = [
    ['the question', asked.question],
    ['option A', asked.options.A],
    ['option B', asked.options.B],
  ] as const;
  for (const [field, text] of fields) {
    const token = tokenIn(text, tokens);
    if (token !== null) return { field, token };
  }
  return null;
}

/** The longest control token that stands in a text; null for none. */
export function tokenIn(text: string, tokens: readonly string[]): string | null {
  return tokens
    .filter((t) => t !== '' && text.includes(t))
    .reduce<string | null>((a, b) => (a === null || b.length > a.length ? b : a), null);
}
