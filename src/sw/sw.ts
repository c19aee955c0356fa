import { HEADERS } from '../../tools/serve/headers.mjs';
import { APP_CACHE, POLICY_CACHE, POLICY_KEY, readHosts, SKIP_WAITING } from './contract.ts';

/*
 * Keeps the whole app for use without a network, and puts the isolation and privacy headers on every file of it, whatever the host sends.
 * It serves only the files of its own build; anything else goes to the network as if it were not there.
 */

declare const self: ServiceWorkerGlobalScope;
/** Every file of the build, injected by plugin.ts. */
declare const __APP_FILES__: readonly (readonly [path: string, sha256Base64: string])[];

const FILES: ReadonlyMap<string, string> = new Map(__APP_FILES__);
const SCOPE = new URL('./', self.location.href);

/** Cached under its content, so that an update fetches only what changed and both versions can live side by side. */
const keyOf = (path: string, sha256: string): string =>
  `${new URL(path, SCOPE).href}?content=${encodeURIComponent(sha256)}`;

self.addEventListener('install', (event) => event.waitUntil(keepAll()));

async function keepAll(): Promise<void> {
  const cache = await caches.open(APP_CACHE);
  for (const [path, sha256] of FILES) {
    const key = keyOf(path, sha256);
    if (await cache.match(key)) continue;
    // The hash makes a half-deployed site fail here instead of becoming a mixed app.
    const response = await fetch(new URL(path, SCOPE), { cache: 'no-cache', integrity: `sha256-${sha256}` });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(key, response);
  }
  // No skipWaiting: a new version waits until every page of the old one is closed, or the user asks for it.
}

self.addEventListener('activate', (event) => event.waitUntil(dropOld()));

async function dropOld(): Promise<void> {
  const cache = await caches.open(APP_CACHE);
  const wanted = new Set([...FILES].map(([path, sha256]) => keyOf(path, sha256)));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

self.addEventListener('message', (event) => {
  if (event.data === SKIP_WAITING) event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
  const path = decodeURIComponent(url.pathname.slice(SCOPE.pathname.length)) || 'index.html';
  const sha256 = FILES.get(path);
  if (sha256 !== undefined) event.respondWith(answer(event.request, path, sha256));
});

async function answer(request: Request, path: string, sha256: string): Promise<Response> {
  const cache = await caches.open(APP_CACHE);
  const kept = await cache.match(keyOf(path, sha256));
  const found = kept ?? (await fetch(request));
  const headers = new Headers(found.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (path === 'index.html') await openToHub(headers);
  const { status, statusText } = found;
  return new Response(found.body, { status, statusText, headers });
}

/** The page may reach the hub that the user allowed, and nothing else; workers never. Server-Timing tells the page what it may. */
async function openToHub(headers: Headers): Promise<void> {
  const policy = await (await caches.open(POLICY_CACHE)).match(new URL(POLICY_KEY, SCOPE));
  const hosts = readHosts(await policy?.json().catch(() => null));
  if (hosts.length === 0) return;
  const strict = HEADERS['Content-Security-Policy'];
  headers.set('Content-Security-Policy', strict.replace("connect-src 'self'", `connect-src 'self' ${hosts.join(' ')}`));
  headers.set('Server-Timing', `connect;desc="${hosts.join(' ')}"`);
}
