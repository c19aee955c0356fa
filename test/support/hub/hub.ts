import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What goes wrong with one answer. */
export type HubFault =
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'truncate'; readonly after: number }
  | { readonly kind: 'alter'; readonly at: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'html' }
  | { readonly kind: 'no-range' }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  | { readonly kind: 'wrong-length'; readonly extra: number };

/** A request as faults see it: `route` is 'api' (listing), 'resolve' (redirects) or 'cdn' (bytes). */
export interface Asked {
  readonly route: 'api' | 'resolve' | 'cdn';
  readonly path: string;
  /** How many requests of this route and path came before. */
  readonly nth: number;
  readonly range: string | null;
}

export interface FakeHub {
  readonly url: string;
  readonly commit: string;
  /** The host that large files are redirected to. */
  readonly delivery: string;
  /** Bytes written to sockets, by file. */
  readonly served: Map<string, number>;
  readonly asked: Asked[];
  fault: (asked: Asked) => HubFault | null;
  /** Token that a gated repository wants; null: open. */
  gate: string | null;
  /** Forgets what was asked and sent. */
  reset(): void;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly repository: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly pageSize?: number;
  readonly port?: number;
}

const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
const LFS_FROM = 4096;
const sha = (algorithm: string, ...data: (string | Uint8Array)[]): string => {
  const h = createHash(algorithm);
  for (const d of data) h.update(d);
  return h.digest('hex');
};

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*, Authorization, Range',
  'Access-Control-Expose-Headers':
    'X-Error-Code, X-Repo-Commit, X-Linked-Size, X-Linked-ETag, Link, Content-Range, Retry-After',
};

/** The tree API's rows, as the real hub writes them: small files by their git blob id, large ones with their LFS pointer. */
function rows(files: ReadonlyMap<string, Uint8Array>): object[] {
  const out: object[] = [{ type: 'directory', oid: 'd'.repeat(40), size: 0, path: 'onnx' }];
  for (const [path, bytes] of files) {
    const size = bytes.length;
    if (size < LFS_FROM) out.push({ type: 'file', oid: sha('sha1', `blob ${size}\0`, bytes), size, path });
    else
      out.push({
        type: 'file',
        oid: 'e'.repeat(40),
        size,
        path,
        lfs: { oid: sha('sha256', bytes), size, pointerSize: 134 },
      });
  }
  return out;
}

