/** Progress of a driven page: one line that is rewritten on a terminal, plain lines now and then in a log. */

/** @typedef {Omit<Extract<import('../../src/cli/types.ts').DriveEvent, {type: 'progress'}>, 'type'>} Progress */
/** @typedef {ReturnType<typeof createReporter>} Reporter */

const LOG_EVERY_MS = 15_000;

/**
 * Seconds as people say them: 0:07, 12:30, 3:05:00.
 * @param {number} seconds
 */
export function clock(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const [h, m, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(rest)}` : `${m}:${two(rest)}`;
}

/**
 * The line for a state of progress.
 * @param {Progress} p
 */
export function progressLine(p) {
  const parts = [`${p.done} of ${p.total} ${p.unit}`];
  if (p.failed > 0) parts.push(`${p.failed} failed`);
  if (p.rate !== null && p.rate > 0)
    parts.push(p.rate >= 1 ? `${p.rate.toFixed(1)} a second` : `${(p.rate * 60).toFixed(1)} a minute`);
  if (p.secondsLeft !== null) parts.push(`${clock(p.secondsLeft)} left`);
  if (p.what !== '') parts.push(p.what);
  return p.total === 0 ? p.what : parts.join(', ');
}

/**
 * Shows progress and lines of text on a stream, without one tearing the other.
 * @param {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} stream
 * @param {() => number} [now] milliseconds
 */
export function createReporter(stream, now = Date.now) {
  const live = stream.isTTY === true;
  let shown = '';
  let logged = -Infinity;
  let stage = '';
  let last = '';
  const clear = () => {
    if (shown !== '') stream.write('\r\x1b[2K');
    shown = '';
  };
  return {
    /** A line that stays. */
    line(/** @type {string} */ text) {
      clear();
      stream.write(`${text}\n`);
    },
    /** The present state; `ended` writes it whatever the time. */
    progress(/** @type {Progress} */ p, ended = false) {
      const text = progressLine(p);
      if (text === last && !ended) return;
      if (live) {
        clear();
        shown = text.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
        stream.write(shown);
      } else {
        // A log has a line when something else begins, and then one now and then.
        const begins = p.what.replace(/\d+/g, '');
        if (ended ? text === last : begins === stage && now() - logged < LOG_EVERY_MS) return;
        stream.write(`${text}\n`);
        [logged, stage] = [now(), begins];
      }
      last = text;
    },
    /** Ends the live line. */
    end() {
      if (shown !== '') stream.write('\n');
      shown = '';
    },
  };
}
