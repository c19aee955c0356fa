import { at } from '../json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { dataOf, type ChatPrompt, type Drawn, type TopToken } from './chat.ts';
import { finiteAt, listAt, post, strange, textAt, type HttpAsk } from './exchange.ts';

/** Gemini's generateContent: text, and on some models log p of the likeliest 20 tokens. */
export function geminiAsk(
  model: string,
  { system, parts }: ChatPrompt,
  limit: number,
  more: Readonly<Record<string, unknown>> = {},
): HttpAsk {
  const name = model.replace(/^models\//, '');
  return post(`/v1beta/models/${name}:generateContent`, {
    contents: [{ role: 'user', parts: parts.map(part) }],
    ...(system === null ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    generationConfig: { temperature: 0, maxOutputTokens: limit, candidateCount: 1, ...more },
  });
}

/** A reply that is drawn. */
export function geminiDrawn(drawn: Drawn | null): Readonly<Record<string, unknown>> {
  return drawn === null ? {} : { temperature: drawn.temperature, topP: drawn.topP, seed: drawn.seed };
}

/** Up to 20 of the likeliest tokens at each place. */
export const GEMINI_TOP = { responseLogprobs: true, logprobs: 20 };

function part(p: ChatPrompt['parts'][number]): unknown {
  if (p.kind === 'text') return { text: p.text };
  const { type, data } = dataOf(p.url);
  return { inlineData: { mimeType: type, data } };
}

export interface GeminiReply {
  readonly text: string;
  readonly cut: boolean;
  /** It ended at the limit of new tokens. */
  readonly atLimit: boolean;
  readonly promptTokens: number;
  readonly newTokens: number;
  /** The likeliest tokens at the first place; empty: none were given. */
  readonly top: readonly TopToken[];
  readonly version: string | null;
}

export function readGemini(body: unknown): Result<GeminiReply> {
  const blocked = textAt(body, 'promptFeedback', 'blockReason');
  if (blocked !== null) return fail(strange('a question', `the service blocked it (${blocked})`));
  const candidate = at(body, 'candidates', 0);
  if (candidate === undefined) return fail(strange('a question', 'it has no candidate'));
  const parts = (listAt(candidate, 'content', 'parts') ?? []).filter((p) => at(p, 'thought') !== true);
  return ok({
    text: parts.map((p) => textAt(p, 'text') ?? '').join(''),
    cut: parts.length === 0,
    atLimit: textAt(candidate, 'finishReason') === 'MAX_TOKENS',
    promptTokens: finiteAt(body, 'usageMetadata', 'promptTokenCount') ?? 0,
    newTokens:
      (finiteAt(body, 'usageMetadata', 'candidatesTokenCount') ?? 0) +
      (finiteAt(body, 'usageMetadata', 'thoughtsTokenCount') ?? 0),
    top: (listAt(candidate, 'logprobsResult', 'topCandidates', 0, 'candidates') ?? []).flatMap(token),
    version: textAt(body, 'modelVersion'),
  });
}

function token(entry: unknown): readonly TopToken[] {
  const [text, logprob] = [textAt(entry, 'token'), finiteAt(entry, 'logProbability')];
  return text === null || logprob === null ? [] : [{ id: finiteAt(entry, 'tokenId'), text, bytes: null, logprob }];
}
