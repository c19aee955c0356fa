import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { officialRuns } from '../../src/app/results/official.ts';
import { readQuestions } from '../../src/core/benchmark/read.ts';
import { readOfficialFiles } from '../../src/core/exchange/import-files.ts';
import { reportText } from '../../src/core/reports/report.ts';
import { subjectOf } from '../../src/core/reports/subject.ts';
import { accessible } from './accessible.ts';

const data = (path: string): Buffer => readFileSync(new URL(`../data/${path}`, import.meta.url));
let dir = '';

test.beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'report-'));
  const read = readQuestions('MediConfusion', {
    path: 'data/dataset.json',
    text: data('mediconfusion/dataset.json').toString('utf8'),
    sha256: '0'.repeat(64),
  });
  if (!read.ok) throw new Error(read.fault.message);
  const files = ['gpt_mc.json', 'gpt_gpt4.json'].map((name) => ({
    name,
    text: gunzipSync(data(`official/${name}.gz`)).toString('utf8'),
  }));
  const [run] = officialRuns(readOfficialFiles(files, read.value), read.value, {
    acceptPartial: false,
    at: '2026-01-02T03:04:05Z',
  });
  if (!run) throw new Error('nothing was read');
  const subject = subjectOf('GPT-4o', run.info, run.records, read.value);
  const html = reportText('html', [subject], { worst: 12, overlay: null, version: '0.1.0' });
  writeFileSync(join(dir, 'report.html'), html);
});
test.afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a report opened from disk asks for nothing else, and everyone can read it', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const file = pathToFileURL(join(dir, 'report.html')).href;
  await page.goto(file);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('gpt on MediConfusion');
  await expect(page.getByRole('img', { name: /^Set accuracy by method\. MC 19\.32%/ })).toBeVisible();
  await accessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(asked).toEqual([file]);
});
