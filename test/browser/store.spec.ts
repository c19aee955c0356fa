import { appendFileSync } from 'node:fs';
import { expect, test, type BrowserContext } from '@playwright/test';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import {
  connectedPage,
  hubOf,
  MB,
  newProfile,
  planIn,
  runIn,
  sentOf,
  WEIGHTS,
  type Profile,
} from '../support/harness/store-lab.ts';
import { startSite, type Site } from '../support/harness/site.ts';
import type { FakeHub } from '../support/hub/hub.ts';

let site: Site;
let hub: FakeHub;
let profile: Profile;
let context: BrowserContext;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site.remove());
test.beforeEach(async () => {
  hub = await hubOf(70 * MB);
  profile = newProfile();
  context = await profile.open();
});
test.afterEach(async () => {
  await context.close();
  profile.remove();
  await hub.close();
});

test('the page reaches no host until the user allows one, and then no other', async () => {
  const page = context.pages()[0] ?? (await context.newPage());
  const tryFetch = (url: string): Promise<boolean> =>
    page.evaluate(
      (u) =>
        fetch(u).then(
          () => true,
          () => false,
        ),
      url,
    );
  await page.goto(site.url);
  expect(await tryFetch(`${hub.url}/api/models/acme/tiny-vlm/revision/main`)).toBe(false);
  expect(await page.evaluate((url) => window.storeLab.hubReach(url), hub.url)).toBe('closed');
  await connectedPage(context, site, hub);
  expect(await page.evaluate((url) => window.storeLab.hubReach(url), hub.url)).toBe('open');
  expect(await tryFetch(`${hub.url}/api/models/acme/tiny-vlm/revision/main`)).toBe(true);
  const other = await hubOf(1);
  expect(await tryFetch(`${other.url}/api/models/acme/tiny-vlm/revision/main`)).toBe(false);
  expect(other.asked).toEqual([]);
  await other.close();
  await page.evaluate(() => window.storeLab.forbidHub());
  await page.reload();
  expect(await tryFetch(`${hub.url}/api/models/acme/tiny-vlm/revision/main`)).toBe(false);
});

test('a model is downloaded through cut connections', async () => {
  const page = await connectedPage(context, site, hub);
  hub.fault = (a) => (a.route === 'cdn' && a.path === WEIGHTS && a.nth < 4 ? { kind: 'cut', after: 9 * MB } : null);
  expect(await runIn(page, hub, await planIn(page, hub))).toMatchObject({ lost: 0 });
  expect(sentOf(hub) - 70 * MB).toBeLessThanOrEqual(4 * 2 * 32 * MB);
});

test('a flipped byte and a lost part are found, and only those parts are fetched again', async () => {
  const page = await connectedPage(context, site, hub);
  const ran = await runIn(page, hub, await planIn(page, hub));
  if (!('model' in ran)) throw new Error(ran.message);
  const before = sentOf(hub);
  const found = await page.evaluate(
    async ([address, model, path]) => {
      const lab = window.storeLab;
      const store = await lab.openStore();
      const bucket = (await lab.model(store, model))?.bucket ?? '';
      const row = await store.db.get('chunks', [bucket, path, 0]);
      if (!row || !('blob' in row)) throw new Error('no part');
      const bytes = new Uint8Array(await row.blob.arrayBuffer());
      bytes[12_345] = (bytes[12_345] ?? 0) ^ 1;
      await store.db.put('chunks', { ...row, blob: new Blob([bytes]) });
      await store.db.delete('chunks', [bucket, path, 2]);
      const verification = await lab.verifyModel(store, model);
      await lab.repairFromHub(store, lab.createHub({ address }), verification);
      const after = await lab.verifyModel(store, model);
      store.close();
      return { lost: verification.lost, after: after.lost };
    },
    [hub.url, ran.model, WEIGHTS] as const,
  );
  expect(found.lost).toEqual([
    { path: WEIGHTS, index: 0, reason: 'damaged' },
    { path: WEIGHTS, index: 2, reason: 'missing' },
  ]);
  expect(found.after).toEqual([]);
  expect(sentOf(hub) - before).toBe(32 * MB + 6 * MB);
});

