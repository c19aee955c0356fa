/** What a driven page reports, kept as it comes: files and lines in the output folder, the rest on the terminal. */
import { words } from '../say.mjs';
import { UNWRITTEN } from '../cli/exit-code.mjs';
import { Appender, rescue, writeFiles } from './write.mjs';

/** @typedef {import('../../src/cli/types.ts').DriveEvent} DriveEvent */
/** @typedef {import('../../src/cli/types.ts').OutFile} OutFile */
/** @typedef {import('./progress.mjs').Reporter} Reporter */
/** @typedef {ReturnType<typeof createSink>} Sink */

/**
 * A write that fails is kept for the end, and the page is asked to stop.
 * @param {string | null} out folder of the files; null for a use case that writes none
 * @param {Reporter} reporter
 * @param {() => void} onWriteFault
 */
export function createSink(out, reporter, onWriteFault) {
  /** @type {Map<string, {appender: Appender, lines: string[]}>} */
  const appended = new Map();
  /** @type {unknown} */
  let writeFault = null;
  /** @type {import('./progress.mjs').Progress | null} */
  let last = null;
  /** @param {(dir: string) => void} write */
  const guarded = (write) => {
    if (writeFault !== null || out === null) return;
    try {
      write(out);
    } catch (error) {
      writeFault = error;
      onWriteFault();
    }
  };
  const append = (/** @type {string} */ path, /** @type {readonly string[]} */ lines) => {
    if (out === null) return;
    const to = appended.get(path) ?? { appender: new Appender(out, path), lines: [] };
    appended.set(path, to);
    to.lines.push(...lines);
    guarded(() => to.appender.append(lines));
  };
  return {
    fault: () => writeFault,
    last: () => last,
    /** Files of the appended lines, for a place where they can still be written. */
    lines: () => [...appended].map(([path, { lines }]) => ({ path, text: lines.map((line) => `${line}\n`).join('') })),
    write: (/** @type {readonly OutFile[]} */ files) => guarded((dir) => writeFiles(dir, files)),
    close: () => appended.forEach(({ appender }) => appender.close()),
    on(/** @type {DriveEvent} */ event) {
      if (event.type === 'message') reporter.line(event.text);
      else if (event.type === 'progress') reporter.progress((last = event));
      else if (event.type === 'append') append(event.path, event.lines);
      else if (event.type === 'files') guarded((dir) => writeFiles(dir, event.files));
    },
  };
}

/**
 * The folder takes no more: what was found goes elsewhere, and the place is named.
 * @param {Sink} sink
 * @param {readonly OutFile[]} files
 * @param {Reporter} reporter
 * @returns {number} the exit code
 */
export function unwritten(sink, files, reporter) {
  const kept = rescue(files.length > 0 ? files : sink.lines());
  reporter.line(words(sink.fault()));
  reporter.line(
    kept === null ? 'What was found could not be kept elsewhere either.' : `What was found is kept in ${kept}.`,
  );
  return UNWRITTEN;
}
