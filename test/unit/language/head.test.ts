import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { expect, it } from 'vitest';
import { createHead } from '../../../workers/language/head.ts';

/** A head that gives the negative of what it is given, and notes it. */
function session(type: 'float32' | 'float16', given: Tensor[]): InferenceSession {
  return {
    inputNames: ['hidden_states'],
    outputNames: ['logits'],
    inputMetadata: [{ name: 'hidden_states', isTensor: true, type, shape: ['batch_size', 'sequence_length', 2] }],
    run: ({ hidden_states: h }: Record<string, Tensor>) => {
      if (!h) throw new Error('The head was given no hidden states.');
      given.push(h);
      return Promise.resolve({ logits: h });
    },
  } as unknown as InferenceSession;
}
const hidden = (): Tensor => new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2]);
const present = new Tensor('float32', Float32Array.of(9), [1, 1, 1, 1]);

it('a head computes the last rows only, of whatever name the hidden states have', async () => {
  const given: Tensor[] = [];
  const head = createHead(session('float32', given));
  for (const name of ['hidden_states', 'last_hidden_state'])
    await head({ 'present.0.key': present, [name]: hidden() }, 2);
  expect(given.map((t) => [t.dims, [...(t.data as Float32Array)]])).toEqual([
    [
      [1, 2, 2],
      [3, 4, 5, 6],
    ],
    [
      [1, 2, 2],
      [3, 4, 5, 6],
    ],
  ]);
});

it('a head takes what there is where the decoder kept fewer rows itself, in the type of its weights', async () => {
  const given: Tensor[] = [];
  await createHead(session('float16', given))({ hidden_states: hidden() }, 8);
  expect([given[0]?.type, given[0]?.dims]).toEqual(['float16', [1, 3, 2]]);
});

it('a decoder without hidden states is refused in words', async () => {
  await expect(createHead(session('float32', []))({ 'present.0.key': present }, 1)).rejects.toThrow(/no hidden states/);
});
