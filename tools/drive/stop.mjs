/** Ctrl-C for a driven page. */
import { STOPPED } from '../cli/exit-code.mjs';
import { Stop } from '../say.mjs';

/** @typedef {import('./progress.mjs').Reporter} Reporter */

/**
 * Ends the work on Ctrl-C: the first time after the work in hand, the second time at once. In place before the browser is,
 * or a browser would outlive a command that is stopped while it starts.
 * @param {Reporter} reporter
 */
export function stopOnSignals(reporter) {
  let times = 0;
  /** @type {import('playwright-core').Page | null} */
  let page = null;
  const stop = () => {
    times++;
    if (times === 1) reporter.line('Stopping after the work in hand (Ctrl-C again: at once) ...');
    if (page === null) return;
    if (times === 1) askToStop(page);
    else
      void page
        .context()
        .close()
        .catch(() => {}); // closing is all that is wanted
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, stop);
  return {
    asked: () => times > 0,
    /** From here on the page can be asked. */
    arm(/** @type {import('playwright-core').Page} */ opened) {
      page = opened;
      if (times > 0) throw new Stop('Stopped before the run began.', STOPPED);
    },
    release: () => signals.forEach((signal) => process.off(signal, stop)),
  };
}

/** Asks the page's work to stop; a page that is gone has stopped. */
export function askToStop(/** @type {import('playwright-core').Page} */ page) {
  page.evaluate(() => /** @type {any} */ (globalThis).lookalike.stop()).catch(() => {});
}
