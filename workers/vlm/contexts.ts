import { Tensor } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { PlannedSequence } from '../../src/core/plan/tree.ts';
import type { TreeWork, Work } from '../../src/core/plan/types.ts';
import type { FeatureData } from '../../src/protocol/engine.ts';
import type { PromptContext } from '../language/embed.ts';
import type { OpenedModel } from './load.ts';
import { floats, int64 } from '../onnx/tensors.ts';
import type { Tokenizer } from '../language/tokenizer.ts';
import { readImages, statesOf } from './seeing.ts';

/** The context of each sequence, and what making them cost: encoder runs of encoder-decoder families. */
export interface Contexts {
  of(key: string): PromptContext;
  readonly encoded: Pick<TreeWork, 'prefills' | 'prefillTokens'>;
  dispose(): void;
}

/** The images of prompts in order: those of the shots, then (not for blind prompts) the one that is asked about. */
export interface Shown {
  readonly seeing: readonly FeatureData[];
  readonly blind: readonly FeatureData[];
}

/** Builds what stands behind the tokens of each sequence: images, positions, and for encoder-decoders the encoder's output, once a prompt. */
export async function buildContexts(
  model: OpenedModel,
  tokenizer: Tokenizer,
  shown: Shown,
  sequences: readonly PlannedSequence[],
  positionRows: number,
  work: Work,
): Promise<Contexts> {
  const imageTokenId = model.family.imageTokenId(model.files, tokenizer);
  const encoded = { prefills: 0, prefillTokens: 0 };
  const outputs = new Map<string, Readonly<Record<string, Tensor>>>();
  const contexts = new Map<string, PromptContext>();
  const read = new Map<string, readonly FeatureData[]>();
  const readOnce = async (instruction: string, images: readonly FeatureData[]): Promise<readonly FeatureData[]> => {
    const known = read.get(instruction);
    if (known || images.length === 0) return known ?? images;
    const made = await readImages(model, images, instruction);
    read.set(instruction, made);
    return made;
  };
  for (const s of sequences) {
    const asked = s.blind ? shown.blind : shown.seeing;
    const images = s.instruction === undefined ? asked : await readOnce(s.instruction, asked);
    const positions = model.family.positions(s.ids, images, model.files, positionRows);
    let feeds: Readonly<Record<string, Tensor>> = {};
    if (model.family.sees === 'states') {
      feeds = outputs.get(`${s.blind}`) ?? statesOf(model.sessions.decoder, asked);
      outputs.set(`${s.blind}`, feeds);
      const first = s.ids.indexOf(imageTokenId);
      const seenFrom = first < 0 ? Infinity : first;
      contexts.set(s.key, { imageTokenId: -1, images: [], positions, feeds, seenFrom });
      continue;
    }
    if (s.context !== undefined) {
      feeds =
        outputs.get(`${s.blind}${s.context}`) ??
        (await encodePrompt(model, tokenizer.encodeWhole(s.context), images, encoded));
      outputs.set(`${s.blind}${s.context}`, feeds);
    }
    contexts.set(s.key, { imageTokenId, images, positions, feeds });
  }
  work.prefills += encoded.prefills;
  work.prefillTokens += encoded.prefillTokens;
  return {
    of: (key) => {
      const c = contexts.get(key);
      if (!c) throw new FaultError(fault('internal', `No context for the sequence ${key}.`));
      return c;
    },
    encoded,
    dispose: () => {
      for (const feeds of outputs.values()) for (const t of Object.values(feeds)) t.dispose();
    },
  };
}

/** Runs the encoder on image features followed by the prompt's embeddings (transformers: models/florence2, `_merge_input_ids_with_image_features`). */
async function encodePrompt(
  model: OpenedModel,
  ids: readonly number[],
  images: readonly FeatureData[],
  count: { prefills: number; prefillTokens: number },
): Promise<Readonly<Record<string, Tensor>>> {
  const { embed, encoder } = model.sessions;
  if (!encoder)
    throw new FaultError(fault('bad-model', 'The model is an encoder-decoder, but its folder has no encoder_model.'));
  const { inputs_embeds: text } = await embed(ids);
  const width = text.dims.at(-1) ?? 0;
  const total = images.reduce((n, f) => n + f.rows, 0) + ids.length;
  const values = new Float32Array(total * width);
  let at = 0;
  for (const part of [...images.map((f) => f.data), await floats(text)]) {
    values.set(part, at);
    at += part.length;
  }
  text.dispose();
  const mask = int64(new Array<number>(total).fill(1), [1, total]);
  const out = await encoder.run({
    inputs_embeds: new Tensor('float32', values, [1, total, width]),
    attention_mask: mask,
  });
  const hidden = out['last_hidden_state'] ?? out[encoder.outputNames[0] ?? ''];
  if (!hidden) throw new FaultError(fault('unsupported', 'The encoder gives no hidden states.'));
  count.prefills += 1;
  count.prefillTokens += total;
  return { encoder_hidden_states: hidden, encoder_attention_mask: mask };
}