/** A hub of one repository, on this machine, that misbehaves as told. Redirects large files to a delivery host of another port. */
export async function startHub(options: HubOptions): Promise<FakeHub> {
  const { repository, files, pageSize = 3 } = options;
  const served = new Map<string, number>();
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const listing = rows(files);
  const note = (route: Asked['route'], path: string, request: IncomingMessage): Asked => {
    const key = `${route} ${path}`;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const entry: Asked = { route, path, nth, range: request.headers.range ?? null };
    asked.push(entry);
    return entry;
  };
  const cdn = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1));
    const bytes = files.get(path);
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    // A delivery host must never see the token.
    if (!bytes || request.headers.authorization !== undefined) return void response.writeHead(400, CORS).end();
    const entry = note('cdn', path, request);
    return sendBytes(request, response, bytes, hub.fault(entry), (n) => served.set(path, (served.get(path) ?? 0) + n));
  });
  const api = createServer((request, response) => {
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    const url = new URL(request.url ?? '/', 'http://hub');
    const [, revision] = new RegExp(`^/api/models/${repository}/revision/(.+)$`).exec(url.pathname) ?? [];
    const tree = url.pathname === `/api/models/${repository}/tree/${COMMIT}`;
    const [, path] = new RegExp(`^/${repository}/resolve/${COMMIT}/(.+)$`).exec(url.pathname) ?? [];
    const file = path === undefined ? null : decodeURIComponent(path);
    const fault = hub.fault(note(file === null ? 'api' : 'resolve', file ?? url.pathname, request));
    if (fault?.kind === 'status') return sendStatus(response, fault);
    if (fault?.kind === 'html') return sendHtml(response);
    if (hub.gate !== null && file !== null && request.headers.authorization !== `Bearer ${hub.gate}`)
      return sendError(response, 401, 'GatedRepo', 'Access to model is restricted.');
    if (revision !== undefined && (revision === 'main' || revision === COMMIT))
      return sendJson(response, {
        sha: COMMIT,
        gated: hub.gate !== null && 'manual',
        cardData: { license: 'apache-2.0' },
      });
    if (tree) return sendPage(response, url, listing, pageSize);
    const bytes = file === null ? undefined : files.get(file);
    if (file !== null && bytes === undefined) return sendError(response, 404, 'EntryNotFound', 'Entry not found');
    if (file === null || bytes === undefined) return sendError(response, 404, 'RepoNotFound', 'Repository not found');
    if (bytes.length < LFS_FROM)
      return sendBytes(request, response, bytes, fault, (n) => served.set(file, (served.get(file) ?? 0) + n));
    const location = `${address(cdn)}/${encodeURIComponent(file)}`;
    const linked = {
      'X-Linked-Size': bytes.length,
      'X-Linked-ETag': `"${sha('sha256', bytes)}"`,
      'X-Repo-Commit': COMMIT,
    };
    return void response.writeHead(302, { ...CORS, ...linked, Location: location }).end();
  });
  await Promise.all([listen(cdn, 0), listen(api, options.port ?? 0)]);
  const hub: FakeHub = {
    url: address(api),
    commit: COMMIT,
    delivery: address(cdn),
    served,
    asked,
    fault: () => null,
    gate: null,
    reset: () => {
      served.clear();
      counts.clear();
      asked.length = 0;
    },
    close: async () => {
      await Promise.all([close(cdn), close(api)]);
    },
  };
  return hub;
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
function address(server: Server): string {
  const a = server.address();
  return `http://127.0.0.1:${typeof a === 'object' && a !== null ? a.port : 0}`;
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { ...CORS, 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
}
function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const headers = { ...CORS, 'Content-Type': 'application/json', 'X-Error-Code': code };
  response.writeHead(status, headers).end(JSON.stringify({ error: message }));
}
function sendStatus(response: ServerResponse, fault: Extract<HubFault, { kind: 'status' }>): void {
  response.writeHead(fault.status, { ...CORS, 'Content-Type': 'text/plain', ...fault.headers }).end(fault.body ?? '');
}
function sendHtml(response: ServerResponse): void {
  response
    .writeHead(200, { ...CORS, 'Content-Type': 'text/html' })
    .end('<html>Please sign in to the hospital network</html>');
}
function sendPage(response: ServerResponse, url: URL, all: readonly object[], size: number): void {
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const next = new URL(url.href);
  next.searchParams.set('cursor', String(start + size));
  const link = start + size < all.length ? { Link: `<${next.pathname}${next.search}>; rel="next"` } : {};
  sendJson(response, all.slice(start, start + size), link);
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  whole: Uint8Array,
  fault: HubFault | null,
  count: (n: number) => void,
): void {
  if (fault?.kind === 'status') return sendStatus(response, fault);
  if (fault?.kind === 'html') return sendHtml(response);
  const match = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '');
  const ranged = match && fault?.kind !== 'no-range';
  const start = ranged ? Number(match[1]) : 0;
  const end = ranged && match[2] !== undefined ? Math.min(Number(match[2]) + 1, whole.length) : whole.length;
  if (ranged && start >= whole.length) return void response.writeHead(416, CORS).end();
  let bytes = Buffer.from(whole.subarray(start, end));
  if (fault?.kind === 'alter' && fault.at >= start && fault.at < end)
    bytes[fault.at - start] = (bytes[fault.at - start] ?? 0) ^ 0xff;
  const extra = fault?.kind === 'wrong-length' ? fault.extra : 0;
  const total = whole.length + extra;
  const headers: Record<string, string> = {
    ...CORS,
    'Content-Type': 'application/octet-stream',
    ETag: '"not-the-sha256"',
  };
  if (ranged) headers['Content-Range'] = `bytes ${start}-${end - 1}/${total}`;
  // Without a length the answer is chunked: a body that ends early then ends cleanly, as behind some proxies.
  if (fault?.kind !== 'truncate') headers['Content-Length'] = String(bytes.length + (ranged ? 0 : extra));
  response.writeHead(ranged ? 206 : 200, headers);
  if (fault?.kind === 'cut' || fault?.kind === 'truncate' || fault?.kind === 'stall')
    bytes = bytes.subarray(0, fault.after);
  if (fault?.kind === 'slow') return trickle(response, bytes, fault.bytesPerSecond, count);
  pour(response, bytes, count, () => {
    if (fault?.kind === 'cut') response.destroy();
    else if (fault?.kind !== 'stall') response.end();
  });
}

/** Writes as fast as the client reads, and counts what is really written. */
function pour(response: ServerResponse, bytes: Buffer, count: (n: number) => void, done: () => void): void {
  let at = 0;
  const step = (): void => {
    if (response.destroyed) return;
    if (at >= bytes.length) return done();
    const piece = bytes.subarray(at, at + 128 * 1024);
    at += piece.length;
    response.write(piece, () => {
      count(piece.length);
      step();
    });
  };
  step();
}

function trickle(response: ServerResponse, bytes: Buffer, bytesPerSecond: number, count: (n: number) => void): void {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer);
    response.write(bytes.subarray(at, at + step));
    count(Math.min(step, bytes.length - at));
    at += step;
    if (at < bytes.length) return;
    clearInterval(timer);
    response.end();
  }, 50);
}
