/** Opens the built page so that it can be driven. */
import { Stop, words } from '../say.mjs';
import { READY_MS } from './browser.mjs';

/**
 * Opens the page with `?drive` and waits until it says that it is ready.
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {(event: import('../../src/cli/types.ts').DriveEvent) => void} onEvent
 */
export async function openPage(page, url, onEvent) {
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  let isReady = () => {};
  const ready = new Promise((/** @type {(value: void) => void} */ resolve) => (isReady = resolve));
  await page.exposeBinding(
    'lookalikeReport',
    (_source, /** @type {import('../../src/cli/types.ts').DriveEvent} */ event) =>
      event.type === 'ready' ? isReady() : onEvent(event),
  );
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing for ${READY_MS / 1000} s`)), READY_MS);
  });
  try {
    await Promise.race([page.goto(`${url}?drive`).then(() => ready), late]);
  } catch (error) {
    throw new Stop(`The page did not start in the browser: ${errors[0] ?? words(error).split('\n')[0]}`, 3);
  } finally {
    clearTimeout(timer);
  }
}
