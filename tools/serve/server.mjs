/**
 * A static server for dist/ on this machine only. Headers as in headers.mjs, ranges, entity tags; nothing is written.
 * `node tools/serve/server.mjs [--build] [--port N] [--mount PREFIX=DIR]` serves by itself (the browser tests use it).
 */
import { createReadStream, realpathSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HEADERS } from './headers.mjs';
import { mediaType } from './mime.mjs';
import { Stop, errorCode, runMain } from '../say.mjs';

/** Kept models belong to an origin, and the port is part of it: so it is always this one. */
export const DEFAULT_PORT = 4178;
const HOST = '127.0.0.1';
const MOST_FILES = 500_000;

/** @typedef {{path: string, size: number}} Listed a file of a mounted folder */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, path: string) => void} Remote answers /remote/... (remote.mjs) */
/** @typedef {{prefix: string, dir: string, files: readonly Listed[], known: ReadonlySet<string>, index: string}} Mount index: the text of its index.json */

/**
 * Lists a folder, links followed, hidden files and node_modules left out; paths with '/' and sorted.
 * @param {string} dir
 * @returns {Promise<Listed[]>}
 */
export async function listFolder(dir) {
  /** @type {Listed[]} */
  const found = [];
  /** @type {Array<[string, readonly string[]]>} */
  const open = [['', []]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [at, above] = next;
    const real = realpathSync(join(dir, at));
    if (above.includes(real)) continue; // a link to a folder above it
    for (const name of await readdir(join(dir, at))) {
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = at === '' ? name : `${at}/${name}`;
      const info = await stat(join(dir, path)).catch(() => null); // a link to nothing is no file
      if (info?.isDirectory()) open.push([path, [...above, real]]);
      else if (info?.isFile()) found.push({ path, size: info.size });
    }
    if (found.length > MOST_FILES)
      throw new Stop(`${dir} holds more than ${MOST_FILES} files: name the folder itself, not one above it.`, 2);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * A folder to be served read-only under a prefix such as 'drive/model'; only the files listed now are ever served.
 * @param {string} prefix
 * @param {string} dir
 * @returns {Promise<Mount>}
 */
export async function mountFolder(prefix, dir) {
  const files = (await listFolder(dir)).filter((file) => file.path !== 'index.json'); // ours takes its place
  const known = new Set(files.map((f) => f.path));
  return { prefix: prefix.replace(/^\/|\/$/g, ''), dir, files, known, index: JSON.stringify(files) };
}

/**
 * What a URL path stands for: a file, a mounted folder's index, or null.
 * @param {string} root real path of dist
 * @param {readonly Mount[]} mounts
 * @param {string} urlPath
 * @returns {{file: string, hashed: boolean} | {text: string} | null}
 */
function locate(root, mounts, urlPath) {
  let path;
  try {
    path = decodeURIComponent(urlPath).replace(/^\/+/, '');
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  for (const mount of mounts) {
    if (!path.startsWith(`${mount.prefix}/`)) continue;
    const rest = path.slice(mount.prefix.length + 1);
    if (rest === 'index.json') return { text: mount.index };
    return mount.known.has(rest) ? { file: join(mount.dir, rest), hashed: false } : null;
  }
  if (path.split('/').some((part) => part.startsWith('.'))) return null;
  const file = resolve(root, path === '' || path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(root + sep) ? { file, hashed: path.startsWith('assets/') } : null;
}

/**
 * The bytes that a Range header asks for; null: all; 'bad': outside the file.
 * @param {string | undefined} header
 * @param {number} size
 * @returns {{start: number, end: number} | null | 'bad'}
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null; // none, several, or not understood: the whole file is a right answer
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? 'bad' : { start: size - length, end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < start) return null;
  return start >= size ? 'bad' : { start, end };
}

/** Whether the Host header names this machine: another name would be a page elsewhere that points its DNS here. */
function localHost(/** @type {string | undefined} */ host) {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 * @param {Record<string, string>} [headers]
 * @param {boolean} [head]
 */
function sendText(response, status, text, headers = {}, head = false) {
  const body = Buffer.from(text);
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    ...headers,
  });
  response.end(head ? undefined : body);
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {{file: string, hashed: boolean}} found
 */
async function sendFile(request, response, found) {
  const info = await stat(found.file).catch(() => null);
  if (!info?.isFile()) return sendText(response, 404, 'Not found\n', {}, request.method === 'HEAD');
  const etag = `"${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`;
  const caching = { ETag: etag, 'Cache-Control': found.hashed ? 'public, max-age=31536000, immutable' : 'no-cache' };
  if ((request.headers['if-none-match'] ?? '').split(/\s*,\s*/).includes(etag)) {
    response.writeHead(304, { ...HEADERS, ...caching });
    return response.end();
  }
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, info.size) : null;
  if (range === 'bad')
    return sendText(response, 416, 'Range outside the file\n', { 'Content-Range': `bytes */${info.size}` });
  const { start, end } = range ?? { start: 0, end: info.size - 1 };
  response.writeHead(range ? 206 : 200, {
    ...HEADERS,
    ...caching,
    'Accept-Ranges': 'bytes',
    'Content-Type': mediaType(found.file),
    'Content-Length': end - start + 1,
    ...(range ? { 'Content-Range': `bytes ${start}-${end}/${info.size}` } : {}),
  });
  if (request.method === 'HEAD' || info.size === 0) return response.end();
  const stream = createReadStream(found.file, { start, end });
  stream.on('error', () => response.destroy()); // headers are out: a cut connection is the only honest answer left
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/**
 * Serves a folder, and further ones under prefixes, until closed.
 * @param {{root: string, port: number, mounts?: readonly Mount[], remote?: Remote}} options port 0: any free one
 * @returns {Promise<{url: string, port: number, close: () => Promise<void>}>}
 */
export async function serve({ root, port, mounts = [], remote }) {
  const server = createServer((request, response) => {
    const head = request.method === 'HEAD';
    if (!localHost(request.headers.host))
      return sendText(response, 421, 'Lookalike answers to this machine only.\n', {}, head);
    const path = (request.url ?? '/').split(/[?#]/)[0] ?? '/';
    if (remote && path.startsWith('/remote/')) return remote(request, response, path);
    if (request.method !== 'GET' && !head)
      return sendText(response, 405, 'Only GET and HEAD\n', { Allow: 'GET, HEAD' });
    const found = locate(resolve(root), mounts, path);
    if (found === null) return sendText(response, 404, 'Not found\n', {}, head);
    if ('text' in found)
      return sendText(
        response,
        200,
        found.text,
        { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
        head,
      );
    void sendFile(request, response, found);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(undefined));
  }).catch((error) => {
    if (errorCode(error) === 'EADDRINUSE') throw new Stop(`Port ${port} is taken by another program.`, 2);
    if (errorCode(error) === 'EACCES')
      throw new Stop(`This user may not listen on port ${port}; choose one above 1023.`, 2);
    throw error;
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  const close = () =>
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${HOST}:${actual}/`, port: actual, close };
}

/**
 * A port number from a command line.
 * @param {string | undefined} text
 */
export function parsePort(text) {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) throw new Stop(`--port must be a number from 0 to 65535, not "${text}".`, 2);
  return port;
}

async function main() {
  const options = /** @type {const} */ ({
    build: { type: 'boolean' },
    port: { type: 'string' },
    mount: { type: 'string', multiple: true },
  });
  const { values } = parseArgs({ options });
  const setup = await import('../setup/setup.mjs');
  if (values.build) {
    await setup.ensureInstalled();
    await setup.ensureBuilt();
  }
  const mounts = await Promise.all(
    (values.mount ?? []).map((text) =>
      mountFolder(text.slice(0, text.indexOf('=')), resolve(text.slice(text.indexOf('=') + 1))),
    ),
  );
  const { createRemote } = await import('./remote.mjs');
  const { environmentKeys } = await import('./keys.mjs');
  const remote = await createRemote(await environmentKeys(null));
  const { url } = await serve({ root: setup.DIST, port: parsePort(values.port), mounts, remote });
  process.stdout.write(`${url}\n`);
  await new Promise(() => {}); // until it is ended
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  void runMain(main);
