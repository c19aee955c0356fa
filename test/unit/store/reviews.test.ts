import { describe, expect, it } from 'vitest';
import { pairKey } from '../../../src/core/drafting/draft.ts';
import { exportTrail, verifyTrail } from '../../../src/core/review/chain.ts';
import type { Change, Opening } from '../../../src/core/review/events.ts';
import { openStore } from '../../../src/store/db.ts';
import { deleteDraftSet, draftsOf, listDraftSets, putDrafts, putDraftSet } from '../../../src/store/drafts.ts';
import { appendEvent, beginTrail, eventsOf, textHash, trailsOf } from '../../../src/store/reviews.ts';
import { draftOf, good, scored } from '../review/drafts.ts';
import { faultOf, freshStore } from './fixtures.ts';

const set = { id: 's', name: 'set', madeAt: '2026-01-01', collection: null, chosen: null, categories: [], leftOut: 0 };
const trail = {
  id: 't',
  set: 's',
  reviewer: 'A',
  role: 'reviewer',
  madeAt: '2026-01-01T00:00:00.000Z',
  imported: false,
} as const;
const opening: Opening = {
  kind: 'open',
  reviewer: 'A',
  role: 'reviewer',
  drafts: '0'.repeat(64),
  thresholds: { least: 5 },
};
const change = (n: number): Change => scored(`pair ${n}`, 'score-1', good((n % 10) + 1));

describe('drafts', () => {
  it('are kept in their order, each pair once', async () => {
    const store = await freshStore();
    await putDraftSet(store, set);
    const [one, two] = [draftOf(1), draftOf(2)];
    await putDrafts(store, 's', [{ order: 1, draft: two }]);
    await putDrafts(store, 's', [
      { order: 0, draft: one },
      { order: 1, draft: { ...two, reply: 'again' } },
    ]);
    expect(await draftsOf(store, 's')).toEqual([one, two]);
    expect(await listDraftSets(store)).toEqual([set]);
  });

  it('keep what was chosen and found for the set, and sets of earlier versions are read', async () => {
    const store = await freshStore();
    const search = { collection: null, images: 5, thresholds: { med: 0.9, gen: 0.75 }, encoders: ['medical: m'] };
    const more = { ...set, least: 4, search, blind: { by: 'm', odds: { '["q","a","b"]': [1, 2] as const } } };
    await putDraftSet(store, more);
    await putDraftSet(store, { ...set, id: 'earlier' });
    expect(await listDraftSets(store)).toEqual([{ ...set, id: 'earlier' }, more]);
  });

  it('go with their trails', async () => {
    const store = await freshStore();
    await putDraftSet(store, set);
    await putDrafts(store, 's', [{ order: 0, draft: draftOf(1) }]);
    await beginTrail(store, trail, opening);
    await deleteDraftSet(store, 's');
    expect([await draftsOf(store, 's'), await trailsOf(store, 's'), await eventsOf(store, 't')]).toEqual([[], [], []]);
  });
});

describe('a trail', () => {
  it('grows by one event at a time, and is whole', async () => {
    const store = await freshStore();
    await beginTrail(store, trail, opening);
    let [last] = await eventsOf(store, 't');
    for (let n = 0; n < 5 && last; n++) last = await appendEvent(store, 't', last, change(n));
    const events = await eventsOf(store, 't');
    expect(events).toHaveLength(6);
    const proved = await verifyTrail(await exportTrail(events, '2026-01-02T00:00:00.000Z', textHash), textHash);
    expect(proved.ok).toBe(true);
    expect(pairKey({ image_1: 'a', image_2: 'b' })).toBe('a|b');
  });

  it('is not written to from two windows at once', async () => {
    const store = await freshStore();
    await beginTrail(store, trail, opening);
    const [last] = await eventsOf(store, 't');
    if (!last) throw new Error('no opening');
    await appendEvent(store, 't', last, change(1));
    expect((await faultOf(appendEvent(store, 't', last, change(2)))).message).toContain('another window');
    expect(await eventsOf(store, 't')).toHaveLength(2);
  });

  it('loses no event and doubles none in 100 kills', async () => {
    const name = 'killed';
    const begin = await openStore(name);
    await beginTrail(begin, trail, opening);
    begin.close();
    let told = 1;
    for (let kill = 0; kill < 100; kill++) {
      const store = await openStore(name);
      let last = (await eventsOf(store, 't')).at(-1);
      for (let n = 0; n <= kill % 3 && last; n++) {
        const adding = appendEvent(store, 't', last, change(kill * 3 + n));
        if (n === kill % 3) {
          // The page is gone with an event in hand: it may be kept or not.
          for (let turn = 0; turn < kill % 7; turn++) await Promise.resolve();
          store.close();
          await adding.catch(() => undefined);
        } else {
          const added = await adding;
          [last, told] = [added, added.n];
        }
      }
      const again = await openStore(name);
      const events = await eventsOf(again, 't');
      expect(events.map((e) => e.n)).toEqual(events.map((_, i) => i + 1));
      expect(events.length).toBeGreaterThanOrEqual(told);
      const proved = await verifyTrail(await exportTrail(events, '2026-01-02T00:00:00.000Z', textHash), textHash);
      expect(proved.ok).toBe(true);
      again.close();
    }
    expect(told).toBeGreaterThan(60);
  });
});
