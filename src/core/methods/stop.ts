import { parseJudge } from './ff.ts';

/** When decoding may end before the model ends it. */
export type StopRule =
  /** Both scores of a judge's reply can be read, and no further token can change them. */
  | { readonly kind: 'scores' }
  /** One of these texts was written; it is left out of the reply. */
  | { readonly kind: 'texts'; readonly texts: readonly string[] };

/**
 * The reply under a rule, once it is complete.
 * @param text what was decoded so far
 * @returns null while decoding must go on
 */
export function stoppedReply(text: string, rule: StopRule): string | null {
  if (rule.kind === 'scores') return scoresSettled(text) ? text : null;
  const at = rule.texts.map((t) => text.indexOf(t)).filter((i) => i >= 0);
  return at.length === 0 ? null : text.slice(0, Math.min(...at));
}

/** What may follow a number that is not finished ("B: 1" may become "B: 10", "B: 1.5" or "B: 1/10"), and a verdict that would count before one in a sentence. */
const CONTINUATIONS = ['0', '.5', '/10', ',5', '\nA: 6\nB: 4\n', '\nA: 4\nB: 6\n'];

/** Whether both scores are there and the last one is finished. */
function scoresSettled(text: string): boolean {
  const now = parseJudge(text);
  if (now === null || /[\d.,/]$/.test(text)) return false;
  return CONTINUATIONS.every((more) => {
    const then = parseJudge(text + more);
    return then !== null && then.a === now.a && then.b === now.b;
  });
}
