import { describe, expect, it } from 'vitest';
import { makeState, type Decoder } from '../../../workers/language/decoder.ts';
import { PrefixHolder } from '../../../workers/language/prefix.ts';

/** A holder whose decoder only counts: [tokens that were computed, tokens whose state was at hand] of each prompt. */
function holder(alone: boolean): { readonly at: (ids: readonly number[]) => Promise<readonly [number, number]> } {
  let last: readonly [number, number] = [0, 0];
  const decoder: Decoder = {
    positionRows: 1,
    empty: () => makeState(0, new Map()),
    extend: (state, step) =>
      Promise.resolve({
        logits: { rows: 1, row: () => Float32Array.of(0) },
        state: makeState(state.length + step.count, new Map()),
      }),
  };
  const held = new PrefixHolder({
    ...{ decoder, alone },
    step: (ids, start, end) => ({ count: ids.slice(start, end).length, feeds: {}, positions: [] }),
    truncate: (_, length) => makeState(length, new Map()),
    count: (computed, reused) => {
      last = [computed, reused];
    },
  });
  return {
    at: async (ids) => {
      const { state } = await held.at(ids);
      expect(state.length).toBe(ids.length);
      return last;
    },
  };
}

describe('PrefixHolder', () => {
  it('computes a prompt from where it parts from the one before', async () => {
    const { at } = holder(false);
    expect(await at([1, 2, 3])).toEqual([3, 0]);
    expect(await at([1, 2, 4, 5])).toEqual([2, 2]);
    expect(await at([1, 2, 4, 5])).toEqual([0, 4]);
    expect(await at([1, 2])).toEqual([1, 1]);
  });

  it('computes each prompt alone where a run scales what it holds; the same one is not computed twice', async () => {
    const { at } = holder(true);
    expect(await at([1, 2, 3])).toEqual([3, 0]);
    expect(await at([1, 2, 4, 5])).toEqual([4, 0]);
    expect(await at([1, 2, 4, 5])).toEqual([0, 4]);
    expect(await at([1, 2, 4, 5, 6])).toEqual([5, 0]);
  });
});
