import { faultOf, freshStore, noise, sha } from '../store/fixtures.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { startHub, type Asked, type FakeHub, type HubFault } from '../../support/hub/hub.ts';
import { listFiles, repositoryFacts, smallFile } from '../../../src/hub/api.ts';
import { createHub, type Hub } from '../../../src/hub/client.ts';
import { discardDownload, planDownload, runDownload, type DownloadProgress } from '../../../src/hub/download.ts';
import { download, listDownloads } from '../../../src/store/downloads.ts';
import type { Store } from '../../../src/store/db.ts';
import { listModels, modelSource } from '../../../src/store/models.ts';
import type { KeptModel } from '../../../src/store/model-rows.ts';
import { verifyModel } from '../../../src/store/verify.ts';

const REPOSITORY = 'acme/tiny-vlm';
const PART = 1024 * 1024;
const WEIGHTS = noise(20 * PART + 12_345);
const DATA = 'onnx/decoder_model_merged_q4.onnx_data';
const FILES = new Map<string, Uint8Array>([
  ['config.json', new TextEncoder().encode('{"model_type":"smolvlm"}')],
  ['tokenizer.json', noise(3000, 7)],
  ['empty.txt', new Uint8Array(0)],
  ['onnx/decoder_model_merged_q4.onnx', noise(3 * PART, 5)],
  [DATA, WEIGHTS],
]);
const TOTAL = [...FILES.values()].reduce((n, b) => n + b.length, 0);

/** A server is silent for so long before it counts as stalled, ms: a busy machine makes every server slow. */
const STALL_MS = 10_000;
// Hashing and copying tens of megabytes many times: slow where other programs share the machine.
vi.setConfig({ testTimeout: 300_000 });

let server: FakeHub | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** A hub that fails as told, and a client that waits no time. */
async function hubWith(
  fault: (asked: Asked) => HubFault | null = () => null,
): Promise<{ server: FakeHub; hub: Hub; waits: number[] }> {
  server = await startHub({ repository: REPOSITORY, files: FILES });
  server.fault = fault;
  const waits: number[] = [];
  const pause = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { server, waits, hub: createHub({ address: server.url, pause, stallMs: STALL_MS }) };
}

async function plan(store: Store, hub: Hub): Promise<string> {
  const { commit } = await repositoryFacts(hub, REPOSITORY, 'main', { signal: undefined });
  const files = await listFiles(hub, REPOSITORY, commit, { signal: undefined });
  return (await planDownload(store, hub, { repository: REPOSITORY, revision: commit, files, partBytes: PART })).id;
}

async function expectIntact(store: Store, kept: KeptModel): Promise<void> {
  expect(Object.fromEntries(kept.files.map((f) => [f.path, f.sha256]))).toEqual(
    Object.fromEntries([...FILES].map(([path, bytes]) => [path, sha(bytes)])),
  );
  expect((await verifyModel(store, kept.id)).lost).toEqual([]);
  expect(await listDownloads(store)).toEqual([]);
}

test('the listing follows every page and knows sizes and hashes before the first byte', async () => {
  const { hub, server: s } = await hubWith();
  const files = await listFiles(hub, REPOSITORY, s.commit, { signal: undefined });
  expect(Object.fromEntries(files.map((f) => [f.path, f.size]))).toEqual(
    Object.fromEntries([...FILES].map(([path, bytes]) => [path, bytes.length])),
  );
  expect(files.find((f) => f.path === DATA)?.sha256).toBe(sha(WEIGHTS));
  expect(s.asked.filter((a) => a.route === 'api')).toHaveLength(2);
});

test('a small file is checked against its git hash', async () => {
  const { hub, server: s } = await hubWith((a) =>
    a.nth === 0 && a.path === 'config.json' ? { kind: 'alter', at: 3 } : null,
  );
  const config = (await listFiles(hub, REPOSITORY, s.commit, { signal: undefined })).find(
    (f) => f.path === 'config.json',
  );
  if (!config) throw new Error('no config.json listed');
  const blob = await smallFile(hub, REPOSITORY, s.commit, config, { signal: undefined });
  expect(await blob.text()).toBe('{"model_type":"smolvlm"}');
  expect(s.asked.filter((a) => a.path === 'config.json')).toHaveLength(2);
});

