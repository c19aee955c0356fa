/** Drives the built page through one use case of src/cli/use-cases.ts: a browser, folders served to it, events out, Ctrl-C in. */
import { exitCode, STOPPED } from '../cli/exit-code.mjs';
import { words } from '../say.mjs';
import { createRemote } from '../serve/remote.mjs';
import { serve } from '../serve/server.mjs';
import { ensureBuilt, ensureChromium, ensureInstalled } from '../setup/setup.mjs';
import { openBrowser } from './browser.mjs';
import { openPage } from './page.mjs';
import { createSink, unwritten } from './sink.mjs';
import { askToStop, stopOnSignals } from './stop.mjs';

/** @typedef {import('../../src/cli/use-cases.ts').UseCaseName} UseCaseName */
/** @typedef {import('../../src/cli/types.ts').OutFile} OutFile */
/** @typedef {import('./progress.mjs').Reporter} Reporter */
/** @typedef {import('./sink.mjs').Sink} Sink */

/**
 * @template T
 * @typedef {object} Driven
 * @property {import('../../src/core/fault.ts').Result<T> | null} result null: the browser was gone before the page could end
 * @property {boolean} asked whether the person asked to stop
 * @property {Sink} sink
 */

/**
 * One use case, from the start of the browser to its end. Packages, the build and the browser are had first.
 * @template {UseCaseName} N
 * @param {object} options
 * @param {N} options.useCase
 * @param {import('../../src/cli/use-cases.ts').RequestOf<N>} options.request plain data
 * @param {() => Promise<import('../serve/server.mjs').Mount[]>} [options.mounts] folders that the page may read (mounts.mjs)
 * @param {string | null} [options.out] folder of the files that the use case writes
 * @param {Reporter} options.reporter
 * @param {{keys: readonly import('../serve/keys.mjs').HeldKey[], agreed: readonly string[]} | null} [options.remote] the way to a model server, where the use case asks one
 * @returns {Promise<Driven<import('../../src/cli/use-cases.ts').OutcomeOf<N>>>}
 */
export async function drive({ useCase, request, mounts = async () => [], out = null, reporter, remote = null }) {
  await ensureInstalled();
  const root = await ensureBuilt();
  const executable = await ensureChromium();
  const server = await serve({
    ...{ root, port: 0, mounts: await mounts() },
    ...(remote === null ? {} : { remote: await createRemote(remote) }),
  });
  const signals = stopOnSignals(reporter);
  /** @type {Awaited<ReturnType<typeof openBrowser>> | null} */
  let browser = null;
  const sink = createSink(out, reporter, () => browser && askToStop(browser.page));
  try {
    browser = await openBrowser(executable);
    const { page, context } = browser;
    const gone = new Promise((/** @type {(value: null) => void} */ resolve) => {
      context.on('close', () => resolve(null));
      page.on('crash', () => resolve(null));
    });
    await openPage(page, server.url, (event) => sink.on(event));
    signals.arm(page);
    const result = await Promise.race([call(page, useCase, request), gone]);
    return { result, asked: signals.asked(), sink };
  } finally {
    reporter.end();
    sink.close();
    await browser?.close();
    await server.close();
    signals.release();
  }
}

/**
 * @template {UseCaseName} N
 * @param {import('playwright-core').Page} page
 * @param {N} useCase
 * @param {import('../../src/cli/use-cases.ts').RequestOf<N>} request
 * @returns {Promise<import('../../src/core/fault.ts').Result<import('../../src/cli/use-cases.ts').OutcomeOf<N>> | null>}
 */
async function call(page, useCase, request) {
  try {
    return await page.evaluate(
      ([name, wanted]) => /** @type {any} */ (globalThis).lookalike.run(name, wanted),
      /** @type {const} */ ([useCase, request]),
    );
  } catch (error) {
    if (/closed|crashed/i.test(words(error))) return null;
    throw error;
  }
}

/**
 * How a use case that came to its end is told.
 * @typedef {object} Ending
 * @property {number} code the exit code
 * @property {readonly string[]} [lines] for standard error
 * @property {readonly OutFile[]} [files]
 * @property {string} [print] for standard output
 */

/**
 * Writes the final files of a use case and says how it ended.
 * @template T
 * @param {Driven<T>} driven
 * @param {object} to
 * @param {string | null} to.out
 * @param {Reporter} to.reporter
 * @param {string} to.goOn how a stopped one goes on: `--out DIR --resume`; '' where it cannot
 * @param {(value: T) => Ending} to.tell what came of it; a fault is told by its own sentence and exit code
 * @returns {number} the exit code
 */
export function conclude({ result, asked, sink }, { out, reporter, goOn, tell }) {
  if (result === null) {
    if (sink.fault() !== null) return unwritten(sink, [], reporter);
    const what = asked ? 'Stopped.' : 'The browser ended in the middle of the work.';
    reporter.line(goOn === '' ? what : `${what} Go on with ${goOn}.`);
    return asked ? STOPPED : 3;
  }
  /** @type {Ending} */
  const ending = result.ok ? tell(result.value) : { code: exitCode(result.fault.code), lines: [result.fault.message] };
  const { code, lines = [], files = [], print = '' } = ending;
  const last = sink.last();
  if (last) reporter.progress({ ...last, what: '', secondsLeft: null }, true);
  reporter.end();
  if (print !== '') process.stdout.write(`${print.trimEnd()}\n`);
  // What was stopped because its results could not be written ends for that reason, not for the stop.
  if (sink.fault() === null) for (const line of lines) reporter.line(line);
  sink.write(files);
  if (sink.fault() !== null) return unwritten(sink, files, reporter);
  if (files.length > 0 && out !== null)
    reporter.line(`Results: ${out}${code === STOPPED && goOn !== '' ? ` (go on with ${goOn})` : ''}`);
  return code;
}
