import { FaultError, fault } from '../core/fault.ts';
import { OFFICIAL_HUB, refusal, retryAfter } from '../core/models/hub/listing.ts';
import { backoff } from '../core/models/hub/ranges.ts';

/** A hub and how to reach it. The token lives here only: in memory, never stored. */
export interface Hub {
  readonly address: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
  /** Waits; rejects with the signal's reason when it is aborted. */
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** A connection that gives no byte for so long counts as cut. */
  readonly stallMs: number;
  /** Failures in a row, without a byte between, after which to give up. */
  readonly patience: number;
}

export function createHub(options: Partial<Hub> = {}): Hub {
  return {
    address: OFFICIAL_HUB,
    token: null,
    fetch: (input, init) => fetch(input, init),
    pause,
    stallMs: 30_000,
    patience: 8,
    ...options,
  };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(stopped());
    const timer = setTimeout(done, ms);
    function done(): void {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }
    function cancel(): void {
      clearTimeout(timer);
      reject(stopped());
    }
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

export const stopped = (): FaultError => new FaultError(fault('stopped', 'The download was paused.'));

/** A failure that may pass: the connection was cut, stalled or refused, or the hub asks to wait. */
export class Passing extends Error {
  readonly seconds: number | null;
  readonly last: FaultError;
  constructor(last: FaultError, seconds: number | null = null) {
    super(last.message);
    this.last = last;
    this.seconds = seconds;
  }
}

/** One request, not repeated. Refusals are thrown: as FaultError when final, as Passing when they may pass. */
export async function requestOnce(
  hub: Hub,
  url: string,
  repository: string,
  what: string,
  init: { range?: string; signal: AbortSignal },
): Promise<Response> {
  const headers = new Headers();
  if (init.range !== undefined) headers.set('Range', init.range);
  // The browser drops it when a redirect leaves the hub's origin, so a delivery host never sees it.
  if (hub.token !== null) headers.set('Authorization', `Bearer ${hub.token}`);
  let response: Response;
  try {
    response = await hub.fetch(url, {
      headers,
      signal: init.signal,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch (error) {
    throw new Passing(cut(what, error));
  }
  const contentType = response.headers.get('content-type') ?? '';
  if (response.ok && !contentType.includes('text/html')) return response;
  const answer = {
    status: response.status,
    contentType,
    errorCode: response.headers.get('x-error-code') ?? '',
    body: await response.text().catch(() => ''),
    retryAfter: retryAfter(response.headers.get('retry-after'), Date.now()),
  };
  const no = refusal(answer, repository, what);
  if (no.retryIn === null) throw new FaultError(no.fault);
  throw new Passing(new FaultError(no.fault), no.retryIn);
}

export function cut(what: string, error: unknown): FaultError {
  const detail = error instanceof Error ? error.message : String(error);
  return new FaultError(
    fault(
      'network',
      `The connection broke while fetching ${what} and did not come back. Check the network and resume; what has arrived is kept.`,
      {
        what,
        detail,
      },
    ),
  );
}

export interface Trying {
  readonly signal: AbortSignal | undefined;
  /** Told before each wait: why, and for how many seconds. */
  readonly onWait?: ((words: string, seconds: number) => void) | undefined;
}

/**
 * Repeats `work` while it fails in passing, waiting longer each time. `work` reports whether it got anywhere: progress renews patience.
 * @throws FaultError the last failure's, when patience ends; 'stopped'
 */
export async function persevere<T>(hub: Hub, options: Trying, work: (progress: () => void) => Promise<T>): Promise<T> {
  let failures = 0;
  for (;;) {
    if (options.signal?.aborted) throw stopped();
    try {
      return await work(() => {
        failures = 0;
      });
    } catch (error) {
      if (options.signal?.aborted) throw stopped();
      if (!(error instanceof Passing)) throw error;
      // A hub that says how long to wait is waited for longer than one that is silent.
      failures += error.seconds !== null && error.seconds >= 10 ? 0.2 : 1;
      if (failures > hub.patience) throw error.last;
      const seconds = Math.max(error.seconds ?? 0, backoff(failures, Math.random()));
      options.onWait?.(error.last.message, seconds);
      await hub.pause(seconds * 1000, options.signal);
    }
  }
}
