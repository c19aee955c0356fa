import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { evaluate, readJson, recordLines, scratch, type Line } from './command.ts';
import { difference } from './reference.ts';

/** What identifies a record and its numbers. */
const content = (line: Line) => [line.pair, line.image, line.method, line.chosen, line.options];

const space = scratch();
test.afterAll(() => space.remove());

test('the demo on WASM: likelihoods of the reference, a whole results folder, exit code 0', async () => {
  const out = space.path('demo');
  const run = await evaluate(['--device', 'wasm', '--dtype', 'fp32', '--limit', '4', '--out', out]);
  expect(run.stderr).toContain('Results: ');
  expect(run.code).toBe(0);
  const lines = recordLines(out);
  expect(lines).toHaveLength(4 * 2 * 3);
  for (const line of lines) expect(difference(line)).toBeLessThan(1e-3);
  expect(lines.map((l) => `${l.pair}/${l.image}/${l.method}`)).toEqual(
    ['50001', '50002', '50003', '50004'].flatMap((pair) =>
      [1, 2].flatMap((image) => ['gd', 'ps', 'ps-official'].map((method) => `${pair}/${image}/${method}`)),
    ),
  );
  expect(readdirSync(out).sort()).toEqual([
    'benchmark.json',
    'official',
    'records.jsonl',
    'run.json',
    'summary.json',
    'tables.csv',
    'tables.md',
  ]);
  expect(readJson(out, 'run.json')).toMatchObject({
    format: 'lookalike-results/1',
    state: 'done',
    methods: ['gd', 'ps'],
    device: { kind: 'wasm' },
    certificate: { passed: true },
    benchmark: { pairs: 4, questions: 8 },
    command: `lookalike evaluate --device wasm --dtype fp32 --limit 4 --out ${out}`,
  });
  expect(run.stdout).toMatch(/set/i);
});

test('stopped by Ctrl-C it ends with 130, leaves no browser, and resumes without scoring anything twice', async () => {
  const out = space.path('stopped');
  const args = ['--device', 'wasm', '--dtype', 'fp32', '--limit', '60', '--methods', 'gd', '--out', out];
  // A folder of its own for what lies there only while it runs: other programs of the machine use the usual one.
  const temporary = space.path('temporary');
  mkdirSync(temporary);
  const stopped = await evaluate(args, {
    signal: { when: /image \d+ of \d+/, name: 'SIGINT' },
    env: { TMPDIR: temporary },
  });
  expect(stopped.code).toBe(130);
  expect(readdirSync(temporary).filter((name) => name.startsWith('lookalike-'))).toEqual([]);
  const kept = recordLines(out);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(120);
  expect(readJson(out, 'run.json')).toMatchObject({ state: 'stopped' });

  writeFileSync(`${out}/records.jsonl`, '{"pair":"500', { flag: 'a' }); // torn, as a power cut leaves it
  const resumed = await evaluate([...args, '--resume']);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toContain(`${kept.length} results of the earlier run are kept.`);
  const all = recordLines(out);
  expect(new Set(all.map((l) => `${l.pair}/${l.image}`)).size).toBe(120);
  expect(all).toHaveLength(120);
  const find = (line: Line) => all.find((l) => l.pair === line.pair && l.image === line.image);
  for (const line of kept) expect(content(find(line) ?? line)).toEqual(content(line));
  expect(readJson(out, 'run.json')).toMatchObject({ state: 'done' });
});

test('killed outright, a run resumes from its whole lines', { tag: '@soak' }, async () => {
  const out = space.path('killed');
  const args = ['--device', 'wasm', '--dtype', 'fp32', '--limit', '60', '--methods', 'gd', '--out', out];
  const killed = await evaluate(args, { signal: { when: /image \d+ of \d+/, name: 'SIGKILL' } });
  expect(killed.code).toBe(137);
  const resumed = await evaluate([...args, '--resume']);
  expect(resumed.code).toBe(0);
  expect(recordLines(out)).toHaveLength(120);
});

test.describe('a resume that would mix two runs is refused, with the difference named', () => {
  let out = '';
  let args: string[] = [];
  test.beforeAll(async () => {
    out = space.path('mixed');
    args = ['--device', 'wasm', '--dtype', 'fp32', '--limit', '1', '--methods', 'gd', '--out', out];
    expect((await evaluate(args)).code).toBe(0);
  });

  for (const [change, named] of [
    [['--dtype', 'q4'], /dtype/],
    [['--benchmark', 'test/families/llava/benchmark'], /benchmark/],
    [['--model', 'test/families/llava/model'], /model/],
    [['--device', 'webgpu'], /device/],
  ] as const) {
    test(change.join(' '), async () => {
      const [option = '', value = ''] = change;
      const at = args.indexOf(option);
      const changed = at < 0 ? [...args, option, value] : args.with(at + 1, value);
      const lines = readFileSync(`${out}/records.jsonl`, 'utf8');
      const run = await evaluate([...changed, '--resume']);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(named);
      expect(readFileSync(`${out}/records.jsonl`, 'utf8')).toBe(lines);
    });
  }
});

test('resuming what is done scores nothing and keeps everything', async () => {
  const out = space.path('done');
  const args = ['--device', 'wasm', '--dtype', 'fp32', '--limit', '1', '--methods', 'gd', '--out', out];
  await evaluate(args);
  const [lines, run] = [readFileSync(`${out}/records.jsonl`, 'utf8'), readJson(out, 'run.json')];
  const again = await evaluate([...args, '--resume']);
  expect(again.code).toBe(0);
  expect(readFileSync(`${out}/records.jsonl`, 'utf8')).toBe(lines);
  expect(readJson(out, 'run.json')).toMatchObject({ device: run['device'], work: run['work'], state: 'done' });
});

test('a results folder that cannot be made is exit code 5', async () => {
  writeFileSync(space.path('file'), '');
  const run = await evaluate(['--limit', '1', '--out', space.path('file', 'out')]);
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('The results cannot be written to');
});

test('a CHROME_PATH that is not there is exit code 3, and leaves no empty folder', async () => {
  const out = space.path('nochrome');
  const run = await evaluate(['--out', out], { env: { CHROME_PATH: '/nowhere/chrome' } });
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('CHROME_PATH is /nowhere/chrome');
  expect(existsSync(out)).toBe(false);
});
