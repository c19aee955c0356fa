import type { Embed } from '../../language/embed.ts';
import { floatTensor } from '../../onnx/tensors.ts';

/** Tokens whose embeddings are kept: some thousands of rows, each a few kilobytes. */
const KEPT = 4096;

/**
 * Embeddings where making them costs more than keeping them: those of a token are the same wherever it stands.
 * @param type in which the decoder takes them
 * @param make the rows of some tokens, float32 [ids, width]
 */
export function remembered(
  type: 'float32' | 'float16',
  make: (ids: readonly number[]) => Promise<Float32Array>,
): Embed {
  const known = new Map<number, Float32Array>();
  return async (ids) => {
    const wanted = new Set(ids);
    const fresh = [...wanted].filter((id) => !known.has(id));
    if (known.size + fresh.length > KEPT) for (const id of known.keys()) if (!wanted.has(id)) known.delete(id);
    if (fresh.length > 0) {
      const rows = await make(fresh);
      const width = rows.length / fresh.length;
      fresh.forEach((id, i) => known.set(id, rows.subarray(i * width, (i + 1) * width)));
    }
    const width = known.get(ids[0] ?? -1)?.length ?? 0;
    const all = new Float32Array(ids.length * width);
    ids.forEach((id, i) => all.set(known.get(id) ?? new Float32Array(width), i * width));
    return { inputs_embeds: floatTensor(all, [1, ids.length, width], type) };
  };
}
