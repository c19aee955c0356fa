import type { Letter } from '../benchmark/types.ts';
import type { ChatPrompt } from '../drafting/prompts.ts';
import { LOOKALIKE } from '../prompts/default.ts';
import { renderPrompt } from '../prompts/render.ts';
import type { Wording } from './events.ts';
import type { PrintFlag } from './print-checks.ts';

/**
 * What a model that sees no image makes of a question: log p(option 1) - log p(option 2) in nats, asked with the options in their order and exchanged.
 * An option that is likelier in both is likelier whatever the image, and not for its place.
 */
export type BlindOdds = readonly [number, number];

/** An option that is so many times as likely as the other, without an image, is flagged. */
export const BLIND_TIMES = 3;

/** The question without its image, with the options in their order and exchanged, in the words that a run asks in (Lookalike's own prompt set). */
export function blindPrompts({ question, option_1, option_2 }: Wording): readonly [BlindPrompt, BlindPrompt] {
  const asked = (options: Readonly<Record<Letter, string>>): BlindPrompt => ({
    system: LOOKALIKE.system,
    user: renderPrompt(LOOKALIKE.prompts.letter, { question, options }),
  });
  return [asked({ A: option_1, B: option_2 }), asked({ A: option_2, B: option_1 })];
}
type BlindPrompt = Pick<ChatPrompt, 'user'> & { readonly system: string | null };

/** A question as it was asked: what a model made of it holds for these words only. */
export function wordingKey({ question, option_1, option_2 }: Wording): string {
  return JSON.stringify([question, option_1, option_2]);
}

/** How a model without an image leans: which option, and how many times as likely it is as the other. */
export interface Leaning {
  readonly option: 1 | 2;
  readonly times: number;
  /** The same option is likelier in both orders. */
  readonly steady: boolean;
}

export function leaning([inOrder, exchanged]: BlindOdds): Leaning {
  const mean = (inOrder + exchanged) / 2;
  return {
    option: mean >= 0 ? 1 : 2,
    times: Math.exp(Math.abs(mean)),
    steady: Math.sign(inOrder) === Math.sign(exchanged) && inOrder !== 0,
  };
}

/** @param by who was asked, as it stands in the message */
export function blindFlag(odds: BlindOdds, wording: Wording, by: string, least = BLIND_TIMES): PrintFlag | null {
  const { option, times, steady } = leaning(odds);
  if (!steady || times < least) return null;
  const text = option === 1 ? wording.option_1 : wording.option_2;
  const many = times < 100 ? times.toFixed(1) : 'more than 100';
  return {
    kind: 'blind',
    message: `Without an image, "${text}" is ${many} times as likely to ${by} as the other option.`,
  };
}
