import { at } from '../../../../src/core/json.ts';
import { idsAt, listAt, textAt } from '../../../../src/core/servers/exchange.ts';
import { MODELS, ok, row, type Answer, type FakeServer, type Way } from '../answers.ts';
import { BOS, IMAGE, likeliest, textOf, tokenize } from '../toy-model.ts';
import { openaiChat } from './openai.ts';

/** `/generate`: text with a placeholder for each image, rows of `[log p, id, text]`. */
function sglangGenerate(body: unknown, fake: FakeServer): Answer {
  const images = (listAt(body, 'image_data') ?? []).filter((x) => typeof x === 'string');
  const text = tokenize(textAt(body, 'text') ?? '').flatMap((id) =>
    id === IMAGE ? [IMAGE, IMAGE, IMAGE, IMAGE] : [id],
  );
  const ids = fake.lies.has('no bos') ? [BOS, ...text] : text;
  const p = row(ids, images, body, fake);
  const rows = (list: readonly number[]) => list.map((id) => [p[id], id, null]);
  const top = likeliest(p, Number(at(body, 'top_logprobs_num') ?? 0));
  const wanted = idsAt(body, 'token_ids_logprob');
  const prompt = ids.map((id, i) => {
    const told = fake.lies.has('wrong ids') ? id + 1 : id;
    return i === 0 ? [null, told, null] : [row(ids.slice(0, i), images, body, fake)[id], told, null];
  });
  return ok({
    text: textOf([likeliest(p, 1)[0]?.id ?? 0]),
    meta_info: {
      ...{ prompt_tokens: ids.length, completion_tokens: 1 },
      output_token_ids_logprobs: wanted === null ? null : [rows(wanted)],
      output_top_logprobs: top.length === 0 ? null : [rows(top.map((t) => t.id))],
      ...(at(body, 'logprob_start_len') === 0 ? { input_token_logprobs: prompt } : {}),
    },
  });
}

export const SGLANG: Readonly<Record<string, Way>> = {
  '/v1/models': MODELS('sglang'),
  '/tokenize': (body) => ok({ tokens: tokenize(textAt(body, 'prompt') ?? ''), count: 0, max_model_len: 4096 }),
  '/generate': sglangGenerate,
  '/v1/chat/completions': openaiChat,
};
