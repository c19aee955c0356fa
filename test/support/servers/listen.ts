import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeServer } from './fake-server.ts';

/** A fake server that really listens, and refuses all but its key. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Keys that it was shown. */
  readonly keys: ReadonlySet<string>;
  /** Questions behind that many are answered only after `release`. */
  holdBehind(count: number): void;
  release(): void;
  close(): Promise<void>;
}

/** @param port of one that went away and comes back; 0: any */
export async function listen(fake: FakeServer, key: string, port = 0): Promise<Listening> {
  const keys = new Set<string>();
  let limit = Number.POSITIVE_INFINITY;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    void answerOf(request).then(({ status, text, headers }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(text);
    });
  });

  async function answerOf(request: IncomingMessage) {
    let body = '';
    for await (const part of request) body += String(part);
    const shown = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    keys.add(shown);
    if (shown !== key) return { status: 401, text: JSON.stringify({ error: `Unauthorized: ${shown}` }), headers: {} };
    if (fake.asked.length >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    const parsed: unknown = body === '' ? null : JSON.parse(body);
    const {
      status,
      body: said,
      headers = {},
    } = fake.answer({
      ...{ method: request.method ?? 'GET', path: request.url ?? '', body: parsed },
    });
    return { status, text: JSON.stringify(said), headers };
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${own}`, port: own, keys },
    holdBehind: (count) => {
      limit = count;
    },
    release: () => {
      limit = Number.POSITIVE_INFINITY;
      for (const go of waiting) go();
      waiting = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
