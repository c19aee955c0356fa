import { describe, expect, it } from 'vitest';
import { planTree, type PlannedSequence } from '../../../src/core/plan/tree.ts';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import { createLru } from '../../../workers/language/cache.ts';
import type { Decoder, State } from '../../../workers/language/decoder.ts';
import { executeTree, type Readings } from '../../../workers/language/execute.ts';
import { createHeldSegment, type HeldSegment } from '../../../workers/language/held.ts';

const VOCABULARY = 32;

/** A decoder whose logits follow from how many tokens it has seen; it counts what it is asked for and what is still alive. */
function countingDecoder(): { readonly decoder: Decoder; readonly ran: number[]; alive: () => number } {
  const ran: number[] = [];
  let alive = 0;
  const state = (length: number): State => {
    alive++;
    let gone = false;
    return {
      ...{ length, tensors: new Map(), bytes: length },
      dispose: () => {
        if (gone) throw new Error('disposed twice');
        gone = true;
        alive--;
      },
    };
  };
  const row = (length: number): Float32Array =>
    Float32Array.from({ length: VOCABULARY }, (_, t) => Math.sin(t * 3 + length));
  const decoder: Decoder = {
    positionRows: 0,
    empty: () => state(0),
    extend: (before, { count }) => {
      ran.push(count);
      const length = before.length + count;
      return Promise.resolve({
        state: state(length),
        logits: { rows: count, row: (i) => row(before.length + i + 1) },
      });
    },
  };
  return { decoder, ran, alive: () => alive };
}

const prompt = Array.from({ length: 12 }, (_, i) => i + 1);
const asked = (ids: readonly number[], decode = 0): PlannedSequence => ({
  ...{ key: 'prompt', ids, promptLength: ids.length, decode, blind: true },
  reads: decode > 0 ? [] : [{ position: ids.length - 1, targets: [20] }],
});
const option = (key: string, ...tokens: number[]): PlannedSequence => ({
  ...{ key, ids: [...prompt, ...tokens], promptLength: prompt.length, decode: 0, blind: true },
  reads: tokens.map((t, i) => ({ position: prompt.length - 1 + i, targets: [t] })),
});
const reply = [asked(prompt, 3)];
const likelihoods = [asked(prompt), option('0', 20, 21), option('1', 22, 23)];

function walk(decoder: Decoder, sequences: readonly PlannedSequence[], held?: HeldSegment): Promise<Readings> {
  return executeTree(planTree(sequences), sequences, {
    ...{ decoder, embed: null, held, work: { ...NO_WORK }, sharedKey: () => null },
    cache: createLru(
      0,
      (s) => s.bytes,
      (s) => s.dispose(),
    ),
    settings: { stopIds: new Set<number>(), positionsOf: () => [] },
    contextOf: () => ({ imageTokenId: -1, images: [], positions: [], feeds: {} }),
  });
}
const readOf = (r: Readings): unknown => ['0', '1'].map((key) => [...r.at(key, 11), ...r.at(key, 12)]);

describe('a judge’s prompt', () => {
  it('is computed once for its reply and the likelihoods behind it, which come out the same', async () => {
    const plain = countingDecoder();
    const [said, read] = [await walk(plain.decoder, reply), await walk(plain.decoder, likelihoods)];
    const once = countingDecoder();
    const held = createHeldSegment();
    expect((await walk(once.decoder, reply, held)).decoded('prompt')).toEqual(said.decoded('prompt'));
    expect(readOf(await walk(once.decoder, likelihoods, held))).toEqual(readOf(read));
    expect([plain.ran, once.ran].map((ran) => ran.filter((n) => n === prompt.length).length)).toEqual([2, 1]);
    held.release();
    expect([plain.alive(), once.alive()]).toEqual([0, 0]);
  });

  it('of other words is computed anew, and takes the place of what was held', async () => {
    const { decoder, ran, alive } = countingDecoder();
    const held = createHeldSegment();
    await walk(decoder, reply, held);
    await walk(decoder, [asked([...prompt].reverse(), 3)], held);
    expect(ran.filter((n) => n === prompt.length)).toHaveLength(2);
    expect(alive()).toBe(1);
    held.release();
    held.release();
    expect(alive()).toBe(0);
  });
});
