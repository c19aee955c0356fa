import { fail, fault, ok, type Result } from '../fault.ts';

/** Where a model server is. */
export interface ServerAddress {
  /** Scheme, host, port and path, without a slash or `/v1` at its end; never with a user, a key or a query in it. */
  readonly url: string;
  /** Host and port, as people are asked about it. */
  readonly host: string;
  /** It is this machine: no byte leaves it. */
  readonly local: boolean;
}

/** Reads a server's address as people write it: with or without `/v1`. */
export function serverAddress(text: string): Result<ServerAddress> {
  const url = parsed(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol))
    return fail(
      fault('bad-argument', `"${withoutSecrets(text)}" is no address of a server. Write it as http://127.0.0.1:8000.`),
    );
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return fail(
      fault(
        'bad-argument',
        `The address of the server must hold no name, password or query: addresses are kept with results. Put the key into LOOKALIKE_SERVER_KEY.`,
      ),
    );
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(v1|v1beta)$/, '');
  return ok({ url: `${url.origin}${path}`, host: url.host, local: isThisMachine(url.hostname) });
}

function parsed(text: string): URL | null {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return null;
  }
}

/** An address that cannot be read may still hold a password: it is shown without what stands before an @ or behind a ?. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/, '');
}

/** Loopback names and addresses. */
export function isThisMachine(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
}
