import { at } from '../../../core/json.ts';
import { fault, FaultError } from '../../../core/fault.ts';
import { byId, drawnBody, readChat, type ChatPrompt } from '../../../core/servers/chat.ts';
import { get, textAt } from '../../../core/servers/exchange.ts';
import { chatAsk, USUAL_STYLE } from '../../../core/servers/openai.ts';
import {
  allowedAsk,
  answeredAsk,
  generateAsk,
  nextAsk,
  readModels,
  readRendered,
  renderAsk,
  topAsk,
} from '../../../core/servers/vllm.ts';
import {
  bodyOf,
  notGiven,
  triedBody,
  type Adapter,
  type AdapterParts,
  type Fingerprint,
  type LetterReads,
  type Looked,
  type Sample,
  type Ways,
} from '../adapter.ts';
import { trustedTemplate, vllmChatOptions, vllmOptions } from './vllm-options.ts';
import { nextOf, vllmSession, type Known } from './vllm-session.ts';
import { chosenModel, fingerprintOf, letterIdsOf, likelier, writtenOf } from './shared.ts';

/** vLLM: everything exactly, each by the best of the ways that the server offers. */
export function vllmAdapter({ send, model, renderer }: AdapterParts): Adapter {
  const session = vllmSession({ send, model });
  const { known, of, chat, tokenize, readPrompt } = session;

  async function look(): Promise<Looked> {
    const models = readModels(await bodyOf(send, get('/v1/models'), 'the list of its models'));
    known.model = chosenModel(
      models.map((m) => m.id),
      model,
    );
    const version = textAt(await triedBody(send, get('/version')), 'version');
    return { version, model: known.model, notes: [] };
  }

  async function ways({ letter, open, options }: Sample): Promise<Ways> {
    await findBos(letter);
    known.letters = await letterIdsOf((l) => tokenize(l, false));
    known.gd = await gdWay(letter);
    const rendered = await triedBody(send, renderAsk(of(open)));
    known.tokensIn = rendered !== null && (await takesTokens(rendered));
    known.template = known.tokensIn ? null : await trustedTemplate(session, renderer, open, options.A);
    const psChat = at(await triedBody(send, answeredAsk(of(open), options.A)), 'prompt_logprobs') != null;
    return {
      gd: known.gd,
      choice: known.gd,
      ps: known.tokensIn
        ? 'token ids in'
        : known.template !== null
          ? 'request template, with the ids compared'
          : psChat
            ? 'chat, with the ids compared'
            : null,
      psChat: psChat ? 'chat' : null,
    };
  }

  /** A tokenizer that adds a token which the template does not write: without it every number is another. */
  async function findBos(prompt: ChatPrompt): Promise<void> {
    const [plain, whole] = [await tokenize('a', false), await tokenize('a', true)];
    if (whole.length <= plain.length) return;
    const bos = whole[0];
    const first = async (): Promise<readonly number[]> => (await readPrompt(prompt)).ids;
    if ((await first())[0] === bos) return;
    known.special = true;
    const [a, b] = await first();
    if (a !== bos || b === bos)
      throw new FaultError(
        fault(
          'server-wrong',
          `The server's prompt does not begin with the tokenizer's own beginning-of-sequence token (${bos ?? ''}) once, which would change every number. Give vLLM a chat template that writes it (--chat-template).`,
        ),
      );
  }

  async function gdWay(prompt: ChatPrompt): Promise<Known['gd']> {
    if (known.letters === null) return null;
    const ids = [known.letters.A, known.letters.B];
    const body = await triedBody(send, nextAsk(of(prompt), ids));
    const reply = body === null ? null : readChat(body);
    const first = reply?.ok ? reply.value.tokens[0] : undefined;
    if (first && ids.every((id) => byId(first).has(id))) return 'logprob_token_ids';
    const [a, b] = await Promise.all(ids.map((id) => allowed(prompt, id)));
    // A server that reports after its mask says that what it was forced to write was certain.
    return a !== undefined && b !== undefined && Math.exp(a) + Math.exp(b) < 1.001 ? 'allowed_token_ids' : null;
  }

  async function allowed(prompt: ChatPrompt, id: number): Promise<number | undefined> {
    const body = await triedBody(send, allowedAsk(of(prompt), id));
    const reply = body === null ? null : readChat(body);
    const first = reply?.ok ? reply.value.tokens[0] : undefined;
    return first?.own.id === id ? first.own.logprob : undefined;
  }

  async function takesTokens(body: unknown): Promise<boolean> {
    const rendered = readRendered(body);
    if (!rendered.ok) return false;
    const scored = await triedBody(send, generateAsk(rendered.value, rendered.value.ids));
    return at(scored, 'prompt_logprobs') != null;
  }

  async function letters(prompt: ChatPrompt): Promise<LetterReads> {
    const ids = known.letters;
    if (ids === null || known.gd === null) throw notGiven('log p of the letters');
    if (known.gd === 'allowed_token_ids') {
      const [a, b] = await Promise.all([allowed(prompt, ids.A), allowed(prompt, ids.B)]);
      if (a === undefined || b === undefined) throw notGiven('log p of the letters');
      const at = new Map([
        [ids.A, a],
        [ids.B, b],
      ]);
      return { ids, at, promptTokens: 0, notes: [] };
    }
    const reply = await chat(nextAsk(of(prompt), [ids.A, ids.B]), 'a question');
    return { ids, at: nextOf(reply, [ids.A, ids.B]), promptTokens: reply.promptTokens, notes: [] };
  }

  return {
    ...{ look, ways, letters },
    options: (prompt, texts) => vllmOptions(session, prompt, texts),
    chatOptions: (prompt, texts) => vllmChatOptions(session, prompt, texts),
    choice: async (prompt) => likelier(await letters(prompt)),
    write: async (prompt, limit, drawn = null) =>
      writtenOf(
        await chat(
          chatAsk(
            known.model,
            prompt,
            limit,
            { ...USUAL_STYLE, template: true },
            { add_special_tokens: known.special, ...drawnBody(drawn) },
          ),
          'a question',
        ),
        limit,
      ),
    fingerprint: async (prompt, hot = false): Promise<Fingerprint> =>
      fingerprintOf(await chat(topAsk(of(prompt), 20, hot ? { temperature: 2, seed: 1 } : {}), 'a question')),
    isControl: async (text) => (await tokenize(text, false)).length === 1,
  };
}
