import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SETTINGS,
  draftPairs,
  draftable,
  draftByHand,
  type AssignedCategory,
  type DraftingJob,
  type PairToDraft,
} from '../../../src/app/draft-pairs.ts';
import { pairKey, readDrafts, type Draft } from '../../../src/core/drafting/draft.ts';
import { fail, fault, ok, type Result } from '../../../src/core/fault.ts';
import type { Generated, GenerateRequest } from '../../../src/engines/text.ts';

const GOOD = 'Question: Where is it?\nOption1: Left\nOption2: Right\nImage1: Left\nImage2: Right';
const BAD = 'Question: Where is it?\nOption1: Left\nOption2: Right\nImage1: Left\nImage2: Left';
const facts = { id: 'writer', sha256: 'a'.repeat(64), dtype: 'fp32', device: 'wasm', messages: [], files: [] } as const;
const caption = (n: number): string => `Image ${n} `.padEnd(120, 'of the chest ');

function pair(n: number, change: Partial<PairToDraft> = {}): PairToDraft {
  return {
    image_1: `${n}.png`,
    image_2: `${n + 1}.png`,
    sha256: [String(n).padStart(64, '0'), String(n + 1).padStart(64, '0')],
    captions: [caption(n), caption(n + 1)],
    categories: [['Spinal'], []],
    sim_med: 0.9,
    sim_gen: 0.5,
    ...change,
  };
}

/** A job whose writer replies as `reply` says; what it keeps, and what it was asked. */
function jobOf(
  pairs: readonly PairToDraft[],
  reply: (r: GenerateRequest) => Result<string>,
  more: Partial<DraftingJob> = {},
) {
  const asked: GenerateRequest[] = [];
  const kept: Draft[] = [];
  const categories: AssignedCategory[] = [];
  const generate = (request: GenerateRequest): Promise<Result<Generated>> => {
    asked.push(request);
    const r = reply(request);
    return Promise.resolve(r.ok ? ok({ text: r.value, tokens: 9, ended: 'model' }) : r);
  };
  const job: DraftingJob = {
    pairs,
    // The proof of the device is no matter of drafting.
    writer: { facts: { ...facts, certificate: {} as never }, generate },
    controlTokens: ['<|end|>'],
    settings: DEFAULT_SETTINGS,
    categories: null,
    done: new Set(),
    known: new Map(),
    signal: new AbortController().signal,
    keep: (d) => void kept.push(d),
    keepCategory: (c) => void categories.push(c),
    ...more,
  };
  return { job, asked, kept, categories };
}
const seeds = (asked: readonly GenerateRequest[]): readonly (number | null)[] =>
  asked.map((a) => a.sampling?.seed ?? null);

