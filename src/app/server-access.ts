import { fail, fault, ok, type FaultCode, type Result } from '../core/fault.ts';
import { at } from '../core/json.ts';
import { serverAddress } from '../core/servers/address.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import { listAt, textAt } from '../core/servers/exchange.ts';
import type { KeyNews } from '../core/servers/keys.ts';
import { PROXY_HEADER } from '../engines/remote/transport.ts';

/** What a page without the app's own server can do. */
const NO_SERVER = fault(
  'unsupported',
  'This page is not served by Lookalike’s own server, through which model servers are asked. Start it on your machine with npm start and open the address that it prints, or use npm run evaluate -- --server URL.',
);
/** Keys that were typed and hosts that were agreed to on this page: in memory, and gone with it. */
export interface ServerAccess {
  /** `key` '': none, and Lookalike's own server sends that of its environment where it has one for this very server. */
  setKey(url: string, key: string): void;
  keyOf(url: string): string;
  agree(host: string): void;
  agreed(host: string): boolean;
}

function createAccess(): ServerAccess {
  const keys = new Map<string, string>();
  const hosts = new Set<string>();
  return {
    setKey: (url, key) => void (key === '' ? keys.delete(url) : keys.set(url, key)),
    keyOf: (url) => keys.get(url) ?? '',
    agree: (host) => void hosts.add(host),
    agreed: (host) => hosts.has(host),
  };
}

export const serverAccess = createAccess();

/**
 * Opens the way to a server. Nothing is sent to it by that.
 * @returns the base of its paths on this origin; a fault with facts `consent: host` where a person has to agree first
 */
export async function openWay({ url, kind }: Pick<ServerConfig, 'url' | 'kind'>): Promise<Result<string>> {
  const address = serverAddress(url);
  if (!address.ok) return address;
  const key = serverAccess.keyOf(url);
  const { host } = address.value;
  let response: Response;
  try {
    response = await fetch(new URL('remote/open', document.baseURI), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ url, kind },
        ...(key === '' ? {} : { key }),
        ...(serverAccess.agreed(host) ? { consent: host } : {}),
      }),
    });
  } catch {
    return fail(NO_SERVER);
  }
  const mark = response.headers.get(PROXY_HEADER);
  if (mark === null) return fail(NO_SERVER);
  const body: unknown = await response.json().catch(() => null);
  const id = textAt(body, 'id');
  if (mark === 'open' && id !== null) return ok(new URL(`remote/${id}`, document.baseURI).href);
  const code: FaultCode = textAt(body, 'code') === 'bad-argument' ? 'bad-argument' : 'server-refused';
  const consent = textAt(body, 'code') === 'consent' ? textAt(body, 'host') : null;
  return fail(fault(code, textAt(body, 'message') ?? 'The way to the server could not be opened.', { consent }));
}

/** What Lookalike's own server has of keys in its environment; nothing where this page is served by another. */
export async function environmentKeys(): Promise<KeyNews> {
  const none = { origins: [], unbound: false };
  try {
    const response = await fetch(new URL('remote/keys', document.baseURI));
    if (response.headers.get(PROXY_HEADER) !== 'keys') return none;
    const body: unknown = await response.json();
    const origins = (listAt(body, 'origins') ?? []).filter((o): o is string => typeof o === 'string');
    return { origins, unbound: at(body, 'unbound') === true };
  } catch {
    return none;
  }
}
