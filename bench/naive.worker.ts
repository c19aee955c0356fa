/**
 * The published algorithm, written plainly on transformers.js: for GD one forward pass of the model over prompt and image, for PS one for each option,
 * the image encoded each time (arXiv 2409.15477, section 3.1). What the bench compares with; the product never runs it.
 */
import {
  AutoModelForImageTextToText,
  AutoTokenizer,
  Tensor,
  type PreTrainedModel,
  type PreTrainedTokenizer,
} from '@huggingface/transformers';
import { expose } from 'comlink';
import type { ProcessedImage } from '../src/core/images/types.ts';
import type { LoadRequest } from '../src/protocol/engine.ts';
import { openFiles } from '../workers/onnx/files.ts';
import { createGpuMeter } from '../workers/onnx/gpu.ts';
import { configureRuntime, LOCAL_ID } from '../workers/onnx/runtime.ts';

export interface NaiveQuestion {
  /** Prompts with their images expanded, as text; and the options' texts. */
  readonly gd: string;
  readonly ps: string;
  readonly options: readonly [string, string];
}

let model: PreTrainedModel;
let tokenizer: PreTrainedTokenizer;
const counts = { imageEncodes: 0, prefills: 0, tokens: 0 };

async function load(request: LoadRequest): Promise<void> {
  configureRuntime(openFiles(request.source), request, createGpuMeter());
  tokenizer = await AutoTokenizer.from_pretrained(LOCAL_ID);
  model = await AutoModelForImageTextToText.from_pretrained(LOCAL_ID, { device: request.device, dtype: request.dtype });
}

function tensor(t: ProcessedImage['tensors'][string]): Tensor {
  return new Tensor(t.type, t.data as Float32Array, [...t.dims]);
}

/** log p of each token given those before it, over one full forward pass. */
async function forward(
  text: string,
  image: ProcessedImage,
): Promise<{ ids: number[]; logprob: (position: number, token: number) => number }> {
  const ids = tokenizer.encode(text);
  const input = BigInt64Array.from(ids, BigInt);
  const inputs: Record<string, Tensor> = {
    input_ids: new Tensor('int64', input, [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  };
  for (const [name, t] of Object.entries(image.tensors)) inputs[name] = tensor(t);
  const { logits } = (await model(inputs)) as { logits: Tensor };
  counts.imageEncodes += 1;
  counts.prefills += 1;
  counts.tokens += ids.length;
  const [, , width = 0] = logits.dims;
  const data = logits.data as Float32Array;
  return {
    ids,
    logprob: (position, token) => {
      const row = data.subarray(position * width, (position + 1) * width);
      let max = -Infinity;
      for (const x of row) if (x > max) max = x;
      let sum = 0;
      for (const x of row) sum += Math.exp(x - max);
      return (row[token] ?? NaN) - max - Math.log(sum);
    },
  };
}

/** A free answer by the library's own generate: greedy, at most `limit` new tokens. */
async function answer(text: string, image: ProcessedImage, limit: number): Promise<void> {
  const ids = tokenizer.encode(text);
  const inputs: Record<string, Tensor> = {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  };
  for (const [name, t] of Object.entries(image.tensors)) inputs[name] = tensor(t);
  await model.generate({ ...inputs, max_new_tokens: limit, do_sample: false } as never);
  counts.imageEncodes += 1;
  counts.prefills += 1;
  counts.tokens += ids.length + limit;
}

/** GD and PS of one question, and answers where `limits` asks for them (MC on the letter prompt, FF on the open one). @returns [gd A, gd B, ps A, ps B] */
async function score(
  q: NaiveQuestion,
  image: ProcessedImage,
  limits: { readonly mc: number; readonly ff: number } | null,
): Promise<number[]> {
  if (limits) {
    await answer(q.gd, image, limits.mc);
    await answer(q.ps, image, limits.ff);
  }
  const gd = await forward(q.gd, image);
  const letters = ['A', 'B'].map((l) =>
    gd.logprob(gd.ids.length - 1, tokenizer.encode(l, { add_special_tokens: false })[0] ?? -1),
  );
  const prefix = tokenizer.encode(q.ps);
  const ps: number[] = [];
  for (const option of q.options) {
    const { ids, logprob } = await forward(q.ps + option, image);
    let start = 0;
    while (start < prefix.length && ids[start] === prefix[start]) start++;
    const reads = ids.slice(start).map((t, j) => logprob(start - 1 + j, t));
    ps.push(reads.reduce((a, b) => a + b, 0) / reads.length);
  }
  return [...letters, ...ps];
}

const api = { load, score, counts: () => counts };
export type NaiveApi = typeof api;
expose(api);
