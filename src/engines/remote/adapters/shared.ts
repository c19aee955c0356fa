import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError } from '../../../core/fault.ts';
import type { ChatReply } from '../../../core/servers/chat.ts';
import type { Fingerprint, LetterReads, Written } from '../adapter.ts';

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
      wanted === ''
        ? `The server has several models: name one of ${names}.`
        : `The server has no model ${wanted}. It has ${names}.`,
      { model: wanted },
    ),
  );
}

export function writtenOf({ text, thought, cut, atLimit, newTokens, promptTokens }: ChatReply): Written {
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

/** The likelier letter; a tie is A, as in GD. */
export function likelier({ ids, at, promptTokens }: LetterReads): { chosen: Letter; promptTokens: number } {
  const [a, b] = [at.get(ids.A), at.get(ids.B)];
  if (a === undefined || b === undefined) throw new RangeError('A letter was not read.');
  return { chosen: b > a ? 'B' : 'A', promptTokens };
}
