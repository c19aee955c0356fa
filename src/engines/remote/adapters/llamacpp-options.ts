import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import type { OptionReads } from '../../../core/methods/likelihood.ts';
import type { ChatPrompt } from '../../../core/servers/chat.ts';
import { textAt } from '../../../core/servers/exchange.ts';
import {
  forcedTextAsk,
  readForcedText,
  templateAsk,
  type LlamaPrompt,
  type Piece,
} from '../../../core/servers/llamacpp.ts';
import { optionPlace } from '../../../core/servers/tokens.ts';
import { bodyOf, given, notGiven, type Options, type OptionsRead } from '../adapter.ts';
import type { Send } from '../transport.ts';

/** Tokens that were forced. */
export interface Forced {
  readonly logprobs: readonly number[];
  readonly promptTokens: number;
}

/** What reading options needs of the adapter. */
export interface LlamaSession {
  readonly send: Send;
  of(prompt: ChatPrompt): LlamaPrompt;
  pieces(text: string): Promise<readonly Piece[]>;
  forced(prompt: ChatPrompt, ids: readonly number[]): Promise<Forced>;
}

/** Both options, forced behind the prompt as the tokens of prompt + option. */
export async function llamaOptions(s: LlamaSession, prompt: ChatPrompt, texts: Options): Promise<OptionsRead> {
  const text = textAt(await bodyOf(s.send, templateAsk(s.of(prompt)), '/apply-template'), 'prompt');
  if (text === null) throw notGiven('the text of its prompt');
  const ofPrompt = await s.pieces(text);
  let promptTokens = 0;
  const behind = async (ids: readonly number[]): Promise<readonly number[]> => {
    const found = await s.forced(prompt, ids);
    promptTokens = found.promptTokens;
    return found.logprobs;
  };
  const read = async (l: Letter): Promise<OptionReads> => {
    const whole = await s.pieces(text + texts[l]);
    const { drop, tokens } = optionPlace(
      ofPrompt.map((p) => p.id),
      whole.map((p) => p.id),
      texts[l],
    );
    const at = drop === 0 ? behind : cutReads(s, prompt, text, ofPrompt, drop);
    const tokenLogprobs = await at(tokens);
    const first = new Map<number, number>();
    if (tokens[0] !== undefined && tokenLogprobs[0] !== undefined) first.set(tokens[0], tokenLogprobs[0]);
    await Promise.all(
      [...new Set(tokens)].filter((t) => !first.has(t)).map(async (t) => first.set(t, given((await at([t]))[0]))),
    );
    return { tokens, tokenLogprobs, firstLogprobs: tokens.map((t) => given(first.get(t))) };
  };
  const A = await read('A');
  const B = await read('B');
  return { options: { A, B }, promptTokens, notes: [] };
}

/** The option begins inside the prompt's last tokens: the prompt is given as text, cut before them. */
function cutReads(
  s: LlamaSession,
  prompt: ChatPrompt,
  text: string,
  tokens: readonly Piece[],
  drop: number,
): (ids: readonly number[]) => Promise<readonly number[]> {
  const taken = tokens.slice(tokens.length - drop).map((t) => t.piece);
  const end = taken.join('');
  if (taken.includes(null) || !text.endsWith(end))
    throw new FaultError(
      fault('unsupported', 'An option merges with the end of the prompt inside a character, so it cannot be scored.'),
    );
  const images = prompt.parts.flatMap((p) => (p.kind === 'image' ? [p.url] : []));
  const cut = text.slice(0, text.length - end.length);
  return async (ids) =>
    orThrow(readForcedText(await bodyOf(s.send, forcedTextAsk(cut, images, ids), '/completion'), ids));
}
