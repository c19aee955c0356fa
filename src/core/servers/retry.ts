/** What to do about an answer that failed: how long to wait before the next try; null: no other try can help. */
export interface RetryState {
  /** Tries so far, from 1. */
  readonly tries: number;
  /** Milliseconds since the first. */
  readonly elapsed: number;
}

/** Answers that may be others later: busy, overloaded, restarting. */
const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 529]);
/** A server's own failure is tried so often before it is taken to lie in the question. */
const FAILURES = 3;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
/** A server that dies may need minutes to load its model again. */
export const PATIENCE = 10 * 60_000;
/** No service is waited for longer than that at once, whatever it asks. */
const LONGEST_ASKED = 15 * 60_000;

/**
 * @param status of the answer; null where there was none (no connection, cut off)
 * @param retryAfter milliseconds that the server asks to wait; null: it does not say
 */
export function waitBefore(
  status: number | null,
  retryAfter: number | null,
  { tries, elapsed }: RetryState,
): number | null {
  if (status !== null && !BUSY.has(status)) return null;
  if (status === 500 && tries >= FAILURES) return null;
  if (retryAfter !== null && retryAfter > LONGEST_ASKED) return null;
  if (elapsed > PATIENCE) return null;
  return retryAfter ?? Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT);
}

/** Milliseconds of a Retry-After header: seconds, or a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
