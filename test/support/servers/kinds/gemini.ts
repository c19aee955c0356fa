import { at } from '../../../../src/core/json.ts';
import { listAt, textAt } from '../../../../src/core/servers/exchange.ts';
import { ok, row, written, type Answer, type FakeServer, type Way } from '../answers.ts';
import { likeliest, rendered, textOf, type Turn } from '../toy-model.ts';

/** A turn in Gemini's shape: the likeliest tokens by text and id, or none on models that give none. */
function gemini(body: unknown, fake: FakeServer): Answer {
  const parts = listAt(body, 'contents', 0, 'parts') ?? [];
  const turn: Turn = {
    system: textAt(body, 'systemInstruction', 'parts', 0, 'text') ?? '',
    text: parts.map((p) => textAt(p, 'text') ?? '').join(''),
    images: parts.flatMap((p) => textAt(p, 'inlineData', 'data') ?? []),
  };
  if (at(body, 'generationConfig', 'responseLogprobs') === true && fake.lies.has('no logprobs'))
    return {
      status: 400,
      body: { error: { code: 400, message: 'Logprobs is not enabled', status: 'INVALID_ARGUMENT' } },
    };
  const { ids } = rendered(turn, false);
  const p = row(ids, turn.images, body, fake);
  const limit = Number(at(body, 'generationConfig', 'maxOutputTokens') ?? 1);
  const likely = likeliest(p, 20).filter((t) => t.id !== 65 && t.id !== 66);
  const letters = fake.lies.has('no letters on top') ? [] : [65, 66].map((id) => ({ id, logprob: p[id] ?? 0 }));
  const candidates = [...letters, ...likely].slice(0, 20);
  const named = candidates.map((t) => ({ token: textOf([t.id]), tokenId: t.id, logProbability: t.logprob }));
  const text = written(ids, turn.images, limit, fake);
  const asked = at(body, 'generationConfig', 'responseLogprobs') === true;
  return ok({
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        finishReason: 'MAX_TOKENS',
        ...(asked ? { logprobsResult: { topCandidates: [{ candidates: named }], chosenCandidates: [] } } : {}),
      },
    ],
    usageMetadata: { promptTokenCount: ids.length, candidatesTokenCount: limit, totalTokenCount: ids.length + limit },
    modelVersion: 'toy-001',
  });
}

export const GEMINI: Readonly<Record<string, Way>> = { '/v1beta/models/toy:generateContent': gemini };
