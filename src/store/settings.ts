import * as v from 'valibot';
import { attempt, type Store } from './db.ts';

/**
 * A setting, checked against its schema; the fallback when it was never set, or holds something that no longer fits (a setting is a wish,
 * not data: an old one must not stop the page).
 */
export async function setting<T>(
  store: Store,
  key: string,
  schema: v.GenericSchema<unknown, T>,
  fallback: T,
): Promise<T> {
  const value: unknown = await attempt('reading a setting', () => store.db.get('settings', key));
  const result = v.safeParse(schema, value);
  return value !== undefined && result.success ? result.output : fallback;
}

export async function putSetting(store: Store, key: string, value: unknown): Promise<void> {
  await attempt('storing a setting', () => store.db.put('settings', value, key));
}
