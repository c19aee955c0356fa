/** Drives one run in the page: events out to the results folder and the terminal, Ctrl-C in, an exit code at the end. */
import { openBrowser } from './browser.mjs';
import { Appender, rescue, writeFiles } from './out.mjs';
import { Stop, words } from './say.mjs';
import { STOPPED, benchmarkLines, verdict } from './verdict.mjs';

/** @typedef {import('../src/drive/types.ts').DriveEvent} DriveEvent */
/** @typedef {import('../src/drive/types.ts').DriveOutcome} DriveOutcome */
/** @typedef {ReturnType<typeof import('./progress.mjs').createReporter>} Reporter */

const READY_MS = 60_000;

/**
 * Keeps what the page reports: lines on disk at once, the rest on the terminal. A write that fails is kept for the end.
 * @param {string} out
 * @param {Reporter} reporter
 * @param {() => void} onWriteFault
 */
function createSink(out, reporter, onWriteFault) {
  const appender = new Appender(out);
  /** @type {string[]} */
  const lines = [];
  /** @type {unknown} */
  let writeFault = null;
  /** @type {import('./progress.mjs').Progress | null} */
  let last = null;
  /** @param {() => void} write */
  const guarded = (write) => {
    if (writeFault !== null) return;
    try {
      write();
    } catch (error) {
      writeFault = error;
      onWriteFault();
    }
  };
  return {
    lines,
    fault: () => writeFault,
    last: () => last,
    close: () => appender.close(),
    on(/** @type {DriveEvent} */ event) {
      if (event.type === 'benchmark') benchmarkLines(event).forEach((line) => reporter.line(line));
      else if (event.type === 'message') reporter.line(event.text);
      else if (event.type === 'progress') reporter.progress((last = event));
      else if (event.type === 'records') {
        lines.push(...event.lines);
        guarded(() => appender.append(event.lines));
      } else if (event.type === 'started') {
        if (event.resumed > 0) reporter.line(`${event.resumed} results of the earlier run are kept.`);
        guarded(() => writeFiles(out, [{ path: 'run.json', text: `${JSON.stringify(event.info, null, 2)}\n` }]));
      }
    },
  };
}

/**
 * Opens the page and waits until it can be driven.
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {(event: DriveEvent) => void} onEvent
 */
async function openPage(page, url, onEvent) {
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  let isReady = () => {};
  const ready = new Promise((/** @type {(value: void) => void} */ resolve) => (isReady = resolve));
  await page.exposeBinding('lookalikeReport', (_source, /** @type {DriveEvent} */ event) =>
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

/**
 * Ends the run on Ctrl-C: the first time after the work in hand, the second time at once. In place before the browser is,
 * or a browser would outlive a command that is stopped while it starts.
 * @param {Reporter} reporter
 */
function stopOnSignals(reporter) {
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

/** Asks the page's run to stop; a page that is gone has stopped. */
function askToStop(/** @type {import('playwright-core').Page} */ page) {
  page.evaluate(() => /** @type {any} */ (globalThis).lookalike.stop()).catch(() => {});
}

/**
 * Writes the final files and says what came of the run.
 * @param {DriveOutcome} outcome
 * @param {{out: string, reporter: Reporter, sink: ReturnType<typeof createSink>}} to
 */
function finish(outcome, { out, reporter, sink }) {
  const { code, lines } = verdict(outcome);
  const last = sink.last();
  if (last) reporter.progress({ ...last, what: '', secondsLeft: null }, true);
  reporter.end();
  if (outcome.tables !== '') process.stdout.write(`${outcome.tables.trimEnd()}\n`);
  let fault = sink.fault();
  // A run that was stopped because its results could not be written ends for that reason, not for the stop.
  if (fault === null) for (const line of lines) reporter.line(line);
  try {
    if (fault === null) writeFiles(out, outcome.files);
  } catch (error) {
    fault = error;
  }
  if (fault !== null) return unwritten(fault, outcome.files, sink.lines, reporter);
  if (outcome.files.length > 0)
    reporter.line(`Results: ${out}${code === STOPPED ? ` (go on with --out ${out} --resume)` : ''}`);
  return code;
}

/**
 * The folder takes no more: what was scored goes elsewhere, and the place is named.
 * @param {unknown} fault
 * @param {readonly {path: string, text: string}[]} files
 * @param {readonly string[]} lines
 * @param {Reporter} reporter
 */
function unwritten(fault, files, lines, reporter) {
  const kept = rescue(
    files.length > 0 ? files : [{ path: 'records.jsonl', text: lines.map((line) => `${line}\n`).join('') }],
  );
  reporter.line(words(fault));
  reporter.line(
    kept === null ? 'What was scored could not be kept elsewhere either.' : `What was scored is kept in ${kept}.`,
  );
  return 5;
}

/**
 * One run, from the start of the browser to the exit code.
 * @param {{url: string, executable: string, request: import('../src/drive/types.ts').DriveRequest, out: string, reporter: Reporter}} options
 * @returns {Promise<number>}
 */
export async function driveRun({ url, executable, request, out, reporter }) {
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
    await openPage(page, url, (event) => sink.on(event));
    signals.arm(page);
    const run = page
      .evaluate((wanted) => /** @type {any} */ (globalThis).lookalike.run(wanted), request)
      .catch((error) => {
        if (/closed|crashed/i.test(words(error))) return null;
        throw error;
      });
    const outcome = /** @type {DriveOutcome | null} */ (await Promise.race([run, gone]));
    return outcome === null ? cutShort(out, reporter, sink, signals.asked()) : finish(outcome, { out, reporter, sink });
  } finally {
    reporter.end();
    sink.close();
    await browser?.close();
    signals.release();
  }
}

/**
 * The browser is gone before the page could end the run: by a second Ctrl-C, or by itself.
 * @param {string} out
 * @param {Reporter} reporter
 * @param {ReturnType<typeof createSink>} sink
 * @param {boolean} asked
 */
function cutShort(out, reporter, sink, asked) {
  reporter.end();
  if (sink.fault() !== null) return unwritten(sink.fault(), [], sink.lines, reporter);
  reporter.line(
    `${asked ? 'Stopped.' : 'The browser ended in the middle of the run.'} Go on with --out ${out} --resume.`,
  );
  return asked ? STOPPED : 3;
}
