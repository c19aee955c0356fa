import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { kernels } from '../../../tools/make/search/kernel.mjs';

it('the committed kernels are what their program makes', async () => {
  for (const [name, bytes] of await kernels()) {
    const committed = await readFile(new URL(`../../../workers/search/kernels/${name}`, import.meta.url));
    expect(Buffer.compare(committed, Buffer.from(bytes)), name).toBe(0);
  }
});
