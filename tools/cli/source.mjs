/** How a command that runs in Node uses the TypeScript of src/: the packages are installed first, and tsx reads the types away. */
import { ensureInstalled } from '../setup/setup.mjs';

/** @type {Promise<void> | null} */
let ready = null;

/**
 * From here on `await import('../../src/....ts')` works. Only what is pure or knows Node may be imported: src/core, src/hub, src/app without the page.
 * @returns {Promise<void>}
 */
export function typescript() {
  ready ??= (async () => {
    await ensureInstalled();
    const { register } = await import('tsx/esm/api');
    register();
  })();
  return ready;
}