test('storage that the browser refuses in the middle is said with numbers, and nothing claims to be whole', async () => {
  const page = await connectedPage(context, site, hub);
  const id = await planIn(page, hub);
  // The browser's own quota for a test cannot be set (IndexedDB passes over DevTools' override), so the refusal itself is put in its place.
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    let parts = 0;
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (this.name === 'chunks' && ++parts === 3) throw new DOMException('full', 'QuotaExceededError');
      return key === undefined ? put.call(this, value) : put.call(this, value, key);
    };
  });
  expect(await runIn(page, hub, id)).toMatchObject({ code: 'storage-full', message: expect.stringMatching(/full/) });
  const kept = await page.evaluate(async () => {
    const store = await window.storeLab.openStore();
    const models = (await window.storeLab.listModels(store)).length;
    const open = (await window.storeLab.listDownloads(store)).length;
    store.close();
    return { models, open };
  });
  expect(kept).toEqual({ models: 0, open: 1 });
  expect(await runIn(page, hub, id)).toMatchObject({ lost: 0 });
});

test('after one visit the app starts without the server, from a fresh browser, with its kept model', async () => {
  const page = await connectedPage(context, site, hub);
  const ran = await runIn(page, hub, await planIn(page, hub));
  if (!('model' in ran)) throw new Error(ran.message);
  await context.close();
  await site.stop();
  try {
    context = await profile.open();
    const again = context.pages()[0] ?? (await context.newPage());
    await again.goto(site.url);
    expect(await again.evaluate(() => crossOriginIsolated)).toBe(true);
    const lost = await again.evaluate(async (id) => {
      const store = await window.storeLab.openStore();
      return (await window.storeLab.verifyModel(store, id)).lost;
    }, ran.model);
    expect(lost).toEqual([]);
  } finally {
    await site.start();
  }
});

test('an update is announced, waits, and is taken when the user says so', async () => {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(site.url);
  await page.evaluate(() => window.storeLab.registerApp({}, 0));
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  appendFileSync(`${site.dir}/sw.js`, '\n// a new version\n');
  await page.evaluate(async () => {
    const heard = new Promise<() => Promise<void>>((resolve) => {
      void window.storeLab.registerApp({ onUpdate: resolve }, 0);
    });
    Object.assign(window, { apply: await heard });
  });
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)).toBe(
    'installed',
  );
  const reloaded = page.waitForEvent('load');
  await page.evaluate(() => void (window as unknown as { apply: () => Promise<void> }).apply());
  await reloaded;
  expect(
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null),
  ).toBeNull();
});

test('a model is carried as a zip, plain or compressed, under the page\u2019s own policy', async () => {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(site.url);
  const folder = { 'm/config.json': '{"model_type":"llava"}', 'm/onnx/vision_encoder.onnx': 'weights '.repeat(10_000) };
  const compressed = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, text] of Object.entries(folder)) await compressed.add(path, new TextReader(text));
  const bytes = [...(await compressed.close())];
  const kept = await page.evaluate(async (zip) => {
    const lab = window.storeLab;
    const store = await lab.openStore();
    const first = await lab.importModel(store, 'm', await lab.filesOfZip(new Blob([new Uint8Array(zip)])), 'zip', null);
    const carried = await (await lab.exportZip(store, first.id)).blob();
    await lab.deleteModel(store, first.id);
    const second = await lab.importModel(store, 'm', await lab.filesOfZip(carried), 'zip', null);
    const { lost } = await lab.verifyModel(store, second.id);
    store.close();
    return { same: first.id === second.id, files: second.files.map((f) => f.path), lost };
  }, bytes);
  expect(kept).toEqual({ same: true, files: ['config.json', 'onnx/vision_encoder.onnx'], lost: [] });
});
