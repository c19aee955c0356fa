import { stripVTControlCharacters } from 'node:util';

/**
 * What came of a suite: how many passed and failed, and for each failure its name and the first lines of its reason.
 * @typedef {{passed: number, failed: number, failures: readonly string[]}} Outcome
 */

/** Lines of a reason that are repeated at the end of a run; the whole stands where the test ran. */
const REASON_LINES = 12;

/** A reason's first lines, without colours, indented under its name. */
export function shortened(/** @type {string} */ reason) {
  const lines = stripVTControlCharacters(reason)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines
    .slice(0, REASON_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/**
 * The outcome that Vitest's JSON report tells. A file that could not even be read has no test that failed, and a message.
 * @param {any} report
 * @returns {Outcome}
 */
export function unitOutcome(report) {
  const failures = [];
  for (const file of report.testResults ?? []) {
    const failed = file.assertionResults.filter((/** @type {any} */ test) => test.status === 'failed');
    for (const test of failed)
      failures.push(`${file.name} › ${test.fullName}\n${shortened((test.failureMessages ?? []).join('\n'))}`);
    if (failed.length === 0 && file.status === 'failed')
      failures.push(`${file.name}\n${shortened(file.message ?? '')}`);
  }
  return { passed: report.numPassedTests, failed: report.numFailedTests, failures };
}

/** The specs of a Playwright suite and of the suites in it. @returns {any[]} */
function specsOf(/** @type {any} */ suite) {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
}

/**
 * The outcome that Playwright's JSON report tells; errors outside any test count where no test failed.
 * @param {any} report
 * @returns {Outcome}
 */
export function browserOutcome(report) {
  const { stats, errors } = report;
  const failures = specsOf(report)
    .filter((spec) => !spec.ok)
    .map((spec) => {
      const results = spec.tests.flatMap((/** @type {any} */ test) => test.results);
      const reasons = results.flatMap((/** @type {any} */ r) =>
        (r.errors ?? []).map((/** @type {any} */ e) => e.message),
      );
      return `${spec.file}:${spec.line} › ${spec.title}\n${shortened(reasons.join('\n'))}`;
    });
  const outside = stats.unexpected === 0 ? errors : [];
  for (const error of outside) failures.push(`outside the tests\n${shortened(error.message ?? '')}`);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + outside.length, failures };
}

/**
 * The end of a run: each failure once more, then `N passed, N failed`.
 * @param {Outcome} total
 */
export function ending(total) {
  const failures = total.failures.length === 0 ? '' : `Failed:\n${total.failures.map((f) => `  ${f}`).join('\n')}\n\n`;
  return `\n${failures}${total.passed} passed, ${total.failed} failed\n`;
}
