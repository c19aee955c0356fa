import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createRemote } from '../../../tools/serve/remote.mjs';
import { serve } from '../../../tools/serve/server.mjs';

/** What reached the model server. */
interface Reached {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Reply = (
  request: IncomingMessage,
  body: string,
) => { status: number; headers?: Record<string, string>; body: string } | null;

const KEY = 'sk-secret-4711';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function modelServer(
  reply: Reply,
): Promise<{ url: string; host: string; reached: Reached[]; closed: Promise<void>; server: Server }> {
  const reached: Reached[] = [];
  let noteClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => (noteClosed = resolve));
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    response.on('close', () => {
      if (!response.writableFinished) noteClosed();
    });
    request.on('end', () => {
      reached.push({ path: request.url ?? '', headers: request.headers, body });
      const said = reply(request, body);
      if (said === null) return; // it thinks
      response.writeHead(said.status, said.headers);
      response.end(said.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, reached, closed, server };
}

async function app(options: Parameters<typeof createRemote>[0] = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'lookalike-remote-'));
  const { url, close } = await serve({ root, port: 0, remote: await createRemote(options) });
  closing.push(close, () => rmSync(root, { recursive: true }));
  return url;
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function way(base: string, url: string, more: object = {}): Promise<string> {
  const opened = (await (await post(`${base}remote/open`, { url, kind: 'vllm', ...more })).json()) as { id: string };
  return `${base}remote/${opened.id}`;
}

/** The key of the environment, as that of this server. */
const keyOf = (url: string) => ({ keys: [{ origin: url, key: KEY }] });

it('passes on what the kind of server is asked, with the key, and nothing of the browser’s', async () => {
  const model = await modelServer(() => ({ status: 200, body: '{"data":[]}' }));
  const base = await app(keyOf(model.url));
  const to = await way(base, `${model.url}/v1/`);
  const answer = await post(`${to}/v1/chat/completions`, { a: 1 }, { cookie: 'x=1', referer: 'http://a/' });
  expect(await answer.json()).toEqual({ data: [] });
  expect(answer.headers.get('x-lookalike-remote')).toBe('server');
  expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self'");
  const [got] = model.reached;
  expect(got).toMatchObject({
    path: '/v1/chat/completions',
    body: '{"a":1}',
    headers: { authorization: `Bearer ${KEY}` },
  });
  expect(got?.headers).not.toHaveProperty('cookie');
  expect(got?.headers).not.toHaveProperty('referer');
});

it('the key of the environment reaches its own server and no other; a typed one goes where it was typed for', async () => {
  const [owner, other] = [
    await modelServer(() => ({ status: 200, body: '{}' })),
    await modelServer(() => ({ status: 200, body: '{}' })),
  ];
  const base = await app(keyOf(owner.url));
  expect(await (await fetch(`${base}remote/keys`)).json()).toEqual({ origins: [owner.url], unbound: false });
  for (const to of [
    await way(base, owner.url),
    await way(base, other.url),
    await way(base, other.url, { key: 'typed' }),
    await way(base, owner.url, { key: 'typed' }),
  ])
    await fetch(`${to}/v1/models`);
  expect(owner.reached.map((r) => r.headers.authorization)).toEqual([`Bearer ${KEY}`, 'Bearer typed']);
  expect(other.reached.map((r) => r.headers.authorization)).toEqual([undefined, 'Bearer typed']);
});

it('a key that belongs to no server is sent nowhere, and is no news to another site', async () => {
  const model = await modelServer(() => ({ status: 200, body: '{}' }));
  const base = await app({ unbound: true });
  expect(await (await fetch(`${base}remote/keys`)).json()).toEqual({ origins: [], unbound: true });
  expect((await fetch(`${base}remote/keys`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  await fetch(`${await way(base, model.url)}/v1/models`);
  expect(model.reached.map((r) => r.headers.authorization)).toEqual([undefined]);
});

it.each([
  ['/v1/models/../../admin', 'GET'],
  ['/admin', 'GET'],
  ['/v1/chat/completions/x', 'POST'],
  ['/v1/files', 'POST'],
])('refuses the path %s', async (path, method) => {
  const model = await modelServer(() => ({ status: 200, body: '{}' }));
  const base = await app();
  const to = await way(base, model.url);
  const { request } = await import('node:http');
  const status = await new Promise<number>((resolve) => {
    const { port } = new URL(base);
    const id = to.split('/').at(-1) ?? '';
    request({ port, path: `/remote/${id}${path}`, method, headers: { 'content-type': 'application/json' } }, (r) => {
      r.resume();
      resolve(r.statusCode ?? 0);
    }).end(method === 'POST' ? '{}' : undefined);
  });
  expect(status).toBe(404);
  expect(model.reached).toEqual([]);
});

it('answers no page of another site, and no other name for this machine', async () => {
  const model = await modelServer(() => ({ status: 200, body: '{}' }));
  const base = await app(keyOf(model.url));
  const wish = { url: model.url, kind: 'vllm' };
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
  ])
    expect((await post(`${base}remote/open`, wish, headers)).status).toBe(403);
  const { request } = await import('node:http');
  const status = await new Promise<number>((resolve) => {
    const to = new URL(base);
    request({ port: to.port, path: '/remote/open', method: 'POST', headers: { host: 'evil.example' } }, (r) => {
      r.resume();
      resolve(r.statusCode ?? 0);
    }).end('{}');
  });
  expect(status).toBe(421);
  expect(model.reached).toEqual([]);
});

it('sends nothing to another machine before somebody agreed to its host', async () => {
  const base = await app();
  const wish = { url: 'http://models.example:8000', kind: 'vllm' };
  const refused = await post(`${base}remote/open`, wish);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'consent', host: 'models.example:8000' });
  expect((await post(`${base}remote/open`, { ...wish, consent: 'other.example' })).status).toBe(403);
  expect((await post(`${base}remote/open`, { ...wish, consent: 'models.example:8000' })).status).toBe(200);
});

