import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publicFolders, publicIndex } from '../../../tools/make/list-public.mjs';

test.each(publicFolders())(
  'index.json of $name lists what is there (else: node tools/make/list-public.mjs)',
  async ({ dir, name }) => {
    expect(readFileSync(join(dir, 'index.json'), 'utf8')).toBe(await publicIndex(dir, name));
  },
);

test('the demo ships with the app', () => {
  expect(publicFolders().map((f) => f.name)).toEqual(expect.arrayContaining(['phantoms', 'phantom-vlm']));
});
