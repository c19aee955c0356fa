import { describe, expect, it } from 'vitest';
import { browserOutcome, ending, shortened, unitOutcome } from '../../../tools/testing/outcome.mjs';

describe('what failed is named at the end of a run', () => {
  it('by Vitest’s report: a test with its reason, and a file that could not be read', () => {
    const outcome = unitOutcome({
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [
        {
          name: 'a.test.ts',
          status: 'failed',
          assertionResults: [
            { fullName: 'adds', status: 'passed' },
            { fullName: 'takes away', status: 'failed', failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m'] },
          ],
        },
        { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    });
    expect(outcome).toEqual({
      passed: 3,
      failed: 1,
      failures: ['a.test.ts › takes away\n    expected 1 to be 2', 'b.test.ts\n    no such module'],
    });
  });

  it('by Playwright’s report: a test of an inner suite, and what failed outside any test', () => {
    const spec = (ok: boolean, errors: readonly { readonly message: string }[]) => ({
      title: 'opens',
      file: 'page.spec.ts',
      line: 7,
      ok,
      tests: [{ results: [{ errors }] }],
    });
    const failing = browserOutcome({
      stats: { expected: 5, unexpected: 1, flaky: 0 },
      errors: [],
      suites: [{ specs: [spec(true, [])], suites: [{ specs: [spec(false, [{ message: 'Timed out' }])] }] }],
    });
    expect(failing).toEqual({ passed: 5, failed: 1, failures: ['page.spec.ts:7 › opens\n    Timed out'] });
    const unstarted = browserOutcome({
      stats: { expected: 0, unexpected: 0, flaky: 0 },
      errors: [{ message: 'The port is taken' }],
      suites: [],
    });
    expect(unstarted).toEqual({ passed: 0, failed: 1, failures: ['outside the tests\n    The port is taken'] });
  });

  it('before the numbers of the last line, and nothing where all passed', () => {
    expect(ending({ passed: 2, failed: 1, failures: ['x › y'] })).toBe('\nFailed:\n  x › y\n\n2 passed, 1 failed\n');
    expect(ending({ passed: 2, failed: 0, failures: [] })).toBe('\n2 passed, 0 failed\n');
  });

  it('by the first lines of a long reason', () => {
    const long = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
    expect(shortened(long).split('\n')).toHaveLength(12);
  });
});
