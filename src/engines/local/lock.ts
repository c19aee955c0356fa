import { webLocks } from '../../bridge/locks.ts';

const LOCK = 'lookalike-device';

/**
 * One model at a time owns the device, across all tabs of this origin (Web Locks). Waits while another tab holds it and says so.
 * @returns the way to let go; does nothing where the browser has no locks
 */
export async function holdDevice(says: (what: string) => void, cancelled: () => boolean): Promise<() => void> {
  const locks = await webLocks();
  if (locks === null) return () => undefined;
  const free = await request(locks, { ifAvailable: true });
  if (free) return free;
  says('waiting: another tab of Lookalike is running a model on this device');
  while (!cancelled()) {
    const held = await request(locks, { signal: AbortSignal.timeout(500) });
    if (held) return held;
  }
  return () => undefined;
}

/** The way to let go of the lock, or null when it could not be had. */
function request(locks: LockManager, options: LockOptions): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    locks
      .request(LOCK, options, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve(() => release()));
      })
      .catch(() => resolve(null));
  });
}
