import { expect, test } from 'vitest';
import { chromiumPlaces, installAdvice } from '../../../tools/setup/chromium.mjs';
import { folderName } from '../../../tools/evaluate/inputs.mjs';
import { clock, createReporter, progressLine } from '../../../tools/drive/progress.mjs';
import { nearest } from '../../../tools/say.mjs';
import { checkNode } from '../../../tools/setup/setup.mjs';
import { benchmarkLines } from '../../../src/cli/benchmark-lines.ts';
import { verdict } from '../../../tools/evaluate/verdict.mjs';

const outcome = { state: 'done', files: [], tables: '', unscored: [], scored: 10, fault: null } as const;
const unscored = { pair: '7', image: 2, method: 'gd', reason: 'The image is truncated.' } as const;

test.each([
  ['all scored', outcome, 0],
  ['one was not', { ...outcome, unscored: [unscored] }, 1],
  ['nothing could run', { ...outcome, scored: 0, fault: { code: 'bad-benchmark', message: '' } }, 2],
  ['no model of a kind that runs', { ...outcome, scored: 0, fault: { code: 'bad-model', message: '' } }, 2],
  ['no adapter', { ...outcome, scored: 0, fault: { code: 'no-device', message: '' } }, 3],
  ['the device is wrong', { ...outcome, scored: 0, fault: { code: 'device-wrong', message: '' } }, 4],
  ['the device went wrong later', { ...outcome, fault: { code: 'device-wrong', message: '' } }, 4],
  ['the store is full', { ...outcome, fault: { code: 'storage-full', message: '' } }, 5],
  ['it broke in the middle', { ...outcome, unscored: [unscored], fault: { code: 'out-of-memory', message: '' } }, 1],
  ['stopped', { ...outcome, state: 'stopped', unscored: [unscored], fault: { code: 'stopped', message: '' } }, 130],
] as const)('exit code: %s', (_what, run, code) => {
  expect(verdict(run).code).toBe(code);
});

test('what was not scored is named', () => {
  expect(verdict({ ...outcome, unscored: [unscored] }).lines).toEqual([
    '1 question was not scored:',
    '  pair 7 image 2 (gd): The image is truncated.',
  ]);
});

test('what is wrong with a benchmark is told with its place', () => {
  const problem = { pair: '7', place: 'im_2', message: 'the file is missing', severity: 'error' } as const;
  const skipped = [{ pair: '7', reason: 'im_2 is missing' }];
  expect(benchmarkLines({ name: 'x', pairs: [], problems: [problem], skipped })).toEqual([
    'Benchmark x: 0 pairs, 1 more cannot run.',
    '  error: pair 7, im_2: the file is missing',
  ]);
});

test.each([
  [0.4, '0:00'],
  [65, '1:05'],
  [3599.6, '1:00:00'],
  [11_105, '3:05:05'],
])('%s seconds are %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

const progress = {
  what: 'encoding image 4 of 10',
  unit: 'questions',
  done: 6,
  total: 20,
  failed: 1,
  rate: 0.5,
  secondsLeft: 28,
};

test('progress has rate and time left', () => {
  expect(progressLine(progress)).toBe('6 of 20 questions, 1 failed, 30.0 a minute, 0:28 left, encoding image 4 of 10');
});

test('on a terminal the line is rewritten, and a message does not tear it', () => {
  let text = '';
  const reporter = createReporter({ isTTY: true, columns: 30, write: (part) => (text += part) });
  reporter.progress(progress);
  reporter.line('WebGPU failed its check.');
  expect(text).toBe('6 of 20 questions, 1 failed, \r\x1b[2KWebGPU failed its check.\n');
});

test('a log gets plain lines, not one for each question', () => {
  let text = '';
  let now = 0;
  const reporter = createReporter({ write: (part) => (text += part) }, () => now);
  for (let done = 0; done < 60; done++) {
    reporter.progress({ ...progress, done });
    now += 1000;
  }
  expect(text.split('\n')).toHaveLength(5); // at 0, 15, 30 and 45 s, and the end of the last line
  expect(text).not.toContain('\r');
});

test.each([
  ['18.19.0', 'needs Node.js 20 or newer and this is 18.19.0'],
  ['8.1.0', 'needs Node.js 20'],
])('Node %s is too old, in a sentence', (version, message) => {
  expect(() => checkNode(version)).toThrow(message);
});

test('Node 20 and newer are taken', () => {
  for (const version of ['20.19.0', '22.12.0', '24.0.0']) expect(() => checkNode(version)).not.toThrow();
});

test.each([
  ['linux', { PATH: '/opt/bin' }, '/opt/bin/chromium'],
  ['darwin', { HOME: '/Users/a' }, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  ['win32', { PROGRAMFILES: 'C:\\Program Files' }, 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe'],
] as const)('browsers are looked for where %s keeps them', (platform, env, place) => {
  expect(chromiumPlaces(platform, env)).toContain(place);
});

test.each(['linux', 'darwin', 'win32'] as const)('what to install on %s is said', (platform) => {
  expect(installAdvice(platform)).toMatch(/^No Chrome, Chromium or Edge was found\. Install .+ CHROME_PATH/);
});

test.each([
  ['modle', 'model'],
  ['webgp', 'webgpu'],
  ['zzzzzz', null],
])('nearest to %s is %s', (word, wanted) => {
  expect(nearest(word, ['model', 'webgpu', 'wasm'])).toBe(wanted);
});

test.each([
  ['/x/phantoms', 'phantoms'],
  ['/x/MediConfusion/data', 'MediConfusion'],
  ['/x/llava/benchmark', 'llava-benchmark'],
  ['/x/llava/benchmark/data', 'llava-benchmark'],
])('%s is called %s', (dir, name) => {
  expect(folderName(dir)).toBe(name);
});
