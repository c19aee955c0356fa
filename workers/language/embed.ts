import type { Tensor } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';
import type { Step } from './decoder.ts';
import { int64, writeRows } from '../onnx/tensors.ts';

/** What the decoder takes of token ids, by name: `inputs_embeds` [1, ids, width], and whatever else the embedding session gives. */
export type Embed = (
  ids: readonly number[],
) => Promise<Readonly<Record<string, Tensor>> & { readonly inputs_embeds: Tensor }>;

/** A prompt's images, and where their tokens stand in its ids. */
export interface PromptContext {
  readonly imageTokenId: number;
  readonly images: readonly FeatureData[];
  /** Rows of position ids for the whole sequence. */
  readonly positions: readonly (readonly number[])[];
  /** From which token on the image is seen, where the decoder takes its states (`cross_attention_mask`). */
  readonly seenFrom?: number;
  /** Further inputs of the decoder: an encoder's output and its mask. */
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/**
 * The decoder's input for tokens [start, end) of a sequence: embeddings (`embed` null: the ids themselves), with the rows of image tokens replaced by the images' features in order.
 * @throws FaultError 'bad-prompt' when the prompt holds another number of image tokens than the images have rows
 */
export async function embedSegment(
  embed: Embed | null,
  ids: readonly number[],
  start: number,
  end: number,
  context: PromptContext,
): Promise<Step> {
  const part = ids.slice(start, end);
  // Text models embed inside their one graph.
  if (embed === null)
    return {
      count: part.length,
      feeds: { input_ids: int64(part, [1, part.length]) },
      positions: slicePositions(context, start, end),
    };
  // An image token below zero (moondream1: -200) has no embedding; whatever row it is given is replaced.
  const embedded = await embed(part.map((id) => Math.max(0, id)));
  const feeds: Record<string, Tensor> = { ...embedded, ...context.feeds, inputs_embeds: embedded.inputs_embeds };
  const { seenFrom } = context;
  if (seenFrom !== undefined)
    feeds['cross_attention_mask'] = int64(
      part.map((_, i) => (start + i >= seenFrom ? 1 : 0)),
      [1, part.length],
    );
  if (context.images.length > 0) mergeImages(embedded.inputs_embeds, ids, start, end, context);
  return { count: part.length, feeds, positions: slicePositions(context, start, end) };
}

function slicePositions(context: PromptContext, start: number, end: number): readonly (readonly number[])[] {
  return context.positions.map((row) => row.slice(start, end));
}

/** Checks once for a whole prompt that its image tokens are as many as it needs: `rows`, of features or of images. */
export function requireImageTokens(ids: readonly number[], imageTokenId: number, rows: number): void {
  const tokens = ids.reduce((n, id) => n + (id === imageTokenId ? 1 : 0), 0);
  if (tokens !== rows)
    throw new FaultError(
      fault(
        'bad-prompt',
        `The prompt holds ${tokens} image tokens for ${rows} rows of image features. A question or option that contains the model's image placeholder does this: rewrite it.`,
        { tokens, rows },
      ),
    );
}

function mergeImages(embeds: Tensor, ids: readonly number[], start: number, end: number, context: PromptContext): void {
  let index = 0;
  for (let i = 0; i < start; i++) if (ids[i] === context.imageTokenId) index++;
  const width = embeds.dims.at(-1) ?? 0;
  for (let i = start; i < end; i++) {
    if (ids[i] !== context.imageTokenId) continue;
    const row = featureRow(context.images, index++);
    if (row.length !== width)
      throw new FaultError(
        fault('bad-model', `Image features are ${row.length} wide where the decoder takes ${width}.`),
      );
    writeRows(embeds, i - start, width, row);
  }
}

function featureRow(images: readonly FeatureData[], index: number): Float32Array {
  let i = index;
  for (const f of images) {
    if (i < f.rows) return f.data.subarray(i * f.width, (i + 1) * f.width);
    i -= f.rows;
  }
  throw new FaultError(fault('bad-prompt', 'The prompt holds more image tokens than there are image features.'));
}
