/** What a command ends with when it cannot do its work: one sentence for the person, and an exit code. */
export class Stop extends Error {
  /**
   * @param {string} message
   * @param {number} [code]
   * @param {boolean} [usage] a wrong argument: the message goes on with where the help is
   */
  constructor(message, code = 1, usage = false) {
    super(message);
    this.name = 'Stop';
    this.code = code;
    this.usage = usage;
  }
}

/**
 * Runs a command's main function; a `Stop` becomes its sentence on stderr and its exit code, anything else a stack trace and 1.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof Stop) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.code;
    } else {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}

/**
 * The words of anything thrown.
 * @param {unknown} error
 */
export function words(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The code of a system error ('ENOENT'), or ''.
 * @param {unknown} error
 * @returns {string}
 */
export function errorCode(error) {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Progress and notes of set-up go to stderr, so that stdout stays the command's own. */
export function note(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}

/**
 * The candidate nearest to a word, for "did you mean"; null when none is near.
 * @param {string} word
 * @param {readonly string[]} candidates
 * @returns {string | null}
 */
export function nearest(word, candidates) {
  let best = null;
  let least = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const part = word.length > 2 && candidate.includes(word);
    const d = part ? 1 : distance(word, candidate);
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

/**
 * Levenshtein distance.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
