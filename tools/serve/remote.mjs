/**
 * The way from the page to a model server: page -> this origin (/remote/...) -> the server. The page's policy stays connect-src 'self', no server needs to
 * allow our origin, and the key never reaches the page: it is held here, in memory, and written nowhere; one out of the environment goes to its own server
 * and to no other. Only paths of the server's kind are passed on, and
 * nothing at all to another machine before a person has agreed to its host.
 */
import { randomBytes } from 'node:crypto';
import { request as httpRequest, Agent as HttpAgent } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { typescript } from '../cli/source.mjs';
import { HEADERS } from './headers.mjs';

/** @typedef {import('../../src/core/servers/kinds.ts').ServerKind} ServerKind */
/** @typedef {{url: URL, host: string, kind: ServerKind, key: string}} Way */
/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** How the page tells our words from the server's. */
const MARK = 'X-Lookalike-Remote';
/** What the page sends to open a way. */
const LARGEST_WISH = 64 * 1024;
/** The longest question: a few images. */
const LARGEST_QUESTION = 256 * 1024 * 1024;
/** An error's text is held until the key is looked for in it. */
const LARGEST_ERROR = 256 * 1024;

/**
 * @param {Response} response
 * @param {number} status
 * @param {string} mark
 * @param {object} body
 */
