import type { Tensor } from 'onnxruntime-web/webgpu';
import { expect, it } from 'vitest';
import { remembered } from '../../../workers/vlm/layouts/remembered.ts';

const rowsOf = ({ data }: Tensor): readonly number[] => [...(data as Float32Array)];

it('each token is embedded once, wherever and however often it stands', async () => {
  const made: (readonly number[])[] = [];
  const embed = remembered('float32', (ids) => {
    made.push(ids);
    return Promise.resolve(Float32Array.from(ids.flatMap((id) => [id, -id])));
  });
  const first = (await embed([3, 5, 3])).inputs_embeds;
  expect([first.dims, rowsOf(first)]).toEqual([
    [1, 3, 2],
    [3, -3, 5, -5, 3, -3],
  ]);
  expect(rowsOf((await embed([7, 5])).inputs_embeds)).toEqual([7, -7, 5, -5]);
  expect(rowsOf((await embed([3])).inputs_embeds)).toEqual([3, -3]);
  expect(made).toEqual([[3, 5], [7]]);
});

it('what was written into embeddings does not come back', async () => {
  const embed = remembered('float32', (ids) => Promise.resolve(Float32Array.from(ids)));
  const { inputs_embeds } = await embed([4]);
  (inputs_embeds.data as Float32Array)[0] = 9;
  expect(rowsOf((await embed([4])).inputs_embeds)).toEqual([4]);
});

it('a vocabulary without end is not kept whole', async () => {
  let asked = 0;
  const embed = remembered('float32', (ids) => {
    asked += ids.length;
    return Promise.resolve(Float32Array.from(ids));
  });
  const many = Array.from({ length: 4000 }, (_, i) => i);
  await embed(many);
  const more = Array.from({ length: 200 }, (_, i) => 5000 + i);
  expect(rowsOf((await embed([1, ...more])).inputs_embeds)).toEqual([1, ...more]);
  await embed([1, 2]);
  expect(asked).toBe(4000 + 200 + 1);
});
