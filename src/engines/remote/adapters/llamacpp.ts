import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import { drawnBody, readChat, type ChatPrompt } from '../../../core/servers/chat.ts';
import { get } from '../../../core/servers/exchange.ts';
import {
  forcedAsk,
  llamaTokenizeAsk,
  llamaTopAsk,
  pushedAsk,
  readForced,
  readPieces,
  readProps,
  writeAsk,
  type LlamaPrompt,
  type Piece,
} from '../../../core/servers/llamacpp.ts';
import { usageOf } from '../../../core/servers/usage.ts';
import { readModels } from '../../../core/servers/vllm.ts';
import {
  bodyOf,
  given,
  notGiven,
  triedBody,
  type Adapter,
  type AdapterParts,
  type LetterReads,
  type Looked,
  type Sample,
  type Ways,
} from '../adapter.ts';
import { llamaOptions, type Forced } from './llamacpp-options.ts';
import { chosenModel, fingerprintOf, letterIdsOf, likelier, writtenOf } from './shared.ts';

interface Known {
  model: string;
  knowsThinking: boolean;
  letters: Readonly<Record<Letter, number>> | null;
  way: 'forced token ids' | 'logit_bias' | null;
}

/** llama.cpp's llama-server: any continuation is forced by a grammar of token ids, and its raw log p is read. */
export function llamacppAdapter({ send, model, shows }: AdapterParts): Adapter {
  const known: Known = { model, knowsThinking: false, letters: null, way: null };
  const of = (prompt: ChatPrompt): LlamaPrompt => ({
    model: known.model,
    prompt,
    knowsThinking: known.knowsThinking,
  });
  const pieces = async (text: string): Promise<readonly Piece[]> =>
    orThrow(readPieces(await bodyOf(send, llamaTokenizeAsk(text), '/tokenize')));

  async function look(): Promise<Looked> {
    const models = readModels(await bodyOf(send, get('/v1/models'), 'the list of its models'));
    // The server answers to any name: it has one model, named by its file.
    const names = models.map((m) => m.id);
    const base = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\.gguf$/, '');
    known.model = names.find((n) => n === model || base(n) === base(model)) ?? chosenModel(names, '');
    const props = readProps(await bodyOf(send, get('/props'), '/props'));
    known.knowsThinking = props.knowsThinking;
    if (shows && !props.vision)
      throw new FaultError(
        fault(
          'unsupported',
          'llama-server was started without --mmproj: it takes no images. Start it with the model’s mmproj file.',
        ),
      );
    const named = known.model === model || base(known.model) === base(model) || model === '';
    const notes = named ? [] : [`llama-server answers to any name; its model is ${known.model}.`];
    const version = [props.build, props.ftype].filter((x) => x !== null).join(', ');
    return { version: version === '' ? null : version, model: known.model, notes };
  }

  async function ways({ letter }: Sample): Promise<Ways> {
    known.letters = await letterIdsOf(async (l) => (await pieces(l)).map((p) => p.id));
    if (known.letters === null) return { gd: null, choice: null, ps: null, psChat: null };
    known.way = await wayOf(letter, known.letters.A);
    const ps = known.way === 'forced token ids' ? known.way : null;
    return { gd: known.way, choice: known.way, ps, psChat: null };
  }

  async function wayOf(prompt: ChatPrompt, id: number): Promise<Known['way']> {
    const forced = await triedBody(send, forcedAsk(of(prompt), [id]));
    if (forced !== null && readForced(forced, [id]).ok) return 'forced token ids';
    const pushed = await triedBody(send, pushedAsk(of(prompt), id));
    return pushed !== null && readForced(pushed, [id]).ok ? 'logit_bias' : null;
  }

  async function forced(prompt: ChatPrompt, ids: readonly number[]): Promise<Forced> {
    const ask = known.way === 'logit_bias' ? pushedAsk(of(prompt), ids[0] ?? 0) : forcedAsk(of(prompt), ids);
    const body = await bodyOf(send, ask, 'forced tokens');
    return { logprobs: orThrow(readForced(body, ids)), promptTokens: usageOf(body).input };
  }

  async function letters(prompt: ChatPrompt): Promise<LetterReads> {
    const ids = known.letters;
    if (ids === null || known.way === null) throw notGiven('log p of the letters');
    // One after the other: the second finds the prompt and its image in the cache.
    const a = await forced(prompt, [ids.A]);
    const b = await forced(prompt, [ids.B]);
    const at = new Map([
      [ids.A, given(a.logprobs[0])],
      [ids.B, given(b.logprobs[0])],
    ]);
    return { ids, at, promptTokens: a.promptTokens, notes: [] };
  }

  return {
    ...{ look, ways, letters },
    options: (prompt, texts) => llamaOptions({ send, of, pieces, forced }, prompt, texts),
    chatOptions: () => Promise.reject(notGiven('ps-chat; it gives PS itself')),
    choice: async (prompt) => likelier(await letters(prompt)),
    write: async (prompt, limit, drawn = null) =>
      writtenOf(
        orThrow(readChat(await bodyOf(send, writeAsk(of(prompt), limit, drawnBody(drawn)), 'a question'))),
        limit,
      ),
    fingerprint: async (prompt, hot = false) =>
      fingerprintOf(
        orThrow(
          readChat(
            await bodyOf(send, llamaTopAsk(of(prompt), 20, hot ? { temperature: 2, seed: 1 } : {}), 'a question'),
          ),
        ),
      ),
    isControl: async (text) => (await pieces(text)).length === 1,
  };
}
