import { fail, fault, ok, type Result } from '../fault.ts';
import { serverAddress } from './address.ts';

/** A key out of the environment, and the one server that it belongs to. */
export interface HeldKey {
  /** Scheme, host and port: a key for https goes to no http. */
  readonly origin: string;
  readonly key: string;
}

/** What the environment of the app's own server says of keys; never the keys themselves. */
export interface KeyNews {
  /** Origins of servers whose key is there. */
  readonly origins: readonly string[];
  /** A key is there that belongs to no server: it is sent nowhere. */
  readonly unbound: boolean;
}

/** Scheme, host and port of a server's address; '' where it is none. */
export function originOf(address: string): string {
  const read = serverAddress(address);
  return read.ok ? new URL(read.value.url).origin : '';
}

/**
 * Binds a key to one server: the one that the environment names, else the one that the command line does.
 * @param url of LOOKALIKE_SERVER_URL; '' where it is not set
 * @param named address of the server that the command line names; null: none
 * @returns null where there is no key, or no server that it could belong to
 */
export function heldKey(key: string, url: string, named: string | null): Result<HeldKey | null> {
  if (key === '') return ok(null);
  if (url !== '' && originOf(url) === '')
    return fail(
      fault('bad-argument', 'LOOKALIKE_SERVER_URL is no address of a server. Write it as https://api.openai.com.'),
    );
  const origin = originOf(url === '' ? (named ?? '') : url);
  return ok(origin === '' ? null : { origin, key });
}

/** The key that belongs to a server; '' where there is none. */
export function keyFor(held: readonly HeldKey[], address: string): string {
  const origin = originOf(address);
  return held.find((h) => h.origin === origin)?.key ?? '';
}

/** What a person is told of the environment's key before a server is asked; null where there is nothing to tell. */
export function keyWords({ origins, unbound }: KeyNews, address: string): string | null {
  if (unbound)
    return 'LOOKALIKE_SERVER_KEY is set, but LOOKALIKE_SERVER_URL does not say for which server: it is sent nowhere.';
  const [one] = origins;
  const to = originOf(address);
  if (one === undefined || to === '') return null;
  return origins.includes(to)
    ? `LOOKALIKE_SERVER_KEY belongs to ${to} and is sent where no key is typed.`
    : `LOOKALIKE_SERVER_KEY belongs to ${origins.join(' and ')}: it is not sent to ${to}.`;
}
