import type { Fault } from '../../core/fault.ts';
import { bytes, duration } from '../kit/format.ts';
import type { Job } from '../shared/downloads.svelte.ts';

/** Whether the hub wants an access token: it refused with 401 or 403 (a proxy answers otherwise). */
export function isGated({ code, facts }: Fault): boolean {
  const status = facts?.['status'];
  return code === 'network' && (status === 401 || status === 403);
}

/** Where a download is: '12 MB of 340 MB, 5.1 MB/s, 1 min 4 s left'. */
export function progressWords({
  done,
  total,
  rate,
  running,
}: Pick<Job, 'done' | 'total' | 'rate' | 'running'>): string {
  const amount = `${bytes(done)} of ${bytes(total)}`;
  if (!running) return `${amount}, paused`;
  if (done >= total) return `${amount}, checking what arrived`;
  if (rate === null || rate < 1) return amount;
  return `${amount}, ${bytes(rate)}/s, ${duration((total - done) / rate)} left`;
}
