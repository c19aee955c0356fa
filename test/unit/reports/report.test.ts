import { expect, test } from 'vitest';
import { importedRunInfo } from '../../../src/core/exchange/imported-run.ts';
import { emptyOverlay, withRemark } from '../../../src/core/overlay/overlay.ts';
import { reportText } from '../../../src/core/reports/report.ts';
import { subjectOf, type Subject } from '../../../src/core/reports/subject.ts';
import type { Benchmark, Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { ResultRecord } from '../../../src/core/records/record.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { worstPairs } from '../../../src/core/reports/worst.ts';
import { failed, mediconfusion, policy, record } from '../statistics/fixtures.ts';

const read = mediconfusion();
const benchmark: Benchmark = {
  ...read,
  pairs: read.pairs.map((p, i) => ({ ...p, extra: { ...p.extra, pattern: i % 2 === 0 ? 'even' : 'odd & <b>' } })),
};
const right = (p: Pair, i: 1 | 2): Letter => p.images[i === 1 ? 0 : 1].right;
const info: RunInfo = importedRunInfo(
  { key: 'lab/m<script>', files: [], methods: ['mc', 'gd'], records: [], problems: [] },
  benchmark,
  { lookalike: '0.1.0', at: '2026-01-02T03:04:05Z', command: null, browser: '' },
);

/** A GD record that keeps likelihoods. */
function likely(pair: Pair, image: 1 | 2, chosen: Letter, ahead: number): ResultRecord {
  const option = (score: number) => ({ score, sum: score, tokens: [1], tokenLogprobs: [score] });
  const plain = record(pair, image, 'gd', chosen);
  if (plain.status !== 'scored') throw new Error('not scored');
  const [high, low] = [option(-0.1), option(-0.1 - ahead)];
  return { ...plain, options: chosen === 'A' ? { A: high, B: low } : { A: low, B: high }, margin: ahead };
}
const records = [
  ...policy(benchmark, 'mc', (p, i) => (Number(p.id) % 3 === 0 ? right(p, i) : 'A')),
  ...benchmark.pairs.flatMap((p, n) =>
    ([1, 2] as const).map((i) => likely(p, i, n % 3 === 0 ? 'A' : right(p, i), (n % 7) + 0.5)),
  ),
];
const subject = (title: string, of: Benchmark | null = benchmark): Subject => subjectOf(title, info, records, of);
const request = { worst: 5, overlay: null, version: '0.1.0' };
const two = [subject('first'), subject('second')];

test('the HTML holds no script and no address, and forbids both', () => {
  const html = reportText('html', two, request);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<link|<img|@import|https?:\/\/|\bsrc=|javascript:/i);
  expect(html.length).toBeLessThan(2_000_000);
});

test('it says the numbers, the plots, the settings and the hashes', () => {
  const html = reportText('html', [subject('m')], request);
  for (const part of ['95%, cluster bootstrap', 'McNemar p', 'Calibration, %', 'Worst pairs', benchmark.sha256, '<svg'])
    expect(html).toContain(part);
  expect(html).toContain('Imported answers: no device of this program was used');
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

test('text of a benchmark or a model is never markup', () => {
  const html = reportText('html', [subject('m')], request);
  expect(html).toContain('odd &amp; &lt;b&gt;');
  expect(html).not.toContain('m<script>');
});

test('every SVG and every element is closed, ids are there once', () => {
  const html = reportText('html', two, request);
  for (const tag of ['svg', 'table', 'section', 'div', 'tr', 'td', 'th', 'p', 'figure'])
    expect([tag, html.split(`<${tag}`).length]).toEqual([
      tag,
      html.split(`</${tag}>`).length +
        (tag === 'th' ? html.split('<thead').length - 1 : tag === 'p' ? html.split('<polyline').length - 1 : 0),
    ]);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the same results give the same report', () => {
  expect(reportText('html', two, request)).toBe(reportText('html', two, request));
});

test('images are shown only where an address is given', () => {
  const html = reportText('html', [subject('m')], { ...request, image: () => 'data:image/png;base64,AA==' });
  expect(html.match(/<img src="data:image\/png;base64,AA==" alt="Image [12] of pair /g)).toHaveLength(10);
});

test('Markdown, LaTeX and CSV hold the same numbers', () => {
  const [markdown, latex, csv] = ['md', 'tex', 'csv'].map((form) => reportText(form, [subject('m')], request));
  expect(markdown).toContain('## Methods');
  expect(markdown).toContain('| GD |');
  expect(latex).toMatch(/^\\documentclass[\s\S]*\\toprule[\s\S]*\\end\{document\}\n$/);
  const rows = (csv ?? '').trimEnd().split('\r\n');
  expect(rows[0]).toBe(
    'run,model,benchmark,method,group,name,metric,percent,part,whole,bootstrap low,bootstrap high,wilson low,wilson high',
  );
  // Two methods, all pairs and two patterns, five rates at most.
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.find((r) => r.includes(',mc,all,All,set,'))).toMatch(/,\d+\.\d\d,\d+,176,/);
});

test('an overlay brings the numbers without flagged pairs, with the reasons', () => {
  const id = benchmark.pairs[0]?.id ?? '';
  const overlay = withRemark(emptyOverlay(benchmark), id, { flagged: true, note: 'sides exchanged' });
  const html = reportText('html', [subject('m')], { ...request, overlay });
  expect(html).toContain(`${id} (sides exchanged)`);
  expect(html).toContain('Without flagged pairs: set accuracy');
});

test('the worst pairs are those that most methods failed, the surest first', () => {
  const worst = worstPairs([subject('m')], 400);
  expect(worst.every((w) => w.failed > 0)).toBe(true);
  const keys = worst.map((w) => [w.failed / w.of, w.sure] as const);
  for (const [i, [share, sure]] of keys.entries()) {
    const [before, surer] = keys[i - 1] ?? [share, sure];
    expect(before > share || (before === share && surer >= sure)).toBe(true);
  }
});

test('without the benchmark there is a report too, without categories and questions', () => {
  const html = reportText('html', [subject('m', null)], request);
  expect(html).not.toContain('By category');
  expect(html).toContain('Worst pairs');
});

test('a run whose questions all failed has a report that says so', () => {
  const none = benchmark.pairs.flatMap((p) => ([1, 2] as const).map((i) => failed(p, i, 'gd')));
  const html = reportText('html', [subjectOf('m', info, none, benchmark)], request);
  expect(html).toContain('Nothing was scored.');
  expect(html).not.toMatch(/NaN|Infinity/);
});

test('another ending, or no run, is refused', () => {
  expect(() => reportText('pdf', two, request)).toThrow('A report is written as html, md, csv, tex, not as pdf.');
  expect(() => reportText('html', [], request)).toThrow('There is no run to report.');
});