function say(response, status, mark, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...HEADERS,
    [MARK]: mark,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

/**
 * Another site's page, or a program that says it is one. Programs without these headers may ask: they could ask the server themselves.
 * @param {Request} request
 */
function elsewhere({ headers }) {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
}

/**
 * @param {Request} request
 * @param {number} limit
 * @returns {Promise<Buffer | null>} null: longer than the limit
 */
async function bodyOf(request, limit) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * Gives the server's answer to the page; its refusals without the key.
 * @param {Response} response
 * @param {Request} answer
 * @param {Way} way
 */
async function give(response, answer, way) {
  const status = answer.statusCode ?? 502;
  if (status >= 300 && status < 400) {
    answer.resume();
    return say(response, 502, 'refused', { code: 'redirect', message: redirected(answer.headers.location, way) });
  }
  const headers = {
    ...HEADERS,
    [MARK]: 'server',
    'Content-Type': answer.headers['content-type'] ?? 'application/octet-stream',
    'Cache-Control': 'no-store',
    ...(answer.headers['retry-after'] === undefined ? {} : { 'Retry-After': answer.headers['retry-after'] }),
  };
  if (status < 300) {
    response.writeHead(status, headers);
    // Headers are out: a cut connection is the only honest answer left.
    answer.on('error', () => response.destroy());
    answer.on('aborted', () => response.destroy());
    return answer.pipe(response);
  }
  // Some services quote the key in their refusal.
  const text = ((await bodyOf(answer, LARGEST_ERROR).catch(() => null)) ?? Buffer.alloc(0)).toString('utf8');
  const clean = Buffer.from(way.key === '' ? text : text.replaceAll(way.key, '[key]'));
  response.writeHead(status, { ...headers, 'Content-Length': clean.length });
  response.end(clean);
}

/**
 * @param {object} [options]
 * @param {readonly import('../../src/core/servers/keys.ts').HeldKey[]} [options.keys] of the environment, each sent to its own server only
 * @param {boolean} [options.unbound] the environment has a key that belongs to no server
 * @param {readonly string[]} [options.agreed] hosts to which a person has agreed already, beside this machine
 * @returns {Promise<(request: Request, response: Response, path: string) => void>} answers everything below /remote/
 */
export async function createRemote({ keys = [], unbound = false, agreed = [] } = {}) {
  await typescript();
  const { serverAddress } = await import('../../src/core/servers/address.ts');
  const { keyFor } = await import('../../src/core/servers/keys.ts');
  const { KINDS, isAskable, isServerKind } = await import('../../src/core/servers/kinds.ts');
  /** @type {Map<string, Way>} */
  const ways = new Map();
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  const consented = new Set(agreed);

  /** @param {Request} request @param {Response} response */
  async function open(request, response) {
    const body = await bodyOf(request, LARGEST_WISH);
    let wish;
    try {
      wish = JSON.parse(body?.toString('utf8') ?? '');
    } catch {
      return say(response, 400, 'refused', {
        code: 'bad-argument',
        message: 'The wish to reach a server is not JSON.',
      });
    }
    const { url, kind, consent, key: typed } = wish ?? {};
    const address = serverAddress(typeof url === 'string' ? url : '');
    if (!address.ok) return say(response, 400, 'refused', address.fault);
    if (typeof kind !== 'string' || !isServerKind(kind))
      return say(response, 400, 'refused', { code: 'bad-argument', message: 'There is no such kind of server.' });
    const { host, local } = address.value;
    if (consent === host) consented.add(host);
    if (!local && !consented.has(host))
      return say(response, 403, 'refused', {
        code: 'consent',
        host,
        message: `Images would leave this machine for ${host}, and nobody has agreed to that yet.`,
      });
    const held = typeof typed === 'string' && typed !== '' ? typed : keyFor(keys, address.value.url);
    if (/[^\x21-\x7e]/.test(held))
      return say(response, 400, 'refused', {
        code: 'bad-argument',
        message: 'The key holds a space or a character that no key has.',
      });
    const id = randomBytes(9).toString('base64url');
    ways.set(id, { url: new URL(address.value.url), host, kind, key: held });
    say(response, 200, 'open', { id, host, local, key: held !== '' });
  }

  /** @param {Request} request @param {Response} response @param {Way} way @param {string} path */
  function pass(request, response, way, path) {
    if (!isAskable(way.kind, path))
      return say(response, 404, 'refused', {
        code: 'path',
        message: `${path} is no path that a server of this kind is asked.`,
      });
    if (request.method !== 'GET' && request.method !== 'POST')
      return say(response, 405, 'refused', { code: 'method', message: 'Only GET and POST.' });
    if (request.method === 'POST' && !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      return say(response, 415, 'refused', { code: 'type', message: 'Only JSON.' });
    if (Number(request.headers['content-length'] ?? 0) > LARGEST_QUESTION)
      return say(response, 413, 'refused', { code: 'size', message: 'The question is too large.' });
    const { protocol } = way.url;
    const length = request.headers['content-length'];
    const up = (protocol === 'https:' ? httpsRequest : httpRequest)(
      `${way.url.href.replace(/\/$/, '')}${path}`,
      {
        method: request.method,
        agent: protocol === 'https:' ? agents['https:'] : agents['http:'],
        headers: {
          accept: 'application/json',
          ...(request.method === 'POST' ? { 'content-type': 'application/json' } : {}),
          ...(length === undefined ? {} : { 'content-length': length }),
          ...(way.key === ''
            ? way.kind === 'anthropic'
              ? { 'anthropic-version': '2023-06-01' }
              : {}
            : KINDS[way.kind].headers(way.key)),
        },
      },
      (answer) => void give(response, answer, way),
    );
    up.on('error', (error) => {
      if (response.headersSent) return response.destroy();
      const code = 'code' in error ? String(error.code) : 'no answer';
      say(response, 502, 'unreachable', { code: 'unreachable', message: `${way.host}: ${code}` });
    });
    // A page that stopped frees the server.
    response.on('close', () => {
      if (!response.writableFinished) up.destroy();
    });
    request.pipe(up);
  }

  return (request, response, path) => {
    if (elsewhere(request))
      return say(response, 403, 'refused', { code: 'site', message: 'Only Lookalike’s own page may ask.' });
    if (path === '/remote/keys' && request.method === 'GET')
      return say(response, 200, 'keys', { origins: keys.map((k) => k.origin), unbound });
    if (path === '/remote/open' && request.method === 'POST')
      return void open(request, response).catch(() => response.destroy());
    const [, id = '', rest = ''] = /^\/remote\/([\w-]+)(\/.*)$/.exec(path) ?? [];
    const way = ways.get(id);
    if (!way)
      return say(response, 410, 'refused', {
        code: 'closed',
        message:
          'The way to the model server is not open any more: Lookalike’s own server was started anew. Go on with the run.',
      });
    pass(request, response, way, rest);
  };
}

/**
 * @param {string | undefined} location
 * @param {Way} way
 */
function redirected(location, way) {
  let to = 'elsewhere';
  try {
    to = new URL(location ?? '', way.url).host;
  } catch {
    // a place that cannot be read is elsewhere
  }
  return to === way.host
    ? `The server at ${way.host} sends questions to another path of its own, which is not followed. Give the address that it names.`
    : `The server at ${way.host} sends questions on to another host (${to}). Nothing was sent there: if it is right, give its address.`;
}
