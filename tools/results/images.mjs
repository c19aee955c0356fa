/** The images of the worst pairs, for a report that shows them: as they are, as data: addresses. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFolder } from '../serve/server.mjs';

/** @typedef {import('../../src/core/reports/subject.ts').Subject} Subject */

/** Larger ones are left out, so that a report stays one that can be sent. */
const LARGEST = 100_000;
const ALL = 1_400_000;
const TYPES = /** @type {Readonly<Record<string, string>>} */ ({
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
});

/**
 * @param {readonly Subject[]} subjects
 * @param {readonly (string | null)[]} folders of the subjects' benchmarks
 * @param {number} most
 */
export async function imageReader(subjects, folders, most) {
  const { imageFinder } = await import('../../src/core/benchmark/images.ts');
  const { findQuestionFile } = await import('../../src/core/benchmark/read.ts');
  const { worstPairs } = await import('../../src/core/reports/worst.ts');
  const dir = folders.find((f) => f !== null) ?? null;
  /** @type {string[]} */
  const notes = [];
  /** @type {Map<string, string>} */
  const found = new Map();
  if (dir === null)
    return { image: () => null, notes: ['--images: the benchmark is not at hand, so no image is shown.'] };
  const files = await listFolder(dir);
  const questions = findQuestionFile(files);
  const base = questions.ok ? questions.value.replace(/[^/]*$/, '') : '';
  const finder = imageFinder(files, base);
  let sum = 0;
  let left = 0;
  for (const { pair } of worstPairs(subjects, most))
    for (const i of /** @type {const} */ ([1, 2])) {
      const { path, local } = pair.images[i - 1] ?? { path: null, local: null };
      const { file } = finder.find(path, local);
      const type = TYPES[(file ?? '').replace(/^.*\./, '').toLowerCase()];
      const size = file === null ? Infinity : statSync(join(dir, file)).size;
      if (file === null || type === undefined || size > LARGEST || sum + size > ALL) {
        left++;
        continue;
      }
      sum += size;
      found.set(`${pair.id}/${i}`, `data:${type};base64,${readFileSync(join(dir, file)).toString('base64')}`);
    }
  if (left > 0)
    notes.push(
      `${left} images are not shown: not found, of a kind that browsers do not show, or too large (over ${LARGEST / 1000} kB).`,
    );
  return {
    image: (/** @type {string} */ pair, /** @type {1 | 2} */ i) => found.get(`${pair}/${i}`) ?? null,
    notes,
  };
}
