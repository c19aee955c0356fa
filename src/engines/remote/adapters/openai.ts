import type { Letter } from '../../../core/benchmark/types.ts';
import { fault, FaultError, orThrow } from '../../../core/fault.ts';
import { drawnBody, readChat, type ChatPrompt, type ChatReply } from '../../../core/servers/chat.ts';
import { get, answerFault, type HttpAnswer } from '../../../core/servers/exchange.ts';
import {
  chatAsk,
  logitBias,
  otherStyle,
  PUSH,
  sequenceBias,
  TOP,
  USUAL_STYLE,
  type OpenAiStyle,
} from '../../../core/servers/openai.ts';
import { readModels } from '../../../core/servers/vllm.ts';
import {
  notGiven,
  type Adapter,
  type AdapterParts,
  type LetterReads,
  type Looked,
  type Sample,
  type Ways,
} from '../adapter.ts';
import { chosenModel, fingerprintOf, lettersByText, likelier, writtenOf } from './shared.ts';

type Bias = (bias: ReadonlyMap<number, number>) => Readonly<Record<string, unknown>>;
const BIASES: readonly { readonly name: string; readonly body: Bias }[] = [
  { name: 'sequence_bias', body: sequenceBias },
  { name: 'logit_bias', body: logitBias },
];

interface Known {
  model: string;
  style: OpenAiStyle;
  /** What the server's list says of the model, where it is not in it; '' else. */
  unlisted: string;
  /** Log-probabilities are really given, not only asked for. */
  top: boolean;
  bias: Bias | null;
}

/** Any server with OpenAI's chat. Only what was tried is used. */
export function openaiAdapter({ send, model, letterIds }: AdapterParts): Adapter {
  const known: Known = { model, style: USUAL_STYLE, unlisted: '', top: true, bias: null };

  /** A chat in the style that the server takes; a field that it refuses by name is left out from then on. */
  async function chat(
    prompt: ChatPrompt,
    limit: number,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<ChatReply> {
    for (;;) {
      const answer = orThrow(await send(chatAsk(known.model, prompt, limit, known.style, more)));
      if (answer.status < 300) return orThrow(readChat(answer.body));
      const other = otherStyle(known.style, answer);
      if (other === null) throw refused(answer);
      known.style = other;
    }
  }

  /** A server that cannot load a model may only say that it failed: whether it lists the model says more. */
  function refused(answer: HttpAnswer): FaultError {
    const { code, message, ...rest } = answerFault(answer, 'a question');
    return new FaultError({ code, message: `${message}${known.unlisted}`, ...rest });
  }

  async function look(): Promise<Looked> {
    const answer = orThrow(await send(get('/v1/models')));
    if (answer.status === 401 || answer.status === 403)
      throw new FaultError(answerFault(answer, 'the list of its models'));
    const names = answer.status < 300 ? readModels(answer.body).map((m) => m.id) : [];
    // Folders that transformers serve loads on demand are in no list.
    const listed = names.includes(model);
    known.model = listed || model === '' ? chosenModel(names, model) : model;
    if (!listed && model !== '') known.unlisted = ` ${unlistedWords(names, model)}`;
    return { version: null, model: known.model, notes: [] };
  }

  async function ways({ letter }: Sample): Promise<Ways> {
    const gd = await letters(letter).then(
      () => 'top 20, by text',
      () => null,
    );
    const choice = gd ?? (known.top ? 'top 20, by text' : await biasWay(letter));
    return { gd: known.top ? 'top 20, by text' : null, choice, ps: null, psChat: null };
  }

  /** A bias is honoured if pushing either letter alone has it written. */
  async function biasWay(prompt: ChatPrompt): Promise<string | null> {
    if (letterIds === null) return null;
    for (const { name, body } of BIASES) {
      const written = async (id: number): Promise<string | null> => {
        const answer = orThrow(await send(chatAsk(known.model, prompt, 1, known.style, body(new Map([[id, PUSH]])))));
        const reply = answer.status < 300 ? readChat(answer.body) : null;
        return reply?.ok ? reply.value.text.trim() : null;
      };
      if ((await written(letterIds.A)) !== 'A' || (await written(letterIds.B)) !== 'B') continue;
      known.bias = body;
      return name;
    }
    return null;
  }

  async function letters(prompt: ChatPrompt): Promise<LetterReads> {
    const reply = await chat(prompt, 1, TOP);
    const [first] = reply.tokens;
    if (!first || first.top.length === 0) {
      known.top = false;
      throw notGiven('log-probabilities: they were asked for and not given');
    }
    return lettersByText(first.top, reply.promptTokens);
  }

  async function choice(prompt: ChatPrompt): Promise<{ chosen: Letter; promptTokens: number }> {
    if (known.bias !== null && letterIds !== null) {
      const pushed = new Map([
        [letterIds.A, PUSH],
        [letterIds.B, PUSH],
      ]);
      const reply = await chat(prompt, 1, known.bias(pushed));
      const text = reply.text.trim();
      if (text !== 'A' && text !== 'B')
        throw new FaultError(
          fault('server-wrong', `The server wrote "${reply.text}" where only A or B could be written.`),
        );
      return { chosen: text, promptTokens: reply.promptTokens };
    }
    return likelier(await letters(prompt));
  }

  return {
    ...{ look, ways, letters, choice },
    options: () => Promise.reject(notGiven('log p of an option')),
    chatOptions: () => Promise.reject(notGiven('log p of an option')),
    write: async (prompt, limit, drawn = null) => writtenOf(await chat(prompt, limit, drawnBody(drawn)), limit),
    fingerprint: async (prompt, hot = false) =>
      fingerprintOf(await chat(prompt, known.top ? 1 : 24, { ...TOP, ...(hot ? { temperature: 2, seed: 1 } : {}) })),
    isControl: () => Promise.resolve(null),
  };
}

function unlistedWords(names: readonly string[], model: string): string {
  const has = names.length === 0 ? 'names no model' : `lists ${names.slice(0, 12).join(', ')}`;
  return `Is ${model} the name of a model that it can load? It ${has}.`;
}