test('a model arrives, pinned to its commit, with each byte sent once', async () => {
  const { hub, server: s } = await hubWith();
  const store = await freshStore();
  const seen: DownloadProgress[] = [];
  const kept = await runDownload(store, hub, await plan(store, hub), { onProgress: (p) => seen.push(p) });
  await expectIntact(store, kept);
  expect(kept.source).toEqual({ kind: 'hub', revision: s.commit, repository: REPOSITORY, hub: s.url });
  expect(kept.facts.modelType).toBe('smolvlm');
  expect([...s.served.values()].reduce((a, b) => a + b, 0)).toBe(TOTAL);
  expect(seen.every((p) => p.done <= TOTAL && p.checked <= TOTAL)).toBe(true);
  expect(seen.at(-1)).toEqual({ done: TOTAL, total: TOTAL, checked: TOTAL, waiting: null });
  expect(s.asked.every((a) => a.route === 'api' || a.path.length > 0)).toBe(true);
  const source = await modelSource(store, kept.id);
  expect(source.files.find((f) => f.path === DATA)?.size).toBe(WEIGHTS.length);
});

const onData =
  (f: (a: Asked) => HubFault | null) =>
  (a: Asked): HubFault | null =>
    a.route === 'cdn' && a.path === DATA ? f(a) : null;
/** Name, fault, and how many parts may be sent again at most. */
const PASSING: readonly (readonly [string, (a: Asked) => HubFault | null, number])[] = [
  ['connections cut in the middle', onData((a) => (a.nth % 2 === 0 ? { kind: 'cut', after: 700_000 } : null)), 2],
  ['connections cut before the first byte', onData((a) => (a.nth < 4 ? { kind: 'cut', after: 0 } : null)), 0],
  [
    'bodies that end early but cleanly',
    onData((a) => (a.nth % 3 === 0 ? { kind: 'truncate', after: 300_000 } : null)),
    2,
  ],
  ['bytes altered once', onData((a) => (a.nth === 5 ? { kind: 'alter', at: 5 * PART + 9 } : null)), 21],
  // What is in the sockets' buffers when the client hangs up was sent in vain, once a lane.
  ['no ranges', onData(() => ({ kind: 'no-range' })), 16],
  [
    '429',
    (a) => (a.nth < 2 && a.route !== 'cdn' ? { kind: 'status', status: 429, headers: { 'Retry-After': '7' } } : null),
    0,
  ],
  ['503', onData((a) => (a.nth < 5 ? { kind: 'status', status: 503 } : null)), 0],
  ['a server that stops sending', onData((a) => (a.nth === 2 ? { kind: 'stall', after: 100_000 } : null)), 1],
  ['a slow server', onData((a) => (a.nth < 2 ? { kind: 'slow', bytesPerSecond: 4_000_000 } : null)), 0],
  ['a wrong length once', onData((a) => (a.nth === 1 ? { kind: 'wrong-length', extra: 5 } : null)), 2],
];
test.for(PASSING)('a model arrives intact in spite of %s', async ([, fault, repeats]) => {
  const { hub, server: s } = await hubWith(fault);
  const store = await freshStore();
  const kept = await runDownload(store, hub, await plan(store, hub));
  await expectIntact(store, kept);
  const sent = [...s.served.values()].reduce((a, b) => a + b, 0);
  expect((sent - TOTAL) / PART).toBeLessThanOrEqual(repeats);
});

test('a server without ranges that also cuts is read again, and gives every part once', async () => {
  const { hub } = await hubWith(onData((a) => (a.nth < 3 ? { kind: 'cut', after: 7 * PART } : { kind: 'no-range' })));
  const store = await freshStore();
  await expectIntact(store, await runDownload(store, hub, await plan(store, hub)));
});

test('it waits as long as the hub asks', async () => {
  const { hub, waits } = await hubWith((a) =>
    a.nth === 0 && a.route === 'api' ? { kind: 'status', status: 429, headers: { 'Retry-After': '42' } } : null,
  );
  await listFiles(hub, REPOSITORY, server?.commit ?? '', { signal: undefined });
  expect(waits).toEqual([42_000]);
});

const LASTING: readonly (readonly [string, (a: Asked) => HubFault | null, RegExp])[] = [
  ['a proxy answers with a web page', (a) => (a.route === 'cdn' ? { kind: 'html' } : null), /proxy or sign-in page/],
  ['bytes are altered every time', onData(() => ({ kind: 'alter', at: 77 })), /altered/],
  ['the length is always wrong', onData(() => ({ kind: 'wrong-length', extra: 5 })), /announced \d+ bytes/],
  ['the hub is down for good', onData(() => ({ kind: 'status', status: 503 })), /passing problem \(503\)/],
  ['the network is gone', onData(() => ({ kind: 'cut', after: 0 })), /connection broke/],
];
test.for(LASTING)('when %s, it says so and claims nothing', async ([, fault, words]) => {
  const { hub } = await hubWith(fault);
  const store = await freshStore();
  const f = await faultOf(plan(store, hub).then((id) => runDownload(store, hub, id)));
  expect(f).toMatchObject({ code: 'network', message: expect.stringMatching(words) });
  expect(await listModels(store)).toEqual([]);
  expect(await listDownloads(store)).toHaveLength(1);
});

