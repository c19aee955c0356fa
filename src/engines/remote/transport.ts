import { at } from '../../core/json.ts';
import { fail, fault, ok, toFault, type Fault, type Result } from '../../core/fault.ts';
import { bodyFrom, textAt, type HttpAnswer, type HttpAsk } from '../../core/servers/exchange.ts';
import { retryAfter, waitBefore } from '../../core/servers/retry.ts';
import { usageOf, type Usage } from '../../core/servers/usage.ts';

/** Sends a question to the server and waits for its answer, as often as it takes. Any status that no other try can change is an answer. */
export type Send = (ask: HttpAsk) => Promise<Result<HttpAnswer>>;

export interface Transport {
  readonly send: Send;
  /** Tokens that answers said they cost and that were not taken yet. */
  usage(): Usage;
  /** The same, taken: they are told once. */
  takeUsage(): Usage & { readonly requests: number };
  /** Ends what is under way; later calls answer 'stopped'. */
  end(reason: string): void;
}

export interface TransportOptions {
  /** Where the app's own server passes requests on: `/remote/<id>`. */
  readonly base: string;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Whether the user asked the run to stop; waiting ends then. */
  readonly stopped: () => boolean;
  /** Told of waiting, in a sentence. */
  readonly says: (text: string) => void;
  readonly world?: World;
}

/** What the transport needs of the outside; tests bring their own time. */
export interface World {
  fetch(url: string, init: RequestInit): Promise<Response>;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  now(): number;
}

/** The header by which the app's own server marks what it passes on. */
export const PROXY_HEADER = 'x-lookalike-remote';
/** A large model may take minutes for a long prompt. */
const TIMEOUT = 10 * 60_000;
/** No answer that is asked for is near that; one that never ends must not fill the memory. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** How often a wait looks whether the run was stopped. */
const LOOK_EVERY = 500;

export const REAL_WORLD: World = {
  fetch: (url, init) => fetch(url, init),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    }),
  now: () => Date.now(),
};

/** One try: an answer with what it says of waiting, or a fault that stands, or a break that may mend. */
type Tried =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer; readonly retryAfter: number | null }
  | { readonly kind: 'broken'; readonly words: string }
  | { readonly kind: 'fault'; readonly fault: Fault };

export function openTransport(options: TransportOptions): Transport {
  const world = options.world ?? REAL_WORLD;
  const gate = semaphore(options.concurrency);
  const over = new AbortController();
  let used = { input: 0, output: 0, requests: 0 };

  async function send(ask: HttpAsk): Promise<Result<HttpAnswer>> {
    const leave = await gate();
    try {
      return await untilAnswered(ask);
    } catch (e) {
      return fail(toFault(e));
    } finally {
      leave();
    }
  }

  async function untilAnswered(ask: HttpAsk): Promise<Result<HttpAnswer>> {
    const began = world.now();
    for (let tries = 1; ; tries++) {
      if (over.signal.aborted || options.stopped()) return fail(STOPPED);
      const tried = await once(ask);
      if (tried.kind === 'fault') return fail(tried.fault);
      const status = tried.kind === 'answer' ? tried.answer.status : null;
      if (tried.kind === 'answer' && tried.answer.status < 300) {
        const usage = usageOf(tried.answer.body);
        used = { input: used.input + usage.input, output: used.output + usage.output, requests: used.requests + 1 };
        return ok(tried.answer);
      }
      const state = { tries, elapsed: world.now() - began };
      const wait = waitBefore(status, tried.kind === 'answer' ? tried.retryAfter : null, state);
      if (wait === null) return tried.kind === 'answer' ? answered(tried.answer, tries) : fail(gone(tried.words));
      if (tries > 1 || wait > 5000) options.says(waitingWords(status, wait));
      await pause(wait);
    }
  }

  async function pause(ms: number): Promise<void> {
    for (let left = ms; left > 0 && !over.signal.aborted && !options.stopped(); left -= LOOK_EVERY)
      await world.sleep(Math.min(left, LOOK_EVERY), over.signal);
  }

  async function once({ method, path, body }: HttpAsk): Promise<Tried> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), TIMEOUT);
    const stop = (): void => late.abort();
    over.signal.addEventListener('abort', stop);
    try {
      const response = await world.fetch(`${options.base}${path}`, {
        method,
        signal: late.signal,
        redirect: 'error',
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const marked = response.headers.get(PROXY_HEADER);
      if (marked === null) return { kind: 'fault', fault: NO_PROXY };
      const text = await limitedText(response, () => late.abort());
      if (text === null) return { kind: 'fault', fault: ENDLESS };
      const parsed = bodyFrom(text);
      if (marked !== 'server') return ofProxy(marked, parsed);
      const asked = retryAfter(response.headers.get('retry-after'), world.now());
      return { kind: 'answer', answer: { status: response.status, body: parsed }, retryAfter: asked };
    } catch (e) {
      return { kind: 'broken', words: late.signal.aborted ? 'it did not answer in time' : toFault(e).message };
    } finally {
      clearTimeout(timer);
      over.signal.removeEventListener('abort', stop);
    }
  }

  return {
    send,
    usage: () => used,
    takeUsage: () => {
      const taken = used;
      used = { input: 0, output: 0, requests: 0 };
      return taken;
    },
    end: () => over.abort(),
  };
}

const STOPPED = fault('stopped', 'The run was stopped.');
const NO_PROXY = fault(
  'unsupported',
  'This page is not served by Lookalike’s own server, through which model servers are asked. Start it with npm start, or use npm run evaluate -- --server URL.',
);
const ENDLESS = fault(
  'server-wrong',
  `The server's answer does not end: it was cut off after ${LARGEST_ANSWER / 2 ** 20} MiB. Nothing was scored from it.`,
);

function gone(words: string): Fault {
  return fault(
    'server-gone',
    `The model server does not answer (${words}). What is scored is kept: start the server again and go on with the run.`,
  );
}

/** An answer that stayed what it is, however often it was asked for. */
function answered(answer: HttpAnswer, tries: number): Result<HttpAnswer> {
  if (answer.status === 429)
    return fail(
      fault('server-gone', 'The server still limits the rate of requests (429). What is scored is kept: go on later.'),
    );
  if ([502, 503, 504, 529].includes(answer.status)) return fail(gone(`${answer.status} in ${tries} tries`));
  return ok(answer);
}

/** What the app's own server says itself. */
function ofProxy(marked: string, body: unknown): Tried {
  const words = textAt(body, 'message') ?? marked;
  if (marked === 'unreachable') return { kind: 'broken', words };
  const code = at(body, 'code') === 'redirect' ? 'server-wrong' : 'server-refused';
  return { kind: 'fault', fault: fault(code, words) };
}

function waitingWords(status: number | null, wait: number): string {
  const why = status === null ? 'does not answer' : status === 429 ? 'limits the rate (429)' : `answers ${status}`;
  return `The server ${why}; it is asked again in ${Math.max(1, Math.round(wait / 1000))} s.`;
}

/** @returns null for an answer that is longer than any that is asked for */
async function limitedText(response: Response, cut: () => void): Promise<string | null> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > LARGEST_ANSWER) {
      cut();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** At most so many at once, in their order. */
function semaphore(width: number): () => Promise<() => void> {
  let free = Math.max(1, width);
  const queue: (() => void)[] = [];
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else free++;
  };
  return async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    return leave;
  };
}
