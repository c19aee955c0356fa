import type { QuestionAsk } from '../plan/ask.ts';
import { scorableTokens } from '../methods/option-tokens.ts';

/** Where an option begins in its prompt's ids, and which tokens it is. */
export interface OptionPlace {
  /** How many of the prompt's last tokens merge with the option's first ones: they are taken off before it. */
  readonly drop: number;
  readonly tokens: readonly number[];
}

/**
 * The tokens of an option behind a prompt by the rule of docs/scoring.md: the ids of prompt + option behind the longest prefix that they share with the
 * prompt's own. Both are tokenised as text by the server's own tokenizer; images stand in them as one placeholder and do not matter.
 * @throws FaultError 'bad-prompt'
 */
export function optionPlace(prompt: readonly number[], whole: readonly number[], option: string): OptionPlace {
  const { start, tokens } = scorableTokens(prompt, whole, option);
  return { drop: prompt.length - start, tokens };
}

/** Text that tokenizers of chat models read as control wherever it stands. */
const CONTROL = /<\|[^|<>\s]{1,40}\|>|<\/?[A-Za-z_][\w-]{0,30}>|\[\/?[A-Z_]{2,20}\]|<[a-z_]+:[a-z_]+>/g;
/** Those that are control in some family in use; the others may be text. */
const KNOWN =
  /^(<\|.+\|>|<\/?s>|<(unk|pad|bos|eos|image|video|audio|start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|fake_token_around_image|end_of_utterance|mask)>|\[\/?(INST|IMG|IMG_BREAK|IMG_END|SYSTEM_PROMPT|THINK)\])$/;

export interface Suspect {
  readonly field: string;
  readonly token: string;
  /** It is control in some family: where no tokenizer can be asked, it is refused. */
  readonly known: boolean;
}

/** What in a question might be read as control and not as text. */
export function suspects({ question, options }: Pick<QuestionAsk, 'question' | 'options'>): readonly Suspect[] {
  return suspectsIn([
    ['the question', question],
    ['option A', options.A],
    ['option B', options.B],
  ]);
}

/** The same of any texts, each with its name. */
export function suspectsIn(fields: readonly (readonly [string, string])[]): readonly Suspect[] {
  return fields.flatMap(([field, text]) =>
    [...new Set(text.match(CONTROL) ?? [])].map((token) => ({ field, token, known: KNOWN.test(token) })),
  );
}
