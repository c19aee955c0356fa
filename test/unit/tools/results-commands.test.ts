import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { officialRuns } from '../../../src/app/results/official.ts';
import { readOfficialFiles } from '../../../src/core/exchange/import-files.ts';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { UNJUDGED } from '../../../src/core/methods/ff.ts';
import type { ScoredRecord } from '../../../src/core/records/record.ts';
import { BENCHMARK } from '../exchange/made-run.ts';
import { text } from '../statistics/fixtures.ts';

const COMMAND = fileURLToPath(new URL('../../../tools/lookalike.mjs', import.meta.url));
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'compare-'));
  mkdirSync(join(dir, 'bench', 'data'), { recursive: true });
  writeFileSync(join(dir, 'bench', 'data', 'dataset.json'), text('mediconfusion/dataset.json'));
  const mc = text('official/gpt_mc.json.gz');
  writeFileSync(join(dir, 'gpt_mc.json'), mc);
  // The other model answers image 1 of the first pairs otherwise.
  const other = JSON.parse(mc);
  for (const id of Object.keys(other).slice(0, 20)) other[id].answer.im1 = other[id].answer.im2;
  writeFileSync(join(dir, 'other_mc.json'), JSON.stringify(other));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const compare = (...args: string[]) => call('compare', ...args);

function call(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [COMMAND, ...args], { cwd: dir }, (e, out, error) =>
      done({ code: typeof e?.code === 'number' ? e.code : e ? 1 : 0, out, error }),
    );
  });
}

test('the command compares result files of the benchmark’s own code', async () => {
  const { code, out } = await compare('gpt_mc.json', 'other_mc.json', '--benchmark', 'bench');
  expect(code).toBe(0);
  expect(out).toContain('gpt and other on bench');
  expect(out).toMatch(/MC +176 +19\.32 +\d/);
  expect(out).toContain('MC, only gpt right');
});

test.each([
  [['gpt_mc.json', 'other_mc.json'], 'say with --benchmark DIR which benchmark they answer'],
  [['bench', 'gpt_mc.json', '--benchmark', 'bench'], 'bench holds no run.json'],
  [['nowhere'], 'There is no folder or file nowhere'],
])('%j is refused with exit code 2 and one sentence', async (args, message) => {
  const { code, out, error } = await compare(...args);
  expect([code, out]).toEqual([2, '']);
  expect(error).toContain(message);
  expect(error).not.toContain(' at ');
});

test('report writes one HTML file, and refuses an ending that is none', async () => {
  const report = async (...args: string[]) => call('report', 'gpt_mc.json', '--benchmark', 'bench', ...args);
  const { code, out } = await report('--out', 'made/report.html');
  expect([code, out]).toEqual([0, `${join(realpathSync(dir), 'made', 'report.html')}\n`]);
  const html = readFileSync(join(dir, 'made', 'report.html'), 'utf8');
  expect(html).toContain('<h1>gpt on bench</h1>');
  const refused = await report('--out', 'report.pdf');
  expect(refused.code).toBe(2);
  expect(refused.error).toContain('--out must end in .html, .md, .csv, .tex, not ".pdf"');
});

test('score-answers prints the free answers, takes a person’s scores, and refuses what is none', async () => {
  const benchmark = BENCHMARK;
  const files = [{ name: 'gpt_gpt4.json', text: text('official/gpt_gpt4.json.gz') }];
  const [run] = officialRuns(readOfficialFiles(files, benchmark), benchmark, { acceptPartial: false });
  if (!run) throw new Error('nothing was read');
  const waiting = run.records.map((r) => (r.status === 'scored' ? unjudged(r) : r));
  mkdirSync(join(dir, 'free'));
  for (const { path, text: content } of resultsFiles(run.info, benchmark, waiting).filter((f) => !f.path.includes('/')))
    writeFileSync(join(dir, 'free', path), content);

  const printed = await call('score-answers', 'free');
  expect([printed.code, printed.error]).toEqual([0, expect.stringContaining('352 of 352 free answers wait')]);
  expect(printed.out).not.toMatch(/correct/i);
  writeFileSync(join(dir, 'scores.csv'), printed.out.replace(/,,\r\n/, ',9,2\r\n'));

  expect(await call('score-answers', 'free', '--scores', 'scores.csv')).toMatchObject({
    ...{ code: 2, error: expect.stringContaining('--name is missing') },
  });
  const kept = await call('score-answers', 'free', '--scores', 'scores.csv', '--name', 'AB', '--out', 'scored');
  expect([kept.code, kept.error]).toEqual([1, expect.stringContaining('1 scores by AB kept; 351 of 352')]);
  const info = JSON.parse(readFileSync(join(dir, 'scored', 'run.json'), 'utf8'));
  expect(info.judge).toEqual({ kind: 'person' });
  const lines = readFileSync(join(dir, 'scored', 'records.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(lines.filter((l) => l.includes('"person":true'))).toHaveLength(1);
  // Another time into the same folder is refused; without --out the folder itself is written.
  expect((await call('score-answers', 'free', '--scores', 'scores.csv', '--name', 'AB', '--out', 'scored')).code).toBe(
    2,
  );
  expect((await call('score-answers', 'free', '--scores', 'scores.csv', '--name', 'AB')).code).toBe(1);
  expect(readFileSync(join(dir, 'free', 'records.jsonl'), 'utf8')).toContain('"person":true');
  expect((await call('score-answers', 'bench')).code).toBe(2);
});

function unjudged({ judge: _judge, ...record }: ScoredRecord): ScoredRecord {
  return { ...record, chosen: null, correct: false, notes: [UNJUDGED] };
}
