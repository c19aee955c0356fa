import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

/** Pairs of the phantoms by ONNX Runtime for Python: [file, file, sim_med, sim_gen]. */
export const reference = JSON.parse(
  readFileSync(new URL('../data/discovery/phantom-pairs.json', import.meta.url), 'utf8'),
) as { pairs: [string, string, number, number][] };

const IMAGES = 'public/benchmarks/phantoms/data/images';

/** Pairs of the reference that are in the folder of `writeMixed`. */
export const MIXED_PAIRS = reference.pairs.slice(0, 2).map(([a, b]) => [a, b] as const);

/**
 * A folder as people have them: images of two pairs in nested folders, three files that are no images whatever their names say (cut.png, empty.png,
 * words.jpg), and a table with a caption of one image and of one that is not there (gone.png).
 * @returns how many images are whole
 */
export function writeMixed(folder: string): number {
  const names = [...new Set(MIXED_PAIRS.flat())];
  mkdirSync(join(folder, 'größe', 'a b'), { recursive: true });
  for (const name of names) cpSync(join(IMAGES, name), join(folder, 'größe', 'a b', name));
  const whole = readFileSync(join(IMAGES, names[0] ?? ''));
  writeFileSync(join(folder, 'cut.png'), whole.subarray(0, whole.length / 2));
  writeFileSync(join(folder, 'empty.png'), '');
  writeFileSync(join(folder, 'words.jpg'), 'This is no picture.');
  writeFileSync(join(folder, 'captions.csv'), `image,caption\n${names[0] ?? ''},A caption\ngone.png,Of nothing\n`);
  return names.length;
}

/** The two images of a pair, whichever of them is the first. */
const pairName = (a: string, b: string): string => [a, b].sort().join(' ');

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
      .map(([a, b, med, gen]) => [pairName(name(a), name(b)), [Number(med), Number(gen)]]),
  );
}

/** The exported pairs are those of the reference, each similarity within 1e-5. */
export async function expectReference(page: Page): Promise<void> {
  const pairs = await exported(page);
  expect([...pairs.keys()].sort()).toEqual(reference.pairs.map(([a, b]) => pairName(a, b)).sort());
  let worst = 0;
  for (const [a, b, med, gen] of reference.pairs) {
    const [m = NaN, g = NaN] = pairs.get(pairName(a, b)) ?? [];
    worst = Math.max(worst, Math.abs(m - med), Math.abs(g - gen));
  }
  expect(worst).toBeLessThan(1e-5);
}
