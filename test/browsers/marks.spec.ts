import { expect, test } from '@playwright/test';
import { ensureFirefox } from '../../tools/setup/browsers.mjs';
import { openFirefox } from '../support/browsers/firefox.ts';
import { marksBundle } from '../support/marks-bundle.ts';
import { markCases } from '../support/marks.ts';

test('Firefox burns marks into images with the bytes of the second implementation', async () => {
  const driver = await openFirefox(ensureFirefox());
  try {
    await driver.goto(test.info().project.use.baseURL ?? '');
    const cases = markCases();
    const body = `${await marksBundle()}
      const found = [];
      for (const c of args[0]) found.push([c.id, await marksHash(c)]);
      return found;`;
    const hashes = await driver.call(body, cases);
    expect(hashes).toEqual(cases.map((c) => [c.id, c.sha256]));
  } finally {
    await driver.close();
  }
});
