import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawMarks } from '../../../../src/core/images/marks/draw.ts';
import { patternOf } from '../../../support/mark-patterns.ts';
import { markCases } from '../../../support/marks.ts';

const cases = markCases();

describe('marks are burned in with the bytes of the second implementation (tools/make/marks)', () => {
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const image = patternOf(c);
    const before = image.data.slice();
    const drawn = drawMarks(image, c.marks);
    const changed = Array.from({ length: c.width * c.height }, (_, i) => i * 3).filter((i) =>
      [0, 1, 2].some((k) => drawn.data[i + k] !== image.data[i + k]),
    ).length;
    expect(changed).toBe(c.changed);
    expect(createHash('sha256').update(drawn.data).digest('hex')).toBe(c.sha256);
    expect(Buffer.compare(image.data, before)).toBe(0);
  });

  it('covers each mark, edges, outside, thin lines, single pixels, 16 bits and large images', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(cases.filter((c) => c.id.endsWith('-outside')).map((c) => c.changed)).toEqual([0, 0, 0, 0]);
    expect(cases.filter((c) => c.id.endsWith('-thin')).every((c) => c.changed > 0)).toBe(true);
  });
});
