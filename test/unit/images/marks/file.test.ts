import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withMarks } from '../../../../src/core/benchmark/marks.ts';
import { readMarkFile, writeMarkFile } from '../../../../src/core/images/marks/file.ts';
import { USUAL_STROKE, type MarkSet } from '../../../../src/core/images/marks/mark.ts';
import { placed } from '../../../../src/core/images/marks/place.ts';
import { isMarkSet } from '../../../../src/core/images/marks/read.ts';
import { demoMarks } from '../../../../tools/make/marks/make_demo.mjs';
import { markCases } from '../../../support/marks.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const file = (value: unknown): string => JSON.stringify({ format: 'lookalike-marks/1', pairs: { '7': value } });
const refusal = (text: string): string => {
  const read = readMarkFile('marks.json', text);
  return read.ok ? 'taken' : read.fault.message;
};

describe('a file of marks', () => {
  it('is read as it was written, whatever was drawn', () => {
    const marks: MarkSet = Object.fromEntries(markCases().map((c) => [c.id, [c.marks, []] as const]));
    const text = writeMarkFile(marks);
    expect(readMarkFile('marks.json', text)).toEqual({ ok: true, value: marks });
    expect(isMarkSet(marks)).toBe(true);
  });
  it('may have a bounding box or nothing in place of marks', () => {
    expect(readMarkFile('f', file({ im_1: [3, 4, 10, 12], im_2: null }))).toEqual({
      ok: true,
      value: { '7': [[{ kind: 'box', x0: 3, y0: 4, x1: 11, y1: 13, ...USUAL_STROKE }], []] },
    });
  });
  it('may leave out how a mark is drawn', () => {
    const read = readMarkFile('f', file({ im_1: [{ kind: 'point', x: 1, y: 2 }] }));
    expect(read.ok && read.value['7']).toEqual([[{ kind: 'point', x: 1, y: 2, ...USUAL_STROKE }], []]);
  });
  it.each([
    ['no JSON', 'is not JSON', '{'],
    ['another format', 'holds no marks', '{"format": "marks/9", "pairs": {}}'],
    ['no pairs', 'holds no marks', '[]'],
    ['a pair without images', '"im_1" and "im_2"', file({})],
    ['a kind that is none', 'pairs.7.im_1[0].kind: one of arrow, box,', file({ im_1: [{ kind: 'star' }] })],
    ['a coordinate that is none', 'im_1[0].x0: a number of pixels', file({ im_1: [{ kind: 'box', x0: '1' }] })],
    [
      'an arrow to itself',
      'an arrow from one point to another',
      file({ im_1: [{ kind: 'arrow', x0: 1, y0: 1, x1: 1, y1: 1 }] }),
    ],
    ['a wrong colour', 'a colour "#rrggbb"', file({ im_1: [{ kind: 'point', x: 1, y: 1, colour: 'red' }] })],
    [
      'a width of pixels',
      "a share of the image's shorter side",
      file({ im_1: [{ kind: 'point', x: 1, y: 1, width: 3 }] }),
    ],
    ['an empty text', 'a text of 1 to', file({ im_1: [{ kind: 'text', x: 1, y: 1, text: ' ' }] })],
    ['a box of no corners', 'a box [left, top, right, bottom]', file({ im_1: [9, 9, 1, 1] })],
  ])('with %s is refused in one sentence', (_, message, text) => {
    expect(refusal(text)).toContain(message);
  });
});

describe('marks beside a benchmark', () => {
  const none = { name: 'b', sha256: 's', pairs: [], skipped: [{ pair: '7', reason: 'no image' }], problems: [] };
  it('belong to it; those of other pairs are left out, since a part of a benchmark may come with all marks', () => {
    const text = writeMarkFile({ '7': [[], []], '8': [[], []] });
    expect(withMarks(none, text)).toEqual({ ...none, marks: { '7': [[], []] } });
    expect(withMarks(none, null)).toEqual(none);
  });
  it('that cannot be read are a problem', () => {
    expect(withMarks(none, '{').problems).toMatchObject([{ message: expect.stringContaining('is not JSON') }]);
  });
});

describe('the built-in benchmark', () => {
  it('has marks for all of its 69 pairs: an ellipse around each of 114 findings', async () => {
    const text = readFileSync(join(ROOT, 'public/benchmarks/phantoms/data/marks.json'), 'utf8');
    const truth = JSON.parse(readFileSync(join(ROOT, 'test/marks/data/phantom-findings.json'), 'utf8')) as {
      pairs: Record<string, Record<'im_1' | 'im_2', [number, number, number, number] | null>>;
    };
    const read = readMarkFile('marks.json', text);
    if (!read.ok) throw new Error(read.fault.message);
    expect(Object.keys(read.value)).toEqual(Object.keys(truth.pairs));
    expect(Object.keys(read.value)).toHaveLength(69);
    expect(await demoMarks(truth.pairs)).toBe(text);
    const marks = Object.entries(read.value).flatMap(([id, both]) =>
      both.map((m, i) => ({ marks: m, box: truth.pairs[id]?.[i === 0 ? 'im_1' : 'im_2'] ?? null })),
    );
    expect(marks.filter((m) => m.marks.length === 1)).toHaveLength(114);
    for (const { marks: drawn, box } of marks) {
      const [mark] = drawn;
      expect(mark === undefined).toBe(box === null);
      if (mark?.kind !== 'ellipse' || box === null) continue;
      expect(mark.x0 < box[0] && mark.y0 < box[1] && mark.x1 > box[2] && mark.y1 > box[3]).toBe(true);
    }
  });
});

describe('places of marks', () => {
  const size = { width: 100, height: 80 };
  const box = { kind: 'box', x0: 10, y0: 20, x1: 30, y1: 40, ...USUAL_STROKE } as const;
  it('are mirrored left to right, twice is the same again', () => {
    const once = placed([box], { kind: 'mirrored' }, size);
    expect(once).toEqual([{ ...box, x0: 90, x1: 70 }]);
    expect(placed(once, { kind: 'mirrored' }, size)).toEqual([box]);
  });
  it('are random but fixed by the seed, inside the image and off their own place', () => {
    const places = Array.from({ length: 50 }, (_, i) => placed([box], { kind: 'random', seed: String(i) }, size)[0]);
    expect(placed([box], { kind: 'random', seed: '3' }, size)[0]).toEqual(places[3]);
    for (const p of places) {
      if (p?.kind !== 'box') throw new Error('no box');
      expect([p.x1 - p.x0, p.y1 - p.y0]).toEqual([20, 20]);
      expect(p.x0 >= 0 && p.y0 >= 0 && p.x1 <= 100 && p.y1 <= 80).toBe(true);
      expect(p.x0 < 30 && p.x1 > 10 && p.y0 < 40 && p.y1 > 20).toBe(false);
    }
    expect(new Set(places.map((p) => JSON.stringify(p))).size).toBeGreaterThan(40);
  });
  it('move all marks of an image together', () => {
    const other = { ...box, x0: 12, y0: 22, x1: 14, y1: 24 };
    const [a, b] = placed([box, other], { kind: 'random', seed: 'x' }, size);
    if (a?.kind !== 'box' || b?.kind !== 'box') throw new Error('no boxes');
    expect([b.x0 - a.x0, b.y0 - a.y0]).toEqual([2, 2]);
  });
});
