import { fault, FaultError } from '../core/fault.ts';
import { follow } from '../core/review/chain.ts';
import type { Change, Kept, Opening } from '../core/review/events.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { sha256 } from './hash.ts';
import { eventRow, trailRow, type TrailRow } from './review-rows.ts';

/** SHA-256 of a text, as trails are hashed. */
export const textHash = (text: string): Promise<string> => sha256(new TextEncoder().encode(text));

/** Begins a trail with whose it is. */
export async function beginTrail(store: Store, row: TrailRow, opening: Opening): Promise<void> {
  const event = await follow(null, opening, row.madeAt, textHash);
  await transact(store, 'beginning a trail', ['trails', 'events'], 'strict', async (tx) => {
    await tx.objectStore('trails').add(row);
    await tx.objectStore('events').add({ trail: row.id, n: event.n, event });
  });
}

/** Keeps a trail that came as a file and was proved, with all its events or none. */
export async function importTrail(store: Store, row: TrailRow, events: readonly Kept[]): Promise<void> {
  await transact(store, 'storing a trail', ['trails', 'events'], 'strict', async (tx) => {
    await tx.objectStore('trails').add(row);
    for (const event of events) await tx.objectStore('events').add({ trail: row.id, n: event.n, event });
  });
}

/** Trails of a set of drafts, the oldest first. */
export async function trailsOf(store: Store, set: string): Promise<readonly TrailRow[]> {
  const rows: readonly unknown[] = await attempt('reading the trails', () =>
    store.db.getAllFromIndex('trails', 'set', set),
  );
  return rows.map((row) => checked(trailRow, row, 'trail')).sort((a, b) => a.madeAt.localeCompare(b.madeAt));
}

/** Events of a trail in their order. */
export async function eventsOf(store: Store, trail: string): Promise<readonly Kept[]> {
  const rows: readonly unknown[] = await attempt('reading a trail', () =>
    store.db.getAllFromIndex('events', 'trail', trail),
  );
  return rows.map((row) => checked(eventRow, row, 'event').event).sort((a, b) => a.n - b.n);
}

/**
 * Adds one event behind the last, on disk before it resolves. An event is added or not, never half, and never twice: its number is its key.
 * @param last the last event that is known
 * @throws FaultError 'storage' where another window added one meanwhile
 */
export async function appendEvent(store: Store, trail: string, last: Kept, change: Change): Promise<Kept> {
  const event = await follow(last, change, new Date().toISOString(), textHash);
  await transact(store, 'storing what was reviewed', ['events'], 'strict', async (tx) => {
    const events = tx.objectStore('events');
    const taken = await events.getKey([trail, event.n]);
    const before = await events.get([trail, last.n]);
    if (taken !== undefined || before?.event.hash !== last.hash)
      throw new FaultError(
        fault('storage', 'This review goes on in another window. Reload the page to go on here.', {
          trail,
          n: event.n,
        }),
      );
    await events.add({ trail, n: event.n, event });
  });
  return event;
}
