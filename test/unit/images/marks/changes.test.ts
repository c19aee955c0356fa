import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { captionOf } from '../../../../src/core/images/changes/caption.ts';
import { applyChanges, changesKey, type Change } from '../../../../src/core/images/changes/change.ts';
import { textSize } from '../../../../src/core/images/marks/shapes.ts';
import type { Raster } from '../../../../src/core/images/types.ts';
import { patternOf } from '../../../support/mark-patterns.ts';

const change: v.GenericSchema<unknown, Change> = v.variant('kind', [
  v.object({ kind: v.literal('jpeg'), quality: v.number() }),
  v.object({ kind: v.literal('rotate'), degrees: v.literal(5) }),
  v.object({ kind: v.literal('flip') }),
  v.object({ kind: v.literal('brightness'), percent: v.number() }),
  v.object({ kind: v.literal('noise'), sigma: v.number(), seed: v.string() }),
  v.object({ kind: v.literal('downscale'), by: v.number() }),
]);
const List = v.object({
  cases: v.array(
    v.object({
      change,
      width: v.number(),
      height: v.number(),
      picture: v.picklist(['pattern', 'smooth']),
      to: v.tuple([v.number(), v.number()]),
      sha256: v.string(),
      by: v.string(),
    }),
  ),
});
const file = readFileSync(join(import.meta.dirname, '..', '..', '..', 'marks', 'data', 'changes.json'), 'utf8');
const { cases } = v.parse(List, JSON.parse(file));

function smooth(width: number, height: number): Raster {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((pixel % width) * 3 + Math.floor(pixel / width) * 2 + (i % 3) * 11) % 256;
  });
  return { width, height, channels: 3, data };
}

describe('changes of an image give the bytes of Pillow and NumPy (tools/make/marks)', () => {
  it.each(cases.map((c) => [`${c.change.kind} ${c.width} x ${c.height} ${c.picture}, ${c.by}`, c] as const))(
    '%s',
    (_, c) => {
      const image = c.picture === 'smooth' ? smooth(c.width, c.height) : patternOf({ ...c, depth: 8 });
      const made = applyChanges(image, [c.change]);
      expect([made.width, made.height]).toEqual(c.to);
      expect(createHash('sha256').update(made.data).digest('hex')).toBe(c.sha256);
    },
  );
});

describe('a caption', () => {
  it.each([
    [128, 128, 'Yes'],
    [128, 128, 'The mediastinal silhouette is enlarged and shifted to the left side of the chest'],
    [40, 400, 'Pneumothorax of the right lung'],
    [1, 1, 'A'],
  ])('fits into an image of %i x %i: %s', (width, height, text) => {
    const mark = captionOf(text, { width, height });
    const [w, h] = textSize(mark, { width, height });
    expect(mark.x + w).toBeLessThanOrEqual(width + 1e-6);
    expect(mark.y + h).toBeLessThanOrEqual(height * 0.4);
    expect(mark.text.replace(/\n/g, ' ')).toBe(text);
  });
});

describe('the key of changes', () => {
  it('is the same for the same content in another order of fields, and another for another', () => {
    const a: Change[] = [{ kind: 'noise', sigma: 8, seed: '1' }];
    const b: Change[] = [{ seed: '1', kind: 'noise', sigma: 8 }];
    expect(changesKey(a)).toBe(changesKey(b));
    expect(changesKey(a)).not.toBe(changesKey([{ kind: 'noise', sigma: 8, seed: '2' }]));
  });
});
