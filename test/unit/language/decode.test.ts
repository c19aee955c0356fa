import { Tensor } from 'onnxruntime-web/webgpu';
import { expect, it } from 'vitest';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import { createLru } from '../../../workers/language/cache.ts';
import { decodeGreedy } from '../../../workers/language/decode.ts';
import type { Decoder, State } from '../../../workers/language/decoder.ts';
import type { Embed } from '../../../workers/language/embed.ts';

const IMAGE = 7;
const state: State = { length: 2, tensors: new Map(), bytes: 0, dispose: () => undefined };
const likeliest = (token: number): Float32Array => Float32Array.from({ length: 8 }, (_, t) => (t === token ? 1 : 0));

it('an image’s token that the model writes is embedded as a word', async () => {
  const embedded: number[][] = [];
  const decoder: Decoder = {
    positionRows: 0,
    empty: () => state,
    extend: (_, { feeds }) => {
      const { data } = feeds['inputs_embeds'] as Tensor;
      embedded.push([...(data as Float32Array)]);
      return Promise.resolve({ state, logits: { rows: 1, row: () => likeliest(IMAGE) } });
    },
  };
  const embed: Embed = ([id = 0]) =>
    Promise.resolve({ inputs_embeds: new Tensor('float32', Float32Array.of(id, -id), [1, 1, 2]) });
  const ids = [1, IMAGE];
  const sequence = { key: 'prompt', ids, promptLength: 2, decode: 3, blind: false, reads: [] };
  const layout = { tiles: 1, rows: 0, cols: 0, grid: null, tokens: null };
  const shown = { rows: 1, width: 2, data: Float32Array.of(0.5, 0.5), layout, notes: [], extra: {} };
  const out = await decodeGreedy(likeliest(IMAGE), state, 3, sequence, {
    ...{ decoder, embed, work: { ...NO_WORK }, sharedKey: () => null },
    cache: createLru(
      0,
      (s: State) => s.bytes,
      (s) => s.dispose(),
    ),
    settings: { stopIds: new Set<number>(), positionsOf: () => [] },
    contextOf: () => ({ imageTokenId: IMAGE, images: [shown], positions: [], feeds: {} }),
  });
  expect(out).toEqual([IMAGE, IMAGE, IMAGE]);
  expect(embedded).toEqual([
    [IMAGE, -IMAGE],
    [IMAGE, -IMAGE],
  ]);
});
