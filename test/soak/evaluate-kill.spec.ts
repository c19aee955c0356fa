import { expect, test } from '@playwright/test';
import { evaluate, recordLines, scratch } from '../browser/command.ts';

const KILLS = 12;
const PAIRS = 40;
const space = scratch();
test.afterAll(() => space.remove());

const common = ['--device', 'wasm', '--dtype', 'fp32', '--limit', String(PAIRS)];

test(`evaluate killed ${KILLS} times at any moment ends with the records of a run that was left alone`, async () => {
  const alone = space.path('alone');
  expect((await evaluate([...common, '--out', alone])).code).toBe(0);

  const out = space.path('killed');
  const args = [...common, '--out', out, '--resume'];
  for (let i = 0; i < KILLS; i++) {
    // Spread over the stages of a run: start of the browser, certificate, scoring early and late.
    const after = [/checking/, /loading/, /first item/, /image \d+/][i % 4] ?? /image/;
    await evaluate(args, { signal: { when: after, name: i % 3 === 0 ? 'SIGINT' : 'SIGKILL' } });
  }
  expect((await evaluate(args)).code).toBe(0);
  expect(recordLines(out)).toEqual(recordLines(alone));
});
