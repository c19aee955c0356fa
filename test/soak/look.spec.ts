import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { readMarkFile } from '../../src/core/images/marks/file.ts';
import { boundsOf } from '../../src/core/images/marks/mark.ts';
import { textSize } from '../../src/core/images/marks/shapes.ts';
import { keptMaps } from '../../src/core/occlusion/file.ts';
import { shareIn } from '../../src/core/occlusion/map.ts';
import { command, DEMO_BENCHMARK, readJson, scratch } from '../browser/command.ts';

const space = scratch();
test.afterAll(() => space.remove());

/** Images of the demo. */
const SIZE = { width: 128, height: 128 };
const PAIRS = 6;

/** The first plain pairs of the demo: those whose finding is not hidden on purpose. */
function plainPairs(): readonly string[] {
  const rows = JSON.parse(readFileSync(`${DEMO_BENCHMARK}/data/dataset.json`, 'utf8')) as Record<
    string,
    { difficulty: string }
  >;
  const plain = Object.entries(rows).flatMap(([id, row]) => (row.difficulty === 'plain' ? [id] : []));
  return plain.slice(0, PAIRS);
}

test('the demo’s model looks where the finding is: its box holds more than twice its share of the change', async () => {
  const out = space.path('look');
  const ids = plainPairs();
  const { code, stdout } = await command([
    'occlude',
    '--device',
    'wasm',
    '--dtype',
    'fp32',
    '--pair',
    ids.join(','),
    '--out',
    out,
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${PAIRS * 2 * 65} image encodes, ${PAIRS * 2 * 65} prefills.`);
  const read = readMarkFile('marks.json', readFileSync(`${DEMO_BENCHMARK}/data/marks.json`, 'utf8'));
  if (!read.ok) throw new Error(read.fault.message);
  const maps = keptMaps(JSON.stringify(readJson(out, 'occlusion.json')));
  const times = maps.flatMap(({ map }) => {
    const marks = read.value[map.pair]?.[map.image === 1 ? 0 : 1] ?? [];
    return marks.flatMap((mark) => {
      const share = shareIn(
        map,
        boundsOf(mark, (t) => textSize(t, SIZE)),
        SIZE,
      );
      return share ? [share.change / share.area] : [];
    });
  });
  // Not every image of a plain pair has a finding: half of some pairs is the normal one.
  expect(times.length).toBeGreaterThanOrEqual(PAIRS);
  const sorted = [...times].sort((a, b) => a - b);
  console.log('times its share:', sorted.map((t) => t.toFixed(1)).join(', '));
  expect(sorted[Math.floor((sorted.length - 1) / 2)]).toBeGreaterThan(2);
});
