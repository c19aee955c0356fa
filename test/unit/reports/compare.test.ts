import { expect, test } from 'vitest';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { comparisonText } from '../../../src/core/reports/compare-text.ts';
import { groupsOf, titlesOf, whatDiffers } from '../../../src/core/reports/differences.ts';
import { reportText } from '../../../src/core/reports/report.ts';
import { subjectOf, type Subject } from '../../../src/core/reports/subject.ts';
import type { Benchmark, Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import { emptyOverlay, withRemark } from '../../../src/core/overlay/overlay.ts';
import { mediconfusion, policy } from '../statistics/fixtures.ts';

const benchmark = { ...mediconfusion(), sha256: '36e5052ebe370aac7446f29cb1425fa47b1795b40e2e7a72462c93b5472c0d5f' };

function info(id: string, change: Partial<RunInfo> = {}): RunInfo {
  const imported = { key: id, files: [], methods: ['mc'], records: [], problems: [] };
  const facts = { lookalike: '0.1.0', at: '2026-01-02T03:04:05Z', command: null, browser: '' };
  return { ...importedRunInfo(imported, benchmark, facts), ...change };
}
const right = (p: Pair, i: 1 | 2): Letter => p.images[i === 1 ? 0 : 1].right;
const run = (title: string, records: readonly ResultRecord[], of: Benchmark | null = benchmark): Subject =>
  subjectOf(title, info(title), records, of);
/** Right on the first `n` pairs, "A" on all others. */
const first = (n: number, method = 'mc'): readonly ResultRecord[] => {
  const ids = new Set(benchmark.pairs.slice(0, n).map((p) => p.id));
  return policy(benchmark, method, (p, i) => (ids.has(p.id) ? right(p, i) : 'A'));
};

test('two runs, pair by pair, with the pairs in which they differ', () => {
  const text = comparisonText([run('a', first(40)), run('b', first(44))], null, false);
  expect(text).toContain('a and b on mediconfusion');
  expect(text).toMatch(/MC +176 +22\.73 +25\.00 +\+2\.27 .* 40 +0 +4 +132 +0\.1250 +0\.1250/);
  const ids = benchmark.pairs.slice(40, 44).map((p) => p.id);
  expect(text).toContain(`MC, only b right (4): ${ids.join(', ')}`);
  expect(text).toContain('Set accuracy by category, %');
  expect(text).not.toContain('NaN');
});

test('of one run its methods are compared, and a run with one method has nothing beside it', () => {
  const text = comparisonText([run('a', [...first(40), ...first(10, 'gd')])], null, false);
  expect(text).toMatch(/MC +GD +176/);
  expect(text).toContain('only MC right, not GD (30)');
  expect(() => comparisonText([run('a', first(3))], null, false)).toThrow('a is alone and has one method only');
  expect(() => comparisonText([], null, false)).toThrow('There is no run');
});

test('runs of other questions are refused, naming both and the pair', () => {
  const other: Benchmark = {
    ...benchmark,
    sha256: 'f'.repeat(64),
    pairs: benchmark.pairs.map((p) => ({ ...p, id: `x${p.id}` })),
  };
  const unlike = policy(other, 'mc', () => 'A');
  expect(() => comparisonText([run('a', first(3)), run('b', unlike, other)], null, false)).toThrow(
    'have no pair in common',
  );
  const turned: Benchmark = {
    ...benchmark,
    pairs: benchmark.pairs.map((p, i) => (i === 5 ? { ...p, images: [p.images[1], p.images[0]] as const } : p)),
  };
  expect(() =>
    comparisonText(
      [
        run('a', first(3)),
        run(
          'b',
          policy(turned, 'mc', () => 'A'),
          turned,
        ),
      ],
      null,
      false,
    ),
  ).toThrow(`other right answers to pair ${benchmark.pairs[5]?.id}`);
});

test('without the benchmark the records alone say what was asked: the same test, no categories', () => {
  const text = comparisonText([run('a', first(40), null), run('b', first(44), null)], null, false);
  expect(text).toMatch(/MC +176 +22\.73 +25\.00/);
  expect(text).not.toContain('by category');
});

test('failed questions leave their pairs out of both', () => {
  const short = first(44).filter((r) => r.pair !== benchmark.pairs[0]?.id);
  expect(comparisonText([run('a', first(40)), run('b', short)], null, false)).toMatch(/MC +175 /);
});

test('patterns of an overlay, and the numbers without flagged pairs', () => {
  const [one, two] = benchmark.pairs;
  if (!one || !two) throw new Error('no pairs');
  let overlay = withRemark(emptyOverlay(benchmark), one.id, { patterns: ['Vascular conditions'], flagged: true });
  overlay = withRemark(overlay, two.id, { patterns: ['Vascular conditions', 'of mine'] });
  const text = comparisonText([run('a', first(1)), run('b', first(2))], overlay, false);
  expect(text).toContain('The same without flagged pairs');
  expect(text).toMatch(/Vascular conditions +50\.00 +100\.00\n/);
  expect(text).toMatch(/of mine +0\.00 +100\.00\n/);
});

test('published rows stand beside runs', () => {
  const text = comparisonText([run('a', first(40)), run('b', first(44))], null, true);
  expect(text).toContain('GPT-4o (published)');
  expect(text).toContain('b (imported)');
});

test('runs of one model are told apart by what differs, and it is named', () => {
  const model = (dtype: string): RunInfo['model'] => ({ ...info('m').model, id: 'lab/m', dtype: { decoder: dtype } });
  const runs = [info('m', { model: model('fp32') }), info('m', { model: model('q4') }), info('n')];
  expect(titlesOf(runs, ['x', 'y', 'z'])).toEqual(['m, fp32', 'm, q4', 'n']);
  expect(titlesOf([info('m'), info('m')], ['x', 'y'])).toEqual(['m, x', 'm, y']);
  expect(whatDiffers(runs.slice(0, 2))).toEqual([{ name: 'Number format', values: ['fp32', 'q4'] }]);
  expect(whatDiffers([info('m')])).toEqual([]);
});

test('runs of one model among others stand together, with what they differ in', () => {
  const model = (dtype: string): RunInfo['model'] => ({ ...info('m').model, id: 'lab/m', dtype: { decoder: dtype } });
  const runs = [info('n'), info('m', { model: model('fp32') }), info('m', { model: model('q4') })];
  expect(groupsOf(runs)).toEqual([
    { model: 'lab/m', runs: [1, 2], differ: [{ name: 'Number format', values: ['fp32', 'q4'] }] },
  ]);
  // Alone they are the whole comparison, which says what differs itself; one run of each is no group.
  expect(groupsOf(runs.slice(1))).toEqual([]);
  expect(groupsOf(runs.slice(0, 2))).toEqual([]);
  const subjects = runs.map((r, i) => subjectOf(`r${i}`, r, first(40 + i), benchmark));
  const text = comparisonText(subjects, null, false);
  expect(text).toMatch(/Runs of the same model/);
  expect(text).toMatch(/lab\/m +2, 3 +Number format +2: fp32; 3: q4/);
});

test('calibration, margins, uncertainty and similarity of all runs stand side by side, GD beside GD', () => {
  const likely = (ahead: number): readonly ResultRecord[] =>
    first(88, 'gd').map((r) => {
      if (r.status !== 'scored') return r;
      const option = (score: number) => ({ score, sum: score, tokens: [1], tokenLogprobs: [score] });
      const [high, low] = [option(-0.1), option(-0.1 - ahead)];
      return { ...r, margin: ahead, options: r.chosen === 'A' ? { A: high, B: low } : { A: low, B: high } };
    });
  const imageSimilarity = Object.fromEntries(benchmark.pairs.map((p, i) => [p.id, i / 200]));
  const subjects = [0.5, 4].map((ahead, i) =>
    subjectOf(`r${i}`, info(`m${i}`, i === 0 ? { imageSimilarity } : {}), likely(ahead), benchmark),
  );
  const text = comparisonText(subjects, null, false);
  // Sure to 62% and to 98%, and right in 75% of all questions: the error is the difference.
  expect(text).toMatch(/1: GD +352 +62\.25 +75\.00 +12\.75 +\d/);
  expect(text).toMatch(/2: GD +352 +98\.20 +75\.00 +23\.20 +\d/);
  expect(text).toMatch(/1: GD +264 +0\.500 +0\.500 to 0\.500 +88 +0\.500/);
  expect(text).toMatch(/1: GD +50\.00 +88 of 176 +\d/);
  expect(text).toMatch(/1: GD +0\.\d{3} +0\.\d{3} +0\.\d\d +0\.\d\d to 0\.\d\d +88 of 176/);
  const html = reportText('html', subjects, { worst: 3, overlay: null, version: '0' });
  expect(html).toMatch(/aria-label="Reliability of 1: GD: 62% sure, 75% right \(352\)/);
  expect(html).toMatch(/aria-label="Margins of 2: GD: 264 right and 88 wrong answers/);
  expect(html).toContain('in each model&#39;s own image features');
});
