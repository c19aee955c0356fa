import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { marksChoice } from '../../../tools/evaluate/probes.mjs';
import { Stop } from '../../../tools/say.mjs';

const dir = mkdtempSync(join(tmpdir(), 'lookalike-marks-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function refusal(path: string): Promise<{ message: string; code: number }> {
  try {
    await marksChoice(path, dir);
  } catch (error) {
    if (error instanceof Stop) return { message: error.message, code: error.code };
    throw error;
  }
  throw new Error(`taken: ${path}`);
}

test('a file of marks is read, boxes as data sets write them too', async () => {
  writeFileSync(join(dir, 'boxes.json'), JSON.stringify({ pairs: { '1': { im_1: [1, 2, 3, 4], im_2: null } } }));
  expect(await marksChoice('boxes.json', dir)).toMatchObject({ '1': [[{ kind: 'box', x1: 4, y1: 5 }], []] });
  expect(await marksChoice(null, dir)).toBeNull();
});

test('what is no file of marks is refused with its place', async () => {
  writeFileSync(join(dir, 'broken.json'), '{"pairs": {"1": {"im_1": [{"kind": "arow"}]}}}');
  expect(await refusal('none.json')).toEqual({ message: '--marks: there is no file none.json.', code: 2 });
  expect(await refusal('broken.json')).toMatchObject({
    message: expect.stringContaining('pairs.1.im_1[0].kind'),
    code: 2,
  });
});
