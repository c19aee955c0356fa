import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError } from '../../../core/fault.ts';
import { findByText, type ChatReply, type TopToken } from '../../../core/servers/chat.ts';
import { both, type Fingerprint, type LetterReads, type Written } from '../adapter.ts';

/**
 * The model that is meant: the one of that name, or the only one where no name was given.
 * @throws FaultError 'server-refused' naming those that there are
 */
export function chosenModel(there: readonly string[], wanted: string): string {
  if (there.includes(wanted) || (wanted !== '' && there.length === 0)) return wanted;
  const [only] = there;
  if (wanted === '' && only !== undefined && there.length === 1) return only;
  const names = there.slice(0, 12).join(', ') + (there.length > 12 ? ', ...' : '');
  throw new FaultError(
    fault(
      'server-refused',
      there.length === 0
        ? 'The server does not say which models it has: name one.'
        : wanted === ''
          ? `The server has several models: name one of ${names}.`
          : `The server has no model ${wanted}. It has ${names}.`,
      { model: wanted },
    ),
  );
}

/**
 * What a reply says.
 * @param limit new tokens that it was allowed
 * @throws FaultError 'unsupported' where the server had no room for so many and cut the answer without a word
 */
export function writtenOf({ text, thought, cut, atLimit, newTokens, promptTokens }: ChatReply, limit: number): Written {
  if (atLimit && newTokens > 0 && newTokens < limit)
    throw new FaultError(
      fault(
        'unsupported',
        `The server cut the answer after ${newTokens} of ${limit} tokens: question and answer are longer than it was started for. Start it with a longer context (vLLM: --max-model-len; llama-server: -c).`,
      ),
    );
  return { text, thought, cut, atLimit, newTokens, promptTokens };
}

export function fingerprintOf({ tokens, text, promptTokens }: ChatReply): Fingerprint {
  const [first] = tokens;
  const named = first === undefined ? [] : [...first.top, first.own];
  return {
    top: new Map(named.map((t) => [t.id === null ? (t.bytes?.join() ?? t.text) : `id ${t.id}`, t.logprob])),
    text,
    promptTokens,
    exact: named.length > 0 && named.every((t) => t.id !== null || t.bytes !== null),
  };
}

/** Ids of the letters by the server's own tokenizer; null where they are no single tokens. */
export async function letterIdsOf(
  tokenize: (text: string) => Promise<readonly number[]>,
): Promise<Readonly<Record<Letter, number>> | null> {
  const { A, B } = await both(tokenize);
  const [a, b] = [A[0], B[0]];
  return A.length === 1 && B.length === 1 && a !== undefined && b !== undefined ? { A: a, B: b } : null;
}

/**
 * log p of both letters by their text among the likeliest tokens; they are named 0 and 1.
 * @throws FaultError 'unsupported' where one is not among them, or where two tokens read alike: nothing is guessed
 */
export function lettersByText(top: readonly TopToken[], promptTokens: number): LetterReads {
  const find = (l: Letter): number => {
    const found = findByText(top, l);
    if (found.kind === 'found') return found.logprob;
    throw new FaultError(
      fault(
        'unsupported',
        found.kind === 'ambiguous'
          ? `Two of the likeliest tokens read ${l}, and the server does not say which is which: there is no log p of the letter.`
          : `The letter ${l} is not among the ${top.length} likeliest tokens that the server names (log p at most ${found.atMost.toFixed(2)}): there is no score.`,
      ),
    );
  };
  const at = new Map([
    [0, find('A')],
    [1, find('B')],
  ]);
  return { ids: { A: 0, B: 1 }, at, promptTokens, notes: ['letters-by-text'] };
}

/** The likelier letter; a tie is A, as in GD. */
export function likelier({ ids, at, promptTokens }: LetterReads): { chosen: Letter; promptTokens: number } {
  const [a, b] = [at.get(ids.A), at.get(ids.B)];
  if (a === undefined || b === undefined) throw new RangeError('A letter was not read.');
  return { chosen: b > a ? 'B' : 'A', promptTokens };
}
