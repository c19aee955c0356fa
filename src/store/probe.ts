import { errorName } from './words.ts';

/** What the browser's database can do for this page. */
export interface Keeping {
  /** `memory`: the browser keeps nothing, so that everything is gone with the page. */
  readonly where: 'disk' | 'memory';
  /** Whether Blobs can be kept as they are; where not (Safari's private windows), their bytes are. Turns false when a write proves it. */
  blobs: boolean;
}

/** A database of its own: nothing of the user's is touched, and idb has not looked at the globals before they may be replaced. */
const NAME = 'lookalike-probe';
const STORE = 'probe';
const WORDS = 'kept';

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser gives no reason')));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  const failed = (): Error => transaction.error ?? new Error('the transaction was aborted');
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(failed()));
  });
}

async function keeps(db: IDBDatabase, value: Blob | ArrayBuffer): Promise<boolean> {
  const writing = db.transaction(STORE, 'readwrite');
  const written = committed(writing);
  written.catch(() => undefined); // the request's own error comes first
  await answer(writing.objectStore(STORE).put(value, 0));
  await written;
  const back: unknown = await answer(db.transaction(STORE).objectStore(STORE).get(0));
  return (back instanceof Blob || back instanceof ArrayBuffer) && (await new Blob([back]).text()) === WORDS;
}

/** Whether a value of this kind comes back. A full disk is no reason to believe otherwise: it is said when something is to be kept. */
async function tried(db: IDBDatabase, value: Blob | ArrayBuffer): Promise<boolean> {
  try {
    return await keeps(db, value);
  } catch (error) {
    return errorName(error) === 'QuotaExceededError';
  }
}

/** Writes a few bytes and reads them back, as a Blob and as an ArrayBuffer. Never throws. */
export async function probeKeeping(): Promise<Keeping> {
  let db: IDBDatabase | null = null;
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
    db = await answer(opening);
    if (await tried(db, new Blob([WORDS]))) return { where: 'disk', blobs: true };
    const bytes = new TextEncoder().encode(WORDS);
    return { where: (await tried(db, bytes.buffer)) ? 'disk' : 'memory', blobs: false };
  } catch (error) {
    return { where: errorName(error) === 'QuotaExceededError' ? 'disk' : 'memory', blobs: true };
  } finally {
    db?.close();
  }
}
