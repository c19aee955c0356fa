import { fault, type Fault } from '../fault.ts';
import { at, readJson } from '../json.ts';

/** What is asked of a server: plain data. */
export interface HttpAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: unknown;
}

/** What it answered. */
export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

/** A body as JSON (NaN and Infinity, which servers in Python may write, are null), or as the text that it is. */
export function bodyFrom(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return text;
  }
}

export const get = (path: string): HttpAsk => ({ method: 'GET', path });
export const post = (path: string, body: unknown): HttpAsk => ({ method: 'POST', path, body });

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] | null {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : null;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : null;
}

export function finiteAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** Token ids at a path; null where anything else is there. */
export function idsAt(value: unknown, ...path: readonly (string | number)[]): readonly number[] | null {
  const found = listAt(value, ...path);
  if (found === null) return null;
  const ids = found.filter((id): id is number => Number.isInteger(id) && Number(id) >= 0);
  return ids.length === found.length ? ids : null;
}

/** Longest piece of a server's own words in a fault. */
const QUOTED = 300;

/** A server's own words for what went wrong, whatever shape it gives them. */
export function serverWords(body: unknown): string {
  const found =
    textAt(body, 'error', 'message') ??
    textAt(body, 'detail') ??
    textAt(body, 'error') ??
    textAt(body, 'message') ??
    textAt(body, 'object', 'message') ??
    (typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body));
  const line = found.replace(/\s+/g, ' ').trim();
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line;
}

/** The fault of an answer that is no success. */
export function answerFault({ status, body }: HttpAnswer, what: string): Fault {
  const words = serverWords(body);
  const said = words === '' ? '' : `: ${words.replace(/[.…]?$/, '.')}`;
  if (status === 401 || status === 403)
    return fault(
      'server-refused',
      `The server refuses ${what} (${status})${said === '' ? '.' : said} Give it the right key: typed on the page, or in LOOKALIKE_SERVER_KEY (LOOKALIKE_JUDGE_KEY for a judge beside another server).`,
      { status },
    );
  if (status === 404)
    return fault('server-refused', `The server does not know ${what} (404)${said === '' ? '.' : said}`, { status });
  if (status >= 500)
    return fault('runtime', `The server failed at ${what} (${status})${said === '' ? '.' : said}`, { status });
  return fault('unsupported', `The server does not take ${what} (${status})${said === '' ? '.' : said}`, { status });
}

/** An answer of a shape that the server's kind does not have: nothing is read out of it. */
export function strange(what: string, detail: string): Fault {
  return fault('server-wrong', `The server's answer to ${what} cannot be read: ${detail}. Nothing was scored from it.`);
}
