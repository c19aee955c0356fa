import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import type { OptionReads } from '../../../core/methods/likelihood.ts';
import type { ChatPrompt } from '../../../core/servers/chat.ts';
import type { HttpAsk } from '../../../core/servers/exchange.ts';
import {
  readSglang,
  readSglangNext,
  readSglangPrompt,
  readSglangTop,
  sglangNextAsk,
  sglangPromptAsk,
  sglangTail,
  sglangTokenizeAsk,
  sglangTopAsk,
  type SglangPrompt,
} from '../../../core/servers/sglang.ts';
import { optionPlace } from '../../../core/servers/tokens.ts';
import { readTokenize } from '../../../core/servers/vllm.ts';
import {
  bodyOf,
  both,
  given,
  notGiven,
  triedBody,
  type Adapter,
  type AdapterParts,
  type ChatRenderer,
  type Fingerprint,
  type LetterReads,
  type Options,
  type OptionsRead,
  type Sample,
  type Ways,
} from '../adapter.ts';
import { openaiAdapter } from './openai.ts';
import { letterIdsOf, likelier } from './shared.ts';

/** SGLang: everything exactly where the model's chat template is at hand; without it what its chat gives. */
export function sglangAdapter(parts: AdapterParts): Adapter {
  const chat = openaiAdapter(parts);
  return parts.renderer === null ? withoutTemplate(chat) : byGenerate(parts, parts.renderer, chat);
}

const WITH_FOLDER =
  'SGLang gives GD and PS exactly behind a prompt that is rendered here: name the model’s folder, which has its chat template and tokenizer (--server-processor, or its files on the page).';

function withoutTemplate(chat: Adapter): Adapter {
  return {
    ...chat,
    look: async () => {
      const looked = await chat.look();
      return { ...looked, notes: [...looked.notes, WITH_FOLDER], remedy: WITH_FOLDER };
    },
  };
}

interface Known {
  model: string;
  letters: Readonly<Record<Letter, number>> | null;
  /** The server adds the beginning-of-sequence token itself: the template's own is left out. */
  bare: boolean;
}

function byGenerate({ send, model, letterIds }: AdapterParts, renderer: ChatRenderer, chat: Adapter): Adapter {
  const known: Known = { model, letters: letterIds, bare: false };
  const ask = (asked: HttpAsk): Promise<unknown> => bodyOf(send, asked, '/generate');

  function of({ parts, ...prompt }: ChatPrompt): SglangPrompt {
    const text = renderer.render({ ...prompt, parts });
    const images = parts.flatMap((p) => (p.kind === 'image' ? [p.url] : []));
    const { bos } = renderer;
    return { images, text: known.bare && bos !== null && text.startsWith(bos) ? text.slice(bos.length) : text };
  }
  const tokenize = async (text: string): Promise<readonly number[]> =>
    orThrow(readTokenize(await bodyOf(send, sglangTokenizeAsk(known.model, text, false), '/tokenize')));

  async function ways({ letter }: Sample): Promise<Ways> {
    const none = { gd: null, choice: null, ps: null, psChat: null };
    const read = await triedBody(send, sglangPromptAsk(of(letter)));
    if (read === null) return none;
    await requireOneBos(letter);
    known.letters ??= await letterIdsOf(tokenize);
    if (known.letters === null) return { ...none, ps: 'prompt log-probabilities' };
    const { A, B } = known.letters;
    const next = readSglangNext(await ask(sglangNextAsk(of(letter), [A, B])), [A, B]);
    const gd = next.ok ? 'token_ids_logprob' : null;
    return { gd, choice: gd, ps: gd === null ? null : 'prompt log-probabilities', psChat: null };
  }

  /** Tokenizer and template may both write the token that begins a sequence, or neither: every number would be another. */
  async function requireOneBos(prompt: ChatPrompt): Promise<void> {
    const { bos } = renderer;
    if (bos === null) return;
    const [id] = await tokenize(bos);
    const begin = async (): Promise<readonly (number | undefined)[]> => {
      const rows = orThrow(readSglangPrompt(await ask(sglangPromptAsk(of(prompt)))));
      return rows.slice(0, 2).map((r) => r.id);
    };
    const [first, second] = await begin();
    if (first !== id || second !== id) return;
    known.bare = true;
    const [now, then] = await begin();
    if (now === id && then !== id) return;
    throw new FaultError(
      fault(
        'server-wrong',
        `The server's prompt begins with the beginning-of-sequence token (${id ?? ''}) twice, which would change every number.`,
      ),
    );
  }

  async function letters(prompt: ChatPrompt): Promise<LetterReads> {
    const ids = known.letters;
    if (ids === null) throw notGiven('log p of the letters');
    const body = await ask(sglangNextAsk(of(prompt), [ids.A, ids.B]));
    const at = orThrow(readSglangNext(body, [ids.A, ids.B]));
    return { ids, at, promptTokens: readSglang(body).promptTokens, notes: [] };
  }

  async function options(prompt: ChatPrompt, texts: Options): Promise<OptionsRead> {
    const asked = of(prompt);
    const own = await tokenize(asked.text);
    const places = await both(async (l) => optionPlace(own, await tokenize(asked.text + texts[l]), texts[l]));
    if (places.A.drop > 0 || places.B.drop > 0)
      throw new FaultError(
        fault(
          'unsupported',
          'An option merges with the end of its prompt, which SGLang cannot cut there: there is no PS.',
        ),
      );
    const ids = [...new Set([...places.A.tokens, ...places.B.tokens])];
    const body = await ask(sglangNextAsk(asked, ids));
    const first = orThrow(readSglangNext(body, ids));
    const read = await both(async (l): Promise<OptionReads> => {
      const { tokens } = places[l];
      const whole = await ask(sglangPromptAsk({ ...asked, text: asked.text + texts[l] }));
      const tokenLogprobs = orThrow(sglangTail(orThrow(readSglangPrompt(whole)), tokens));
      return { tokens, tokenLogprobs, firstLogprobs: tokens.map((t) => given(first.get(t))) };
    });
    return { options: read, promptTokens: readSglang(body).promptTokens, notes: [] };
  }

  return {
    ...chat,
    ...{ ways, letters, options },
    greedyOnly: true,
    look: async () => {
      const looked = await chat.look();
      known.model = looked.model;
      return looked;
    },
    choice: async (prompt) => likelier(await letters(prompt)),
    fingerprint: async (prompt): Promise<Fingerprint> => {
      const body = await ask(sglangTopAsk(of(prompt), 20));
      const top = new Map([...readSglangTop(body)].map(([id, p]) => [`id ${id}`, p]));
      return { ...readSglang(body), top, exact: true };
    },
    isControl: async (text) => (await tokenize(text)).length === 1,
  };
}
