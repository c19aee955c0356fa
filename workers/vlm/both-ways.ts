import { numberAt } from '../../src/core/json.ts';
import type { Family } from '../../src/core/models/families/types.ts';
import type { Decoder, State } from '../language/decoder.ts';
import { embedSegment } from '../language/embed.ts';
import { floats } from '../onnx/tensors.ts';
import type { OpenedModel } from './load.ts';

/** Differences of what a token leaves in the cache below this are the arithmetic's own. */
const SAME = 1e-3;

/**
 * A family whose exports differ in how the prompt is masked or in what they hold of the image, settled by what this export computes.
 * @returns the family as this export has it
 */
export async function settled(model: OpenedModel, decoder: Decoder): Promise<Family> {
  const { family } = model;
  if (family.deepstack && isDeep(model)) return { ...family, caveat: null };
  if (family.prompt !== 'settled') return family;
  const both = await seesAhead(model, decoder);
  return { ...family, prompt: both ? 'whole' : 'tokens', caveat: both ? null : family.caveat };
}

/** Whether the decoder takes more behind the embeddings than their own width. */
function isDeep({ sessions, files }: OpenedModel): boolean {
  const meta = sessions.decoder.inputMetadata.find((m) => m.name === 'inputs_embeds');
  const width = meta?.isTensor ? meta.shape.at(-1) : undefined;
  return typeof width === 'number' && width > numberAt(files.config, ['text_config', 'hidden_size'], width);
}

/** Whether the first of two tokens leaves something else in the cache when a second is computed with it. */
async function seesAhead(model: OpenedModel, decoder: Decoder): Promise<boolean> {
  const [alone, together] = [await stateOf(model, decoder, [1]), await stateOf(model, decoder, [1, 2])];
  try {
    for (const [name, tensor] of alone.tensors) {
      const longer = together.tensors.get(name);
      if (!longer) continue;
      const [a, b] = [await floats(tensor), await floats(longer)];
      const width = tensor.dims.at(-1) ?? 1;
      // [1, heads, tokens, width]: the first token of each head.
      for (let i = 0; i < a.length; i++) {
        const other = b[Math.floor(i / width) * 2 * width + (i % width)] ?? 0;
        if (Math.abs((a[i] ?? 0) - other) > SAME * (1 + Math.abs(other))) return true;
      }
    }
    return false;
  } finally {
    alone.dispose();
    together.dispose();
  }
}

async function stateOf(model: OpenedModel, decoder: Decoder, ids: readonly number[]): Promise<State> {
  const rows = Math.max(1, decoder.positionRows);
  const positions = model.family.positions(ids, [], model.files, rows);
  const context = { imageTokenId: -1, images: [], positions, feeds: {} };
  const step = await embedSegment(model.sessions.embed, ids, 0, ids.length, context);
  const empty = decoder.empty();
  const { state } = await decoder.extend(empty, step, 1);
  empty.dispose();
  return state;
}
