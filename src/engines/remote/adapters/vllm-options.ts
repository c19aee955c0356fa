import { at } from '../../../core/json.ts';
import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import type { OptionReads } from '../../../core/methods/likelihood.ts';
import type { ChatPrompt } from '../../../core/servers/chat.ts';
import { idsAt } from '../../../core/servers/exchange.ts';
import { optionPlace, type OptionPlace } from '../../../core/servers/tokens.ts';
import {
  answeredAsk,
  generateAsk,
  nextAsk,
  readRendered,
  readTail,
  renderAsk,
  templatedAsk,
} from '../../../core/servers/vllm.ts';
import {
  bodyOf,
  both,
  given,
  notGiven,
  triedBody,
  type ChatRenderer,
  type Options,
  type OptionsRead,
} from '../adapter.ts';
import { nextOf, type Read, type VllmSession } from './vllm-session.ts';

type Places = Readonly<Record<Letter, OptionPlace>>;
type Reads = Readonly<Record<Letter, OptionReads>>;

/** The model's own template, if the server takes it from a request and renders the prompt by it. */
export async function trustedTemplate(
  s: VllmSession,
  renderer: ChatRenderer | null,
  prompt: ChatPrompt,
  answer: string,
): Promise<string | null> {
  if (renderer === null) return null;
  const scored = await triedBody(s.send, templatedAsk(s.of(prompt), renderer.template, answer));
  if (at(scored, 'prompt_logprobs') == null) return null;
  // A server that renders by its own template all the same leaves the answer out.
  const { ids } = await s.readPrompt(prompt);
  return (idsAt(scored, 'prompt_token_ids')?.length ?? 0) > ids.length ? renderer.template : null;
}

async function places(s: VllmSession, read: Read, options: Options): Promise<Places> {
  const prompt = await s.tokenize(read.text, s.known.special);
  return both(async (l) => optionPlace(prompt, await s.tokenize(read.text + options[l], s.known.special), options[l]));
}

/** Both options, as the tokens of prompt + option. */
export async function vllmOptions(s: VllmSession, prompt: ChatPrompt, texts: Options): Promise<OptionsRead> {
  const read = await s.readPrompt(prompt);
  if (read.text === '') throw notGiven('the text of its prompt (return_prompt_text), which PS needs. Update vLLM');
  const place = await places(s, read, texts);
  const found = s.known.tokensIn ? await byTokens(s, prompt, place) : await byChat(s, prompt, read, texts, place);
  return { options: found, promptTokens: read.ids.length, notes: [] };
}

/** The option's own ids behind the rendered prompt's. */
async function byTokens(s: VllmSession, prompt: ChatPrompt, place: Places): Promise<Reads> {
  const rendered = orThrow(readRendered(await bodyOf(s.send, renderAsk(s.of(prompt)), '/v1/chat/completions/render')));
  const tail = async (before: readonly number[], tokens: readonly number[]): Promise<readonly number[]> =>
    orThrow(
      readTail(await bodyOf(s.send, generateAsk(rendered, [...before, ...tokens]), '/inference/v1/generate'), tokens),
    );
  const whole = (Object.values(place) as readonly OptionPlace[]).every((p) => p.drop === 0);
  const first = whole ? await firstReads(s, prompt, place) : null;
  return both(async (l) => {
    const { drop, tokens } = place[l];
    const before = rendered.ids.slice(0, rendered.ids.length - drop);
    const tokenLogprobs = await tail(before, tokens);
    // Where the option merges with the end of the prompt, each token is read at its own cut.
    const firstLogprobs = first
      ? tokens.map((t) => given(first.get(t)))
      : await Promise.all(tokens.map(async (t) => given((await tail(before, [t]))[0])));
    return { tokens, tokenLogprobs, firstLogprobs };
  });
}

/** log p of every token of both options at the first place of the answer (PS as published). */
async function firstReads(s: VllmSession, prompt: ChatPrompt, place: Places): Promise<ReadonlyMap<number, number>> {
  const ids = [...new Set([...place.A.tokens, ...place.B.tokens])];
  return nextOf(await s.chat(nextAsk(s.of(prompt), ids), 'a question'), ids);
}

/** The template's own rendering of an answer, taken only where it has the very ids of prompt + option. */
async function byChat(s: VllmSession, prompt: ChatPrompt, read: Read, texts: Options, place: Places): Promise<Reads> {
  const first = await firstReads(s, prompt, place);
  return both(async (l) => {
    const { drop, tokens } = place[l];
    const { template } = s.known;
    const asked = s.of(prompt);
    const ask = template === null ? answeredAsk(asked, texts[l]) : templatedAsk(asked, template, texts[l]);
    const body = await bodyOf(s.send, ask, 'an answered question');
    const ids = idsAt(body, 'prompt_token_ids') ?? [];
    const want = [...read.ids.slice(0, read.ids.length - drop), ...tokens];
    if (drop > 0 || ids.length !== want.length || ids.some((id, i) => id !== want[i]))
      throw new FaultError(
        fault(
          'unsupported',
          `The server's chat template writes the option "${texts[l]}" as other tokens than prompt + option. Start vLLM with --enable-scale-out for PS, or ask ps-chat.`,
        ),
      );
    return {
      tokens,
      tokenLogprobs: orThrow(readTail(body, tokens)),
      firstLogprobs: tokens.map((t) => given(first.get(t))),
    };
  });
}

/** Both options, as the server's chat template renders an answer. */
export async function vllmChatOptions(s: VllmSession, prompt: ChatPrompt, texts: Options): Promise<OptionsRead> {
  const read = await s.readPrompt(prompt);
  const found = await both(async (l): Promise<OptionReads> => {
    const body = await bodyOf(s.send, answeredAsk(s.of(prompt), texts[l]), 'an answered question');
    const { tokens } = optionPlace(read.ids, idsAt(body, 'prompt_token_ids') ?? [], texts[l]);
    const tokenLogprobs = orThrow(readTail(body, tokens));
    return { tokens, tokenLogprobs, firstLogprobs: tokenLogprobs };
  });
  return { options: found, promptTokens: read.ids.length, notes: [] };
}
