/** What a run came to: its exit code (results.md), and the sentences for the terminal. */

/** @typedef {import('../src/drive/types.ts').DriveEvent} DriveEvent */
/** @typedef {import('../src/drive/types.ts').DriveOutcome} DriveOutcome */
/** @typedef {import('../src/core/fault.ts').Fault} Fault */

/** How many unscored questions or problems are named one by one. */
const NAMED = 20;
/** The exit code of a run that was stopped by a signal. */
export const STOPPED = 130;

/**
 * The exit code of a fault that kept a run from scoring anything.
 * @param {Fault['code']} code
 */
export function exitCode(code) {
  switch (code) {
    case 'device-wrong':
      return 4;
    case 'storage':
    case 'storage-full':
      return 5;
    case 'no-device':
    case 'device-lost':
    case 'out-of-memory':
    case 'worker-died':
    case 'runtime':
    case 'network':
    case 'internal':
      return 3;
    case 'stopped':
      return STOPPED;
    default:
      return 2;
  }
}

/**
 * The exit code of an ended run, and the sentences that go with it.
 * @param {DriveOutcome} outcome
 * @returns {{code: number, lines: string[]}}
 */
export function verdict(outcome) {
  const { fault, unscored, scored } = outcome;
  const lines = fault === null ? [] : [fault.message];
  if (fault?.code === 'stopped') return { code: STOPPED, lines };
  // What a device's check forbids, and results that cannot be kept, are told apart even after the first scores.
  if (fault !== null && (scored === 0 || [4, 5].includes(exitCode(fault.code))))
    return { code: exitCode(fault.code), lines };
  if (unscored.length === 0 && fault === null) return { code: 0, lines };
  lines.push(
    `${unscored.length === 0 ? 'Some questions were' : `${unscored.length} question${unscored.length === 1 ? ' was' : 's were'}`} not scored:`,
  );
  for (const { pair, image, method, reason } of unscored.slice(0, NAMED)) {
    lines.push(
      `  pair ${pair}${image === null ? '' : ` image ${image}`}${method === null ? '' : ` (${method})`}: ${reason}`,
    );
  }
  if (unscored.length > NAMED) lines.push(`  and ${unscored.length - NAMED} more, in records.jsonl and summary.json.`);
  return { code: 1, lines };
}

/**
 * The lines that say what is wrong with a benchmark.
 * @param {Extract<DriveEvent, {type: 'benchmark'}>} event
 */
export function benchmarkLines(event) {
  const lines = [
    `Benchmark ${event.name}: ${event.pairs} pairs${event.skipped.length > 0 ? `, ${event.skipped.length} more cannot run` : ''}.`,
  ];
  for (const problem of event.problems.slice(0, NAMED)) {
    const where = problem.pair === null ? problem.place : `pair ${problem.pair}, ${problem.place}`;
    lines.push(`  ${problem.severity}: ${where}: ${problem.message}`);
  }
  if (event.problems.length > NAMED) lines.push(`  and ${event.problems.length - NAMED} more.`);
  return lines;
}
