import { expect, test } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { checkFolder } from '../../tools/commands/conformance.mjs';

/** The project's own cases through the real image worker, as `npm run conformance` checks any folder. */
test('the image worker decodes, turns and prepares every case as the reference does', async () => {
  const verdicts: { id: string; short: string }[] = [];
  await checkFolder(fileURLToPath(new URL('../pixels', import.meta.url)), (v) => verdicts.push(v));
  expect(verdicts.filter((v) => v.short !== '')).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(150);
});
