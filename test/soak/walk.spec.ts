import { expect, test } from '@playwright/test';
import { walk } from '../browser/walk.ts';

/** ms; on a machine with nothing else to do. */
const NO_LONGER_THAN = 500;

test('no task of the page is long while a run scores', ({ page }, info) =>
  walk(page, info, (ms) =>
    expect(Math.max(0, ...ms), 'longest task while scoring, ms').toBeLessThanOrEqual(NO_LONGER_THAN),
  ));
