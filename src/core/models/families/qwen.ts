import { fault, FaultError } from '../../fault.ts';
import { numberAt } from '../../json.ts';
import { common, imagePiece, mergeSize, plainPositions } from './common.ts';
import type { Family, FamilyFiles, PromptImage } from './types.ts';

function grid(image: PromptImage, files: FamilyFiles): { t: number; h: number; w: number } {
  const g = image.layout.grid;
  if (g === null) throw new FaultError(fault('internal', 'A Qwen-VL image was prepared without its patch grid.'));
  const m = mergeSize(files);
  return { t: g[0], h: Math.floor(g[1] / m), w: Math.floor(g[2] / m) };
}

/**
 * M-RoPE positions (transformers: models/qwen2_vl/modeling_qwen2_vl.py, `get_rope_index`): text advances all three rows together, an image
 * spreads over time, height and width from where it begins, and the text behind it goes on one past the largest position used.
 * Without images the rows are plain. Three rows (time, height, width); a fourth row, where the session takes one, comes first and is plain text order.
 */
function positions(
  ids: readonly number[],
  images: readonly PromptImage[],
  files: FamilyFiles,
  rows: number,
): number[][] {
  if (rows === 1) return plainPositions(ids.length, 1);
  const imageToken = numberAt(files.config, ['image_token_id'], -1);
  const out: [number[], number[], number[]] = [[], [], []];
  let next = 0;
  let image = 0;
  for (let i = 0; i < ids.length;) {
    const shown = images[image];
    if (ids[i] !== imageToken || shown === undefined) {
      for (const row of out) row.push(next);
      next++;
      i++;
      continue;
    }
    const { t, h, w } = grid(shown, files);
    const count = Math.min(t * h * w, ids.length - i);
    for (let k = 0; k < count; k++) {
      out[0].push(next + Math.floor(k / (h * w)));
      out[1].push(next + (Math.floor(k / w) % h));
      out[2].push(next + (k % w));
    }
    next += Math.max(t, h, w);
    i += count;
    image++;
  }
  return rows === 4 ? [plainPositions(ids.length, 1)[0] ?? [], ...out] : out;
}

const qwen = {
  ...common,
  expand: (image, files, vocabulary) => {
    const { t, h, w } = grid(image, files);
    return imagePiece(files, vocabulary).repeat(t * h * w);
  },
  positions,
} as const satisfies Omit<Family, 'type'>;

export const qwen2Vl: Family = { ...qwen, type: 'qwen2_vl', status: 'checked' };
export const qwen25Vl: Family = { ...qwen, type: 'qwen2_5_vl', status: 'checked' };
/** Qwen3-VL: exports for transformers.js take only the last layer's image features, those of tools/export all. */
export const qwen3Vl: Family = {
  ...qwen,
  type: 'qwen3_vl',
  status: 'checked',
  deepstack: true,
  caveat:
    "This export of Qwen3-VL leaves out its deepstack image features, so these likelihoods are the export's own (GD moves by up to 3 against the full model). Those of tools/export have them.",
};
export const qwen35: Family = { ...qwen, type: 'qwen3_5', status: 'checked' };
export const qwen3VlMoe: Family = { ...qwen3Vl, type: 'qwen3_vl_moe' };
export const qwen35Moe: Family = { ...qwen35, type: 'qwen3_5_moe' };