describe('drafting', () => {
  it('asks greedily first and keeps a good reply with all that made it', async () => {
    const { job, asked, kept } = jobOf([pair(1)], () => ok(GOOD));
    await draftPairs(job);
    expect(seeds(asked)).toEqual([null]);
    expect(kept[0]).toMatchObject({
      status: 'valid',
      parsed: { question: 'Where is it?', option_1: 'Left', option_2: 'Right', image_1: 'Left', image_2: 'Right' },
      categories: [['Spinal'], []],
      reply: GOOD,
      writer: { kind: 'model', sha256: facts.sha256 },
      settings: DEFAULT_SETTINGS,
    });
    expect(readDrafts(`${JSON.stringify(kept[0])}\n`)).toEqual({ drafts: kept, problems: [] });
  });

  it('tries an invalid reply again with three seeds, then keeps its text and reason', async () => {
    const { job, asked, kept } = jobOf([pair(1)], () => ok(BAD));
    await draftPairs(job);
    expect(seeds(asked)).toEqual([null, 1, 2, 3]);
    expect(kept[0]).toMatchObject({ status: 'invalid', parsed: null, reply: BAD });
    expect(kept[0]?.tries.map((t) => t.reason)).toEqual(Array(4).fill('Both images have the same answer: "Left".'));
  });

  it('ends trying with the first reply that is good', async () => {
    const { job, asked, kept } = jobOf([pair(1)], (r) => ok(r.sampling?.seed === 2 ? GOOD : 'Sorry.'));
    await draftPairs(job);
    expect(seeds(asked)).toEqual([null, 1, 2]);
    expect(kept[0]).toMatchObject({ status: 'valid', reply: GOOD });
    expect(kept[0]?.tries.map((t) => t.reason)).toEqual([
      'The reply holds no question.',
      'The reply holds no question.',
      null,
    ]);
  });

  it('takes no question on equal captions, whatever the reply', async () => {
    const { job, asked, kept } = jobOf([pair(1, { captions: [caption(1), `${caption(1)} `] })], () => ok(GOOD));
    await draftPairs(job);
    expect(asked).toHaveLength(1);
    expect(kept[0]).toMatchObject({ status: 'none', parsed: null });
  });

  it('leaves short captions out and counts them', async () => {
    const pairs = [pair(1), pair(2, { captions: ['short', caption(3)] }), pair(3, { captions: [null, caption(4)] })];
    const { job, kept } = jobOf(pairs, () => ok(GOOD));
    await draftPairs(job);
    expect(kept).toHaveLength(1);
    expect(draftable(pairs).leftOut).toEqual({ short: 1, noCaption: 1 });
  });

  it('sends no caption that would end the turn, and goes on behind it', async () => {
    const hostile = [`${caption(1)}<|end|>`, 'x'.repeat(20_000)].map((c, i) =>
      pair(i + 1, { captions: [caption(9), c] }),
    );
    const { job, asked, kept } = jobOf([...hostile, pair(5)], () => ok(GOOD));
    await draftPairs(job);
    expect(asked).toHaveLength(1);
    expect(kept.map((d) => d.status)).toEqual(['refused', 'refused', 'valid']);
    expect(kept[0]?.reason).toContain('<|end|>');
  });

  it('takes a prompt that does not fit for a refusal, and a lost device for the end', async () => {
    const long = jobOf([pair(1), pair(2)], () => fail(fault('bad-prompt', 'The prompt is too long.')));
    await draftPairs(long.job);
    expect(long.kept.map((d) => d.reason)).toEqual(Array(2).fill('The prompt is too long.'));
    const lost = jobOf([pair(1)], () => fail(fault('device-lost', 'The GPU was lost.')));
    await expect(draftPairs(lost.job)).rejects.toThrow('The GPU was lost.');
    expect(lost.kept).toEqual([]);
  });

  it('drafts nothing twice and loses nothing when it is stopped anywhere', async () => {
    const pairs = [1, 2, 3, 4].map((n) => pair(n));
    for (let stopAt = 0; stopAt <= 9; stopAt++) {
      const stop = new AbortController();
      const reply = (r: GenerateRequest): Result<string> => ok(r.prompt.user.startsWith('Caption:') ? 'Spinal' : GOOD);
      let n = 0;
      const first = jobOf(
        pairs,
        (r) => {
          if (n++ === stopAt) stop.abort();
          return reply(r);
        },
        { signal: stop.signal, categories: ['Spinal', 'Cardiac'] },
      );
      await draftPairs(first.job).catch(() => undefined);
      const second = jobOf(pairs, reply, {
        categories: ['Spinal', 'Cardiac'],
        done: new Set(first.kept.map(pairKey)),
        known: new Map(first.categories.map((c) => [c.sha256, c.category])),
      });
      await draftPairs(second.job);
      expect([...first.kept, ...second.kept].map(pairKey)).toEqual(pairs.map(pairKey));
      expect(first.asked.length + second.asked.length).toBe(5 + 4);
      expect([...first.kept, ...second.kept].every((d) => d.categories[0][0] === 'Spinal')).toBe(true);
    }
  });

  it('takes a reply that a person brings', async () => {
    expect(await draftByHand(pair(1), GOOD)).toMatchObject({ status: 'valid', writer: { kind: 'hand' } });
    expect(await draftByHand(pair(1), 'hello')).toMatchObject({ status: 'unreadable', reply: 'hello' });
  });
});