test('a gated model says what to do, and a token in memory opens it', async () => {
  const { hub, server: s } = await hubWith();
  s.gate = 'hf_secret';
  const store = await freshStore();
  const id = await plan(store, hub);
  expect((await faultOf(runDownload(store, hub, id))).message).toMatch(/is gated: accept its terms/);
  const kept = await runDownload(store, { ...hub, token: 'hf_secret' }, id);
  await expectIntact(store, kept);
  const everything = await Promise.all([...store.db.objectStoreNames].map((name) => store.db.getAll(name)));
  expect(JSON.stringify(everything)).not.toContain('hf_secret');
});

test('a model and a revision that do not exist are told apart from the network', async () => {
  const { hub } = await hubWith();
  const quiet = { signal: undefined };
  expect((await faultOf(repositoryFacts(hub, 'acme/none', 'main', quiet))).message).toMatch(/was not found/);
  expect((await faultOf(repositoryFacts(hub, REPOSITORY, 'nope', quiet))).message).toMatch(/revision nope/);
});

test('paused and resumed, it repeats at most the parts that were on their way', async () => {
  const { hub, server: s } = await hubWith();
  const store = await freshStore();
  const id = await plan(store, hub);
  let pauses = 0;
  for (let kept: KeptModel | null = null; kept === null;) {
    const stop = new AbortController();
    const until = (pauses + 1) * 4 * PART;
    const onProgress = (p: DownloadProgress): void => {
      if (p.done > until) stop.abort();
    };
    try {
      kept = await runDownload(store, hub, id, { signal: stop.signal, onProgress });
      await expectIntact(store, kept);
    } catch (error) {
      expect(error).toMatchObject({ fault: { code: 'stopped' } });
      expect(await download(store, id)).not.toBeNull();
      pauses++;
    }
  }
  const sent = [...s.served.values()].reduce((a, b) => a + b, 0);
  expect(pauses).toBeGreaterThan(3);
  expect((sent - TOTAL) / PART).toBeLessThanOrEqual(2 * pauses);
});

test('a part that was damaged while the download was paused does not get into the model', async () => {
  const { hub } = await hubWith();
  const store = await freshStore();
  const id = await plan(store, hub);
  const stop = new AbortController();
  const f = await faultOf(
    runDownload(store, hub, id, { signal: stop.signal, onProgress: (p) => p.done > 9 * PART && stop.abort() }),
  );
  expect(f.code).toBe('stopped');
  const bucket = (await download(store, id))?.bucket ?? '';
  const row = await store.db.get('chunks', [bucket, DATA, 1]);
  if (!row) throw new Error('the part is not there yet');
  await store.db.put('chunks', { ...row, blob: new Blob([noise(PART, 99)]) });
  await expectIntact(store, await runDownload(store, hub, id));
});

test('storage that is full in the middle is said, and freed storage lets it go on', async () => {
  const { hub } = await hubWith();
  const store = await freshStore();
  const id = await plan(store, hub);
  let full = true;
  const transaction: unknown = (names: unknown, ...rest: unknown[]): unknown => {
    if (
      full &&
      String(names) === 'chunks' &&
      rest[0] === 'readwrite' &&
      store.db.objectStoreNames.length > 0 &&
      ++writes > 6
    )
      throw new DOMException('no', 'QuotaExceededError');
    return Reflect.apply(store.db.transaction, store.db, [names, ...rest]);
  };
  let writes = 0;
  const handler: ProxyHandler<Store['db']> = {
    get: (target, key): unknown => (key === 'transaction' ? transaction : Reflect.get(target, key)),
  };
  const tight: Store = { ...store, db: new Proxy(store.db, handler) };
  expect((await faultOf(runDownload(tight, hub, id))).code).toBe('storage-full');
  expect(await listModels(store)).toEqual([]);
  full = false;
  await expectIntact(store, await runDownload(tight, hub, id));
});

test('discarding a download leaves nothing', async () => {
  const { hub } = await hubWith();
  const store = await freshStore();
  const id = await plan(store, hub);
  const stop = new AbortController();
  await faultOf(
    runDownload(store, hub, id, { signal: stop.signal, onProgress: (p) => p.done > 2 * PART && stop.abort() }),
  );
  await discardDownload(store, id);
  expect(await store.db.count('chunks')).toBe(0);
  expect(await listDownloads(store)).toEqual([]);
});
