import { at } from '../../../../src/core/json.ts';
import {
  MODELS,
  ok,
  promptOf,
  refused,
  row,
  usage,
  written,
  type Answer,
  type FakeServer,
  type Way,
} from '../answers.ts';
import { likeliest, textOf } from '../toy-model.ts';

/** Texts instead of ids, 20 at most; a bias that is honoured. */
export function openaiChat(body: unknown, fake: FakeServer): Answer {
  const { turn, ids } = promptOf(body, fake);
  const p = row(ids, turn.images, body, fake);
  const top = likeliest(p, 20).filter((t) => !fake.lies.has('no letters on top') || t.id !== 65);
  const lifted = fake.lies.has('no letters on top')
    ? top
    : [
        { id: 65, logprob: p[65] ?? 0 },
        { id: 66, logprob: p[66] ?? 0 },
        ...top.slice(0, 18).filter((t) => t.id !== 65 && t.id !== 66),
      ];
  const bias = at(body, 'logit_bias');
  const pushed = p.map((x, id) => x + Number(at(bias, String(id)) ?? 0));
  const limit = Number(at(body, 'max_tokens') ?? 1);
  const content = limit === 1 ? textOf([likeliest(pushed, 1)[0]?.id ?? 0]) : written(ids, turn.images, limit, fake);
  const entry = (t: { id: number; logprob: number }) =>
    fake.lies.has('no ids')
      ? { token: t.id === 97 ? 'A' : textOf([t.id]).trim(), logprob: t.logprob }
      : { token: textOf([t.id]), bytes: [t.id], logprob: t.logprob };
  const first = lifted[0] ?? { id: 0, logprob: 0 };
  const given = at(body, 'logprobs') === true && !fake.lies.has('no logprobs');
  const logprobs = given ? { content: [{ ...entry(first), top_logprobs: lifted.map(entry) }] } : null;
  return ok({ choices: [{ message: { role: 'assistant', content }, logprobs }], usage: usage(ids, limit) });
}

export const OPENAI: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('someone'),
  '/v1/chat/completions': (body, fake) =>
    at(body, 'generation_config') === undefined ? openaiChat(body, fake) : refused('Unexpected fields'),
};