it('follows no redirect, and names the other host', async () => {
  const model = await modelServer(() => ({
    status: 307,
    headers: { location: 'http://elsewhere.example/v1' },
    body: '',
  }));
  const base = await app(keyOf(model.url));
  const answer = await post(`${await way(base, model.url)}/v1/chat/completions`, {});
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({
    code: 'redirect',
    message: expect.stringContaining('elsewhere.example'),
  });
  expect(model.reached).toHaveLength(1);
});

it('takes the key out of a refusal that quotes it, and keeps what says when to ask again', async () => {
  const model = await modelServer(({ headers }) => ({
    status: 429,
    headers: { 'retry-after': '9' },
    body: `{"error":{"message":"Too many for ${String(headers.authorization)}"}}`,
  }));
  const base = await app();
  const answer = await post(`${await way(base, model.url, { key: KEY })}/v1/chat/completions`, {});
  expect(answer.headers.get('retry-after')).toBe('9');
  const text = await answer.text();
  expect(text).toContain('Bearer [key]');
  expect(text).not.toContain(KEY);
});

it('a page that stops asking frees the server', async () => {
  const model = await modelServer(() => null);
  const base = await app();
  const stop = new AbortController();
  const url = `${await way(base, model.url)}/v1/chat/completions`;
  const asked = fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
    signal: stop.signal,
  });
  await new Promise<void>((resolve) => model.server.once('request', () => resolve()));
  stop.abort();
  await expect(asked).rejects.toThrow();
  await model.closed;
});

it('a server that is not there, and a way that is closed, are said in words', async () => {
  const base = await app();
  const answer = await post(`${await way(base, 'http://127.0.0.1:9')}/v1/chat/completions`, {});
  expect(answer.headers.get('x-lookalike-remote')).toBe('unreachable');
  expect((await fetch(`${base}remote/none/v1/models`)).status).toBe(410);
});

it.each(['http://user:hunter2@h/', 'ftp://h/', 'http://h/?key=1', ''])('refuses the address "%s"', async (url) => {
  const answer = await post(`${await app()}remote/open`, { url, kind: 'vllm' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).not.toContain('hunter2');
});
