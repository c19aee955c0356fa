import { expect, test } from '@playwright/test';
import { connectedPage, hubOf, MB, newProfile, planIn, runIn, sentOf, WEIGHTS } from '../support/harness/store-lab.ts';
import { startSite, type Site } from '../support/harness/site.ts';
import type { Asked, FakeHub, HubFault } from '../support/hub/hub.ts';

const SIZE = 300 * MB;
const PART = 32 * MB;

let site: Site;
let hub: FakeHub;
test.beforeAll(async () => {
  site = await startSite();
  hub = await hubOf(SIZE);
});
test.afterAll(async () => {
  await hub.close();
  await site.remove();
});
test.beforeEach(() => {
  hub.fault = () => null;
  hub.gate = null;
  hub.reset();
});

const onData =
  (f: (a: Asked) => HubFault | null) =>
  (a: Asked): HubFault | null =>
    a.route === 'cdn' && a.path === WEIGHTS ? f(a) : null;
const STALLS = 'a server that stops sending';
/** Name, fault, and how many parts may be sent again at most. */
const FAULTS: readonly (readonly [string, (a: Asked) => HubFault | null, number])[] = [
  ['nothing wrong', () => null, 0],
  ['connections cut every 20 MB', onData((a) => (a.nth < 12 ? { kind: 'cut', after: 20 * MB } : null)), 2 * 12],
  ['bodies that end early but cleanly', onData((a) => (a.nth < 5 ? { kind: 'truncate', after: 5 * MB } : null)), 2 * 5],
  ['altered bytes', onData((a) => (a.nth === 4 ? { kind: 'alter', at: 4 * PART + 9 } : null)), 11],
  // Bytes in the sockets' buffers when the client turns to the whole file, and no more.
  ['no ranges', onData(() => ({ kind: 'no-range' })), 2],
  [
    '429',
    (a) => (a.nth < 2 && a.route !== 'cdn' ? { kind: 'status', status: 429, headers: { 'Retry-After': '1' } } : null),
    0,
  ],
  ['503', onData((a) => (a.nth % 2 === 0 && a.nth < 10 ? { kind: 'status', status: 503 } : null)), 0],
  [STALLS, onData((a) => (a.nth < 3 ? { kind: 'stall', after: 3 * MB } : null)), 2 * 3],
  ['a slow server', onData((a) => (a.nth < 2 ? { kind: 'slow', bytesPerSecond: 20 * MB } : null)), 0],
  ['a wrong length', onData((a) => (a.nth === 1 ? { kind: 'wrong-length', extra: 5 } : null)), 2],
];

for (const [name, fault, parts] of FAULTS) {
  test(`300 MB arrive intact in spite of ${name}`, async () => {
    const profile = newProfile();
    const context = await profile.open();
    try {
      const page = await connectedPage(context, site, hub);
      hub.fault = fault;
      // Elsewhere a pause is the machine's own, which may be busy.
      const stallMs = name === STALLS ? 5000 : undefined;
      expect(await runIn(page, hub, await planIn(page, hub), stallMs)).toMatchObject({ lost: 0 });
      const repeated = (sentOf(hub) - SIZE) / PART;
      console.log(`${name}: ${repeated.toFixed(2)} parts sent again`);
      expect(repeated).toBeLessThanOrEqual(parts);
    } finally {
      await context.close();
      profile.remove();
    }
  });
}

const KILLS = 25;

test(`a browser killed at ${KILLS} random moments goes on, and the model verifies`, async () => {
  const profile = newProfile();
  // So slow that the download outlives all kills.
  let kills = 0;
  let done = false;
  hub.fault = onData(() => ({ kind: 'slow', bytesPerSecond: kills < KILLS ? 12 * MB : 400 * MB }));
  try {
    for (; kills < KILLS && !done; kills++) {
      const browser = await profile.launch();
      const page = await connectedPage(browser.context, site, hub);
      const id = await planIn(page, hub);
      const ended = runIn(page, hub, id).then(
        (ran) => 'model' in ran,
        () => false,
      );
      // Seeded, so that a failure can be had again.
      const moment = 500 + ((kills * 7919) % 3000);
      const finished = await Promise.race([
        ended,
        new Promise<null>((resolve) => setTimeout(() => resolve(null), moment)),
      ]);
      done = finished === true;
      await browser.kill();
      await ended;
    }
    const context = await profile.open();
    const page = await connectedPage(context, site, hub);
    if (!done) expect(await runIn(page, hub, await planIn(page, hub))).toMatchObject({ lost: 0 });
    const lost = await page.evaluate(async () => {
      const store = await window.storeLab.openStore();
      const [model] = await window.storeLab.listModels(store);
      return model ? (await window.storeLab.verifyModel(store, model.id)).lost : null;
    });
    expect(lost).toEqual([]);
    const repeated = (sentOf(hub) - SIZE) / PART;
    console.log(`${kills} kills: ${repeated.toFixed(1)} parts sent again`);
    expect(repeated).toBeLessThanOrEqual(2 * kills);
    await context.close();
  } finally {
    profile.remove();
  }
});

test('the page stays free while a download is cut again and again', async () => {
  const profile = newProfile();
  const context = await profile.open();
  try {
    const page = await connectedPage(context, site, hub);
    hub.fault = onData((a) => (a.nth < 4 ? { kind: 'cut', after: 9 * MB } : null));
    const id = await planIn(page, hub);
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(window, { longTasks: tasks });
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({
        entryTypes: ['longtask'],
      });
    });
    expect(await runIn(page, hub, id)).toMatchObject({ lost: 0 });
    const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { longTasks: number[] }).longTasks));
    expect(longest, 'ms').toBeLessThan(200);
  } finally {
    await context.close();
    profile.remove();
  }
});
