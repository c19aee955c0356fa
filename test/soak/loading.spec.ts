import { expect, test } from '@playwright/test';
import { MB, newProfile } from '../harness/store-lab.ts';
import { startSite } from '../harness/site.ts';

const SIZE = 320 * MB;
const ROUNDS = 7;

/** ms of each read, and the highest JS heap (buffers included) above where it began. */
interface Reads {
  readonly store: number[];
  readonly cache: number[];
  readonly check: number[];
  readonly storePeak: number;
}

test('reading a kept model takes no longer than 1.25 times the Cache API, and its size in memory once', async () => {
  const site = await startSite();
  const profile = newProfile();
  const context = await profile.open();
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(site.url);
  const id = await page.evaluate(async (size) => {
    const store = await window.storeLab.openStore();
    const piece = new Uint8Array(1024 * 1024);
    const weights = new Blob(
      Array.from({ length: size / piece.length }, () => {
        for (let i = 0; i < piece.length; i += 65_536) crypto.getRandomValues(piece.subarray(i, i + 65_536));
        return new Blob([piece]);
      }),
    );
    const files = [
      { path: 'config.json', blob: new Blob(['{"model_type":"llava"}']) },
      { path: 'onnx/decoder_model_merged.onnx', blob: weights },
    ];
    const kept = await window.storeLab.keepModel(store, 'm', files);
    const headers = { 'Content-Length': String(weights.size) };
    await (await caches.open('bench')).put('./weights', new Response(weights, { headers }));
    store.close();
    return kept.id;
  }, SIZE);
  // A fresh browser: what is measured is reading from disk by way of the browser, not what a page still holds.
  await context.close();
  const again = await profile.open();
  const fresh = again.pages()[0] ?? (await again.newPage());
  await fresh.goto(site.url);
  const reads: Reads = await fresh.evaluate(
    async ([model, rounds]) => {
      const store = await window.storeLab.openStore();
      const heap = (): number =>
        (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
      /** As the library reads: a stream into one buffer of the announced length. */
      const drain = async (response: Response, length: number): Promise<void> => {
        const into = new Uint8Array(length);
        const reader = response.body?.getReader();
        let at = 0;
        for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
          into.set(next.value, at);
          at += next.value.length;
        }
        if (at !== length) throw new Error(`${at} of ${length} bytes`);
      };
      const fromStore = async (): Promise<void> => {
        const source = await window.storeLab.modelSource(store, model);
        const file = source.kind === 'blobs' ? source.files.find((f) => f.path.endsWith('.onnx')) : undefined;
        if (source.kind !== 'blobs' || !file || !('parts' in file)) throw new Error('not kept as blobs');
        await drain(new Response(new Blob([...file.parts])), file.size);
      };
      const fromCache = async (): Promise<void> => {
        const response = await (await caches.open('bench')).match('./weights');
        if (!response) throw new Error('not in the cache');
        await drain(response, Number(response.headers.get('content-length')));
      };
      const time = async (work: () => Promise<unknown>): Promise<number> => {
        const start = performance.now();
        await work();
        return performance.now() - start;
      };
      const reads = { store: [] as number[], cache: [] as number[], check: [] as number[], storePeak: 0 };
      for (let i = 0; i < rounds; i++) {
        reads.cache.push(await time(fromCache));
        const before = heap();
        const timer = setInterval(() => (reads.storePeak = Math.max(reads.storePeak, heap() - before)), 5);
        reads.store.push(await time(fromStore));
        clearInterval(timer);
      }
      for (let i = 0; i < 3; i++) reads.check.push(await time(() => window.storeLab.verifyModel(store, model)));
      return reads;
    },
    [id, ROUNDS] as const,
  );
  const median = (x: readonly number[]): number => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)] ?? NaN;
  const [store, cache] = [median(reads.store), median(reads.cache)];
  console.log(
    `320 MB: store ${store.toFixed(0)} ms, Cache API ${cache.toFixed(0)} ms, ratio ${(store / cache).toFixed(2)}; ` +
      `heap peak ${(reads.storePeak / SIZE).toFixed(2)} of the file; checking every byte ${median(reads.check).toFixed(0)} ms; ` +
      `all ${JSON.stringify(reads, (_, v: unknown) => (typeof v === 'number' ? Math.round(v) : v))}`,
  );
  expect(store / cache).toBeLessThanOrEqual(1.25);
  expect(reads.storePeak).toBeGreaterThan(0.5 * SIZE);
  expect(reads.storePeak).toBeLessThanOrEqual(1.3 * SIZE);
  await again.close();
  profile.remove();
  await site.remove();
});
