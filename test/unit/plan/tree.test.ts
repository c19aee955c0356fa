import { describe, expect, it } from 'vitest';
import { planTree, type PlannedSequence } from '../../../src/core/plan/tree.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** A sequence read at its last prompt position and at each option token but the last. */
function sequence(key: string, prompt: readonly number[], option: readonly number[] = [], decode = 0): PlannedSequence {
  const start = prompt.length;
  const reads =
    option.length === 0
      ? decode > 0
        ? []
        : [{ position: start - 1, targets: [1, 2] }]
      : option.map((t, j) => ({ position: start - 1 + j, targets: j === 0 ? [...option] : [t] }));
  return { key, ids: [...prompt, ...option], promptLength: start, reads, decode };
}

describe('planTree', () => {
  // 20 image tokens, then the letter prompt (10 tokens) or the open prompt (10 tokens).
  const image = range(100, 120);
  const letter = [...image, ...range(200, 210)];
  const open = [...image, ...range(300, 310)];

  it('computes the image once, each prompt once and each option on its prompt', () => {
    const tree = planTree([sequence('gd', letter), sequence('a', open, [11, 12, 13]), sequence('b', open, [21, 22])]);
    expect(
      tree.segments.map(({ id, parent, start, end, reads, children }) => ({ id, parent, start, end, reads, children })),
    ).toEqual([
      { id: 0, parent: null, start: 0, end: 20, reads: [], children: [1, 2] },
      { id: 1, parent: 0, start: 20, end: 30, reads: [{ position: 29, targets: [1, 2] }], children: [] },
      {
        id: 2,
        parent: 0,
        start: 20,
        end: 30,
        reads: [{ position: 29, targets: [11, 12, 13, 21, 22] }],
        children: [3, 4],
      },
      {
        id: 3,
        parent: 2,
        start: 30,
        end: 32,
        reads: [
          { position: 30, targets: [12] },
          { position: 31, targets: [13] },
        ],
        children: [],
      },
      { id: 4, parent: 2, start: 30, end: 31, reads: [{ position: 30, targets: [22] }], children: [] },
    ]);
    expect(tree.paths).toEqual({ gd: [0, 1], a: [0, 2, 3], b: [0, 2, 4] });
    expect(tree.work).toEqual({ prefills: 3, prefillTokens: 40, suffixes: 2, suffixTokens: 3, decodes: 0 });
  });

  it('computes a whole prompt in one run, shared by nothing but the same prompt', () => {
    const whole = (s: PlannedSequence): PlannedSequence => ({ ...s, whole: true });
    const asked = [sequence('gd', letter), sequence('a', open, [11, 12, 13]), sequence('b', open, [21, 22])];
    const tree = planTree(asked.map(whole), 5);
    expect(tree.segments.map(({ parent, start, end }) => [parent, start, end])).toEqual([
      [null, 0, 30],
      [null, 0, 30],
      [1, 30, 32],
      [1, 30, 31],
    ]);
    expect(tree.work).toEqual({ prefills: 2, prefillTokens: 60, suffixes: 2, suffixTokens: 3, decodes: 0 });
  });

  it('needs no suffix for an option of one token', () => {
    const tree = planTree([sequence('a', open, [11]), sequence('b', open, [21])]);
    expect(tree.work).toEqual({ prefills: 1, prefillTokens: 30, suffixes: 0, suffixTokens: 0, decodes: 0 });
  });

  it('steps back where the tokenizer merged the boundary: the option starts one token early', () => {
    const merged: PlannedSequence = {
      key: 'a',
      ids: [...open.slice(0, -1), 999, 11],
      promptLength: open.length - 1,
      reads: [
        { position: 28, targets: [999, 11] },
        { position: 29, targets: [11] },
      ],
      decode: 0,
    };
    const tree = planTree([merged, sequence('b', open, [21, 22])]);
    expect(tree.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 29],
      [29, 30],
      [29, 31],
    ]);
  });

  it('does not split for less than the shared stretch that pays', () => {
    const a = sequence('a', [1, 2, 3, 4]);
    const b = sequence('b', [1, 2, 3, 5]);
    expect(planTree([a, b], 0, 8).work).toMatchObject({ prefills: 2, prefillTokens: 8 });
    expect(planTree([a, b], 0, 3).work).toMatchObject({ prefills: 3, prefillTokens: 5 });
  });

  it('cuts before the image, so that system text is kept for the next image', () => {
    const tree = planTree([sequence('gd', letter), sequence('a', open, [11])], 12);
    expect(tree.segments.map(({ start, end, shared }) => [start, end, shared])).toEqual([
      [0, 12, true],
      [12, 20, false],
      [20, 30, false],
      [20, 30, false],
    ]);
  });

  it('decodes from the end of a prompt that others share', () => {
    const tree = planTree([sequence('gd', letter), sequence('mc', letter, [], 32)]);
    expect(tree.segments).toHaveLength(1);
    expect(tree.segments[0]).toMatchObject({
      decodes: [{ key: 'mc', limit: 32 }],
      reads: [{ position: 29, targets: [1, 2] }],
    });
  });

  it('refuses two sequences under one key', () => {
    expect(() => planTree([sequence('a', letter), sequence('a', open)])).toThrow('share the key a');
  });

  it('covers every needed token of every sequence exactly once, whatever the shapes', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    for (let round = 0; round < 200; round++) {
      const sequences = range(0, 1 + random(6)).map((i) => {
        const prompt = range(0, 1 + random(30)).map(() => random(2));
        return sequence(
          String(i),
          prompt,
          range(0, random(5)).map(() => random(3)),
          random(4) === 0 ? 5 : 0,
        );
      });
      const tree = planTree(sequences, random(12), 1 + random(9));
      for (const s of sequences) {
        const path = (tree.paths[s.key] ?? []).map((id) => tree.segments[id]);
        let at = 0;
        for (const seg of path) {
          expect(seg?.start).toBe(at);
          expect(seg?.ids).toEqual(s.ids.slice(seg?.start, seg?.end));
          at = seg?.end ?? -1;
        }
        expect(at).toBeGreaterThanOrEqual(
          s.decode > 0 ? s.ids.length : Math.max(0, ...s.reads.map((r) => r.position + 1)),
        );
        for (const r of s.reads) {
          const seg = path.find((x) => x && r.position >= x.start && r.position < x.end);
          const read = seg?.reads.find((x) => x.position === r.position);
          expect(read?.targets).toEqual(expect.arrayContaining([...r.targets]));
        }
      }
    }
  });
});
