let asked: Promise<LockManager | null> | null = null;

async function ask(): Promise<LockManager | null> {
  const locks = typeof navigator === 'undefined' || !('locks' in navigator) ? null : navigator.locks;
  try {
    await locks?.query();
    return locks;
  } catch {
    return null;
  }
}

/** Web Locks; null where the browser has none, or refuses them because it keeps nothing for this page (Firefox then throws at every use). */
export function webLocks(): Promise<LockManager | null> {
  return (asked ??= ask());
}
