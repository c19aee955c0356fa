import * as v from 'valibot';
import type { Session } from '../core/readers/session.ts';
import { attempt, transact, type Store } from './db.ts';
import { checked } from './checked.ts';
import { letter, text } from './row-parts.ts';

const session: v.GenericSchema<unknown, Session> = v.object({
  id: text,
  benchmarkId: text,
  name: text,
  seed: v.number(),
  feedback: v.picklist(['end', 'at-once']),
  startedAt: text,
  answers: v.array(v.object({ pair: text, image: v.picklist([1, 2]), chosen: letter, ms: v.number() })),
  run: v.nullable(text),
});

/** Writes down how far a reader has come; durable before it resolves. */
export async function putSession(store: Store, row: Session): Promise<void> {
  await transact(store, 'storing an answer', ['readers'], 'strict', (tx) => tx.objectStore('readers').put(row));
}

/** All readers' sessions, the newest first. */
export async function listSessions(store: Store): Promise<readonly Session[]> {
  const rows: readonly unknown[] = await attempt('reading the readers', () => store.db.getAll('readers'));
  return rows.map((row) => checked(session, row, 'reader')).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
