import { fault, FaultError } from '../core/fault.ts';
import { readContentRange } from '../core/models/hub/ranges.ts';
import { cut, Passing, persevere, requestOnce, type Hub, type Trying } from './client.ts';

/** The server sends whole files only. */
export class NoRanges extends Error {}

export interface RangeRequest extends Trying {
  readonly url: string;
  readonly repository: string;
  readonly path: string;
  /** Bytes [start, end) of a file of `size`. */
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** Bytes are handed to the browser's blob store in pieces of this size, so that a part is never whole in the page's memory. */
const FLUSH_BYTES = 4 * 1024 * 1024;
/** And at least so often, so that a slow download shows that it moves. */
const FLUSH_MS = 500;

/**
 * Bytes [start, end) of a file. A cut connection costs nothing that has arrived: the next request begins where it was cut.
 * @throws NoRanges; FaultError when the hub refuses or patience ends
 */
export async function fetchRange(hub: Hub, request: RangeRequest): Promise<Blob> {
  let have = new Blob([]);
  return persevere(hub, request, async (progress) => {
    const from = request.start + have.size;
    if (from >= request.end) return have;
    await withStall(hub, request, async (signal, alive) => {
      const range = `bytes=${from}-${request.end - 1}`;
      const response = await requestOnce(hub, request.url, request.repository, request.path, { range, signal });
      checkRange(response, request, from);
      for await (const blob of pieces(response, request.end - from, alive, request.path)) {
        have = new Blob([have, blob]);
        request.onBytes?.(blob.size);
        progress();
      }
    });
    if (request.start + have.size < request.end) throw new Passing(cut(request.path, 'the body ended early'));
    return have;
  });
}

function checkRange(response: Response, request: RangeRequest, from: number): void {
  if (response.status === 200) {
    if (from === 0 && request.end === request.size) return;
    void response.body?.cancel();
    throw new NoRanges();
  }
  const range = readContentRange(response.headers.get('content-range'));
  if (range === null) return; // not shown to the page: the hash will tell
  if (range.total !== null && range.total !== request.size)
    throw new Passing(wrongLength(request.path, request.size, range.total));
  if (range.start !== from) throw new Passing(cut(request.path, 'other bytes than asked for'));
}

const wrongLength = (path: string, due: number, got: number): FaultError =>
  new FaultError(
    fault(
      'network',
      `The hub announced ${due} bytes of ${path} and sends ${got}. Try again later, or choose another revision.`,
      { path, due, got },
    ),
  );

/** The first `limit` bytes of a body, in pieces; what was read before a cut is given out before the failure. */
async function* pieces(response: Response, limit: number, alive: () => void, path: string): AsyncGenerator<Blob> {
  const reader = response.body?.getReader();
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let left = limit;
  let flushed = performance.now();
  let failure: unknown = null;
  try {
    while (reader && left > 0) {
      const next = await reader.read().catch((error: unknown) => {
        failure = error ?? new Error('cut');
        return null;
      });
      if (next === null || next.done) break;
      alive();
      const bytes = next.value.subarray(0, left);
      pending.push(bytes);
      held += bytes.length;
      left -= bytes.length;
      if (held < FLUSH_BYTES && performance.now() - flushed < FLUSH_MS) continue;
      yield new Blob(pending);
      [pending, held, flushed] = [[], 0, performance.now()];
    }
    if (held > 0) yield new Blob(pending);
  } finally {
    void reader?.cancel().catch(() => undefined);
  }
  if (failure !== null) throw new Passing(cut(path, failure));
}

/** Runs `work` with a signal that also fires when `alive` was not called for the hub's stall time. */
async function withStall<T>(
  hub: Hub,
  options: Trying,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), hub.stallMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), hub.stallMs);
  };
  try {
    return await work(options.signal ? AbortSignal.any([options.signal, stall.signal]) : stall.signal, alive);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A whole file from a server without ranges, cut into parts as it comes. After a cut it begins again, but hands out no part twice.
 * @param wanted which parts are still due
 * @param onPart stores a part
 */
export async function fetchWhole(
  hub: Hub,
  request: Omit<RangeRequest, 'start' | 'end'> & { readonly partBytes: number },
  wanted: Set<number>,
  onPart: (index: number, blob: Blob) => Promise<void>,
): Promise<void> {
  await persevere(hub, request, async (progress) => {
    await withStall(hub, request, async (signal, alive) => {
      const response = await requestOnce(hub, request.url, request.repository, request.path, { signal });
      const length = response.headers.get('content-length');
      if (length !== null && response.headers.get('content-encoding') === null && Number(length) !== request.size)
        throw new Passing(wrongLength(request.path, request.size, Number(length)));
      let rest = new Blob([]);
      let index = 0;
      const take = async (blob: Blob): Promise<void> => {
        if (wanted.has(index)) {
          await onPart(index, blob);
          wanted.delete(index);
          progress();
        }
        index++;
      };
      for await (const blob of pieces(response, request.size, alive, request.path)) {
        request.onBytes?.(blob.size);
        rest = new Blob([rest, blob]);
        for (; rest.size >= request.partBytes; rest = rest.slice(request.partBytes))
          await take(rest.slice(0, request.partBytes));
      }
      if (index * request.partBytes + rest.size < request.size)
        throw new Passing(cut(request.path, 'the body ended early'));
      if (rest.size > 0 || request.size === 0) await take(rest);
    });
  });
}
