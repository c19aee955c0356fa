/**
 * Writes the marks of the built-in benchmark, public/benchmarks/phantoms/data/marks.json, from the boxes of its generator (test/marks/data/phantom-findings.json:
 * [left, top, right, bottom], both pixels inside; null where the finding is absent): an ellipse around each. Afterwards run tools/make/list-public.mjs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { typescript } from '../../cli/source.mjs';
import { runMain } from '../../say.mjs';
import { ROOT } from '../../setup/setup.mjs';

/** Pixels between the finding and the line. */
const ROOM = 3;

/** @typedef {Readonly<Record<'im_1' | 'im_2', readonly number[] | null>>} Findings */

/**
 * The text of marks.json.
 * @param {Readonly<Record<string, Findings>>} pairs
 */
export async function demoMarks(pairs) {
  await typescript();
  const { writeMarkFile } = await import('../../../src/core/images/marks/file.ts');
  const { USUAL_STROKE } = await import('../../../src/core/images/marks/mark.ts');
  /** @type {(box: readonly number[] | null) => readonly import('../../../src/core/images/marks/mark.ts').Mark[]} */
  const around = (box) => {
    if (box === null) return [];
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
    return [{ kind: 'ellipse', x0: x0 - ROOM, y0: y0 - ROOM, x1: x1 + 1 + ROOM, y1: y1 + 1 + ROOM, ...USUAL_STROKE }];
  };
  return writeMarkFile(
    Object.fromEntries(Object.entries(pairs).map(([id, { im_1, im_2 }]) => [id, [around(im_1), around(im_2)]])),
  );
}

async function main() {
  const { pairs } = JSON.parse(readFileSync(join(ROOT, 'test/marks/data/phantom-findings.json'), 'utf8'));
  writeFileSync(join(ROOT, 'public/benchmarks/phantoms/data/marks.json'), await demoMarks(pairs));
  return 0;
}

if (process.argv[1]?.endsWith('make_demo.mjs')) await runMain(main);
