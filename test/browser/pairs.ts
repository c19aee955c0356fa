import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';

/** Pairs of the phantoms by ONNX Runtime for Python: [file, file, sim_med, sim_gen]. */
export const reference = JSON.parse(
  readFileSync(new URL('../data/discovery/phantom-pairs.json', import.meta.url), 'utf8'),
) as { pairs: [string, string, number, number][] };

async function exported(page: Page): Promise<Map<string, [number, number]>> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /pairs\.csv of all/ }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  const name = (path = ''): string => path.slice(path.lastIndexOf('/') + 1);
  return new Map(
    text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([a, b, med, gen]) => [`${name(a)} ${name(b)}`, [Number(med), Number(gen)]]),
  );
}

/** The exported pairs are those of the reference, each similarity within 1e-5. */
export async function expectReference(page: Page): Promise<void> {
  const pairs = await exported(page);
  expect([...pairs.keys()].sort()).toEqual(reference.pairs.map(([a, b]) => `${a} ${b}`).sort());
  let worst = 0;
  for (const [a, b, med, gen] of reference.pairs) {
    const [m = NaN, g = NaN] = pairs.get(`${a} ${b}`) ?? [];
    worst = Math.max(worst, Math.abs(m - med), Math.abs(g - gen));
  }
  expect(worst).toBeLessThan(1e-5);
}
