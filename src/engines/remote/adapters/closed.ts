import { orThrow } from '../../../core/fault.ts';
import { anthropicAsk, anthropicDrawn, readAnthropic } from '../../../core/servers/anthropic.ts';
import type { ChatPrompt, Drawn } from '../../../core/servers/chat.ts';
import { GEMINI_TOP, geminiAsk, geminiDrawn, readGemini, type GeminiReply } from '../../../core/servers/gemini.ts';
import { bodyOf, notGiven, triedBody, type Adapter, type AdapterParts, type LetterReads } from '../adapter.ts';
import { lettersByText, likelier } from './shared.ts';

const NOTHING = {
  options: () => Promise.reject(notGiven('log p of an option')),
  chatOptions: () => Promise.reject(notGiven('log p of an option')),
  isControl: () => Promise.resolve(null),
};

/** Gemini: text, and GD on models that give log p, where both letters are among the 20 likeliest. */
export function geminiAdapter({ send, model }: AdapterParts): Adapter {
  let version: string | null = null;
  const ask = async (prompt: ChatPrompt, limit: number, drawn: Drawn | null = null): Promise<GeminiReply> =>
    orThrow(readGemini(await bodyOf(send, geminiAsk(model, prompt, limit, geminiDrawn(drawn)), 'a question')));

  async function letters(prompt: ChatPrompt): Promise<LetterReads> {
    const body = await bodyOf(send, geminiAsk(model, prompt, 1, GEMINI_TOP), 'a question with log-probabilities');
    const { top, promptTokens } = orThrow(readGemini(body));
    if (top.length === 0) throw notGiven('log-probabilities with this model');
    return lettersByText(top, promptTokens);
  }

  return {
    ...NOTHING,
    letters,
    look: () => Promise.resolve({ version, model, notes: [] }),
    ways: async ({ letter }) => {
      const reply = await triedBody(send, geminiAsk(model, letter, 1, GEMINI_TOP));
      const read = reply === null ? null : readGemini(reply);
      const gd = read?.ok === true && read.value.top.length > 0 ? 'top 20, by text' : null;
      version = read?.ok ? read.value.version : null;
      return { gd, choice: gd, ps: null, psChat: null };
    },
    choice: async (prompt) => likelier(await letters(prompt)),
    write: async (prompt, limit, drawn) => {
      const { text, cut, atLimit, newTokens, promptTokens } = await ask(prompt, limit, drawn);
      return { text, thought: null, cut, atLimit, newTokens, promptTokens };
    },
    fingerprint: async (prompt) => {
      const { text, promptTokens } = await ask(prompt, 24);
      return { top: new Map(), text, promptTokens, exact: false };
    },
  };
}

/** Anthropic: text only. */
export function anthropicAdapter({ send, model }: AdapterParts): Adapter {
  const ask = async (prompt: ChatPrompt, limit: number, drawn: Drawn | null = null) =>
    orThrow(readAnthropic(await bodyOf(send, anthropicAsk(model, prompt, limit, anthropicDrawn(drawn)), 'a question')));
  return {
    ...NOTHING,
    look: () => Promise.resolve({ version: null, model, notes: [] }),
    ways: () => Promise.resolve({ gd: null, choice: null, ps: null, psChat: null }),
    letters: () => Promise.reject(notGiven('log-probabilities')),
    choice: () => Promise.reject(notGiven('log-probabilities')),
    write: async (prompt, limit, drawn) => ({ ...(await ask(prompt, limit, drawn)), thought: null, cut: false }),
    fingerprint: async (prompt) => {
      const { text, promptTokens } = await ask(prompt, 24);
      return { top: new Map(), text, promptTokens, exact: false };
    },
  };
}
