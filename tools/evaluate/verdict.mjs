/** What a run came to: its exit code, and the sentences for the terminal. */

import { STOPPED, exitCode } from '../cli/exit-code.mjs';

/** @typedef {import('../../src/cli/evaluate-types.ts').RunOutcome} RunOutcome */

/** How many unscored questions are named one by one. */
const NAMED = 20;
/**
 * The exit code of an ended run, and the sentences that go with it.
 * @param {RunOutcome} outcome
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
 * How an ended run or import is told.
 * @param {RunOutcome} outcome
 * @returns {import('../drive/drive.mjs').Ending}
 */
export function ending(outcome) {
  return { ...verdict(outcome), files: outcome.files, print: outcome.tables };
}
