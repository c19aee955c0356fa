import type { Draft } from '../core/drafting/draft.ts';
import { pairKey } from '../core/drafting/draft.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { draftRow, draftSet, type DraftSet } from './draft-rows.ts';
import { IMAGE_STORES, sweepImages } from './images.ts';

/** Writes a set of drafts down; its drafts come one by one. */
export async function putDraftSet(store: Store, set: DraftSet): Promise<void> {
  await transact(store, 'storing the drafts', ['draftSets'], 'strict', (tx) => tx.objectStore('draftSets').put(set));
}

/** All sets of drafts, the newest first. */
export async function listDraftSets(store: Store): Promise<readonly DraftSet[]> {
  const rows: readonly unknown[] = await attempt('reading the drafts', () => store.db.getAll('draftSets'));
  return rows.map((row) => checked(draftSet, row, 'set of drafts')).sort((a, b) => b.madeAt.localeCompare(a.madeAt));
}

/** Keeps drafts; durable before it resolves. A pair that has a draft in the set keeps it: nothing is drafted twice. */
export async function putDrafts(
  store: Store,
  set: string,
  drafts: readonly { readonly order: number; readonly draft: Draft }[],
): Promise<void> {
  await transact(store, 'storing a draft', ['drafts'], 'strict', async (tx) => {
    for (const { order, draft } of drafts) {
      const pair = pairKey(draft);
      if ((await tx.objectStore('drafts').getKey([set, pair])) === undefined)
        await tx.objectStore('drafts').put({ set, pair, order, draft });
    }
  });
}

/** The drafts of a set in their order. */
export async function draftsOf(store: Store, set: string): Promise<readonly Draft[]> {
  const rows: readonly unknown[] = await attempt('reading the drafts', () =>
    store.db.getAllFromIndex('drafts', 'set', set),
  );
  return rows
    .map((row) => checked(draftRow, row, 'draft'))
    .sort((a, b) => a.order - b.order)
    .map(({ draft }) => draft);
}

/** Deletes a set with its drafts and trails, and the images that nothing else needs. */
export async function deleteDraftSet(store: Store, id: string): Promise<void> {
  await transact(store, 'deleting the drafts', ['draftSets', 'trails', 'events'], 'relaxed', async (tx) => {
    await tx.objectStore('draftSets').delete(id);
    for (const trail of await tx.objectStore('trails').index('set').getAllKeys(id)) {
      await tx.objectStore('trails').delete(trail);
      const events = tx.objectStore('events');
      for (const key of await events.index('trail').getAllKeys(trail)) await events.delete(key);
    }
  });
  await transact(store, 'deleting the drafts', [...IMAGE_STORES], 'relaxed', async (tx) => {
    const drafts = tx.objectStore('drafts');
    for (const key of await drafts.index('set').getAllKeys(id)) await drafts.delete(key);
    await sweepImages(tx);
  });
}
