import { toFault, type Fault } from '../../core/fault.ts';

/** What kept some work from its end; null where it is done, or the user stopped it. */
export async function problemOf(work: () => Promise<void>): Promise<Fault | null> {
  try {
    await work();
    return null;
  } catch (e) {
    const f = toFault(e);
    return f.code === 'stopped' ? null : f;
  }
}
