import { cpSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { DEMO_MODEL, copyBenchmark, evaluate, readJson, recordLines, scratch } from './command.ts';

const space = scratch();
test.afterAll(() => space.remove());

/** One short run on WASM. */
const quick = (...args: string[]) => evaluate(['--device', 'wasm', '--dtype', 'fp32', '--methods', 'gd', ...args]);

/** Runs a changed copy of the demo benchmark. */
function runBenchmark(name: string, pairs: number, change?: Parameters<typeof copyBenchmark>[2]) {
  copyBenchmark(space.path(name), pairs, change);
  return quick('--benchmark', space.path(name), '--out', space.path(`${name}-out`));
}

test('a question file that is not JSON', async () => {
  copyBenchmark(space.path('json'), 1);
  writeFileSync(space.path('json', 'data', 'dataset.json'), '{"50001": {"im_1": ');
  const run = await quick('--benchmark', space.path('json'), '--out', space.path('json-out'));
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/dataset\.json, line 1, column 20/);
});

test('a folder without a question file', async () => {
  const run = await quick('--benchmark', 'src', '--out', space.path('src-out'));
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/dataset\.json/);
});

test('a pair with one letter for both images is left out and named; the rest is scored', async () => {
  const run = await runBenchmark('letters', 2, (questions) => {
    Object.assign(questions['50001'] ?? {}, { im_1_correct: 'A', im_2_correct: 'A' });
  });
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/50001/);
  expect(recordLines(space.path('letters-out')).map((l) => l.pair)).toEqual(['50002', '50002']);
  expect(readJson(space.path('letters-out'), 'summary.json')['skipped']).toEqual([
    expect.objectContaining({ pair: '50001' }),
  ]);
});

test('nothing but such pairs: nothing can run', async () => {
  const run = await runBenchmark('all-letters', 1, (questions) => {
    Object.assign(questions['50001'] ?? {}, { im_1_correct: 'A', im_2_correct: 'A' });
  });
  expect(run.code).toBe(2);
});

test('a truncated image leaves its pair out, named with its file', async () => {
  copyBenchmark(space.path('torn'), 2);
  truncateSync(space.path('torn', 'data', 'images', '1001.png'), 400);
  const run = await quick('--benchmark', space.path('torn'), '--out', space.path('torn-out'));
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/1001\.png/);
  const scored = recordLines(space.path('torn-out')).filter((l) => l.status === 'scored');
  expect(scored.filter((l) => l.pair === '50002')).toHaveLength(2);
});

test('a missing image leaves its pair out, named with its file', async () => {
  copyBenchmark(space.path('missing'), 2);
  rmSync(space.path('missing', 'data', 'images', '1002.png'));
  const run = await quick('--benchmark', space.path('missing'), '--out', space.path('missing-out'));
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/1002/);
});

/** A changed copy of the demo model. */
function copyModel(name: string, change: (dir: string) => void): string {
  const dir = space.path(name);
  cpSync(DEMO_MODEL, dir, { recursive: true });
  change(dir);
  return dir;
}

/** Changes a JSON file in place. */
function edit(file: string, change: Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
}

for (const [what, change, words] of [
  [
    'a model without its decoder',
    (dir) => {
      rmSync(`${dir}/onnx/decoder_model_merged.onnx`);
      rmSync(`${dir}/onnx/decoder_model_merged_q4.onnx`);
    },
    /decoder_model_merged/,
  ],
  [
    'a model of another kind',
    (dir) => edit(`${dir}/config.json`, { model_type: 'whisper', architectures: ['WhisperForConditionalGeneration'] }),
    /whisper/,
  ],
  ['a config.json that is broken', (dir) => truncateSync(`${dir}/config.json`, 40), /config\.json is not valid JSON/],
  ['a folder without config.json', (dir) => rmSync(`${dir}/config.json`), /holds no config\.json/],
  ['a folder without sessions', (dir) => rmSync(`${dir}/onnx`, { recursive: true }), /holds no onnx folder/],
] as const satisfies readonly (readonly [string, (dir: string) => void, RegExp])[]) {
  test(what, async () => {
    const name = what.replaceAll(' ', '-');
    const dir = copyModel(name, change);
    const run = await quick('--model', dir, '--limit', '1', '--out', space.path(`${name}-out`));
    expect(run.stderr).toMatch(words);
    expect(run.code).toBe(2);
  });
}

test('a dtype that the folder does not have is never replaced by another', async () => {
  const run = await evaluate(['--device', 'wasm', '--dtype', 'fp16', '--limit', '1', '--out', space.path('fp16-out')]);
  expect(run.stderr).toMatch(/fp16/);
  expect(run.code).toBe(2);
});

for (const [args, words] of [
  [['--benchmark', 'nowhere'], /there is no folder nowhere/],
  [['--model', './nowhere'], /there is no folder \.\/nowhere/],
  [['--benchmark', 'package.json'], /package\.json is a file/],
  [['--prompts', 'nowhere.json'], /there is no file nowhere\.json/],
  [['--import', 'nowhere.json'], /there is no file nowhere\.json/],
  [['--mehtods', 'gd'], /Did you mean --methods\?/],
] as const) {
  test(args.join(' '), async () => {
    const run = await evaluate(args);
    expect([run.code, run.stderr.trim().split('\n').length, run.stdout]).toEqual([2, 1, '']);
    expect(run.stderr).toMatch(words);
  });
}

test.describe('an official result file', () => {
  /** Answers of a program that always says A, in the layout of the benchmark's own code. */
  const answers = (pairs: readonly string[]): string => {
    const a = { full_answer: 'A', A: 10, B: 0 };
    return JSON.stringify(Object.fromEntries(pairs.map((id) => [id, { answer: { im1: a, im2: a } }])));
  };

  test('is read against its questions alone: always A gives 0, 50 and 100', async () => {
    copyBenchmark(space.path('asked'), 2);
    rmSync(space.path('asked', 'data', 'images'), { recursive: true });
    writeFileSync(space.path('always_mc.json'), answers(['50001', '50002']));
    const out = space.path('imported');
    const run = await evaluate([
      '--import',
      space.path('always_mc.json'),
      '--benchmark',
      space.path('asked'),
      '--out',
      out,
    ]);
    expect(run.code).toBe(0);
    expect(readJson(out, 'summary.json')['methods']).toMatchObject({
      mc: { set: 0, individual: 50, confusion: 100, invalid: 0 },
    });
    expect(readJson(out, 'run.json')).toMatchObject({ imported: { from: 'always_mc.json' } });

    await test.step('its folder can be read anew, without a model', async () => {
      const again = ['--benchmark', space.path('asked'), '--out', out, '--resume', '--mc-parser', 'strict'];
      const strict = await evaluate(again);
      expect(strict.code, strict.stderr).toBe(0);
      expect(readJson(out, 'run.json')).toMatchObject({
        imported: { from: 'always_mc.json' },
        reading: { mcParser: 'strict' },
      });
      expect(readJson(out, 'summary.json')['methods']).toMatchObject({
        mc: { set: 0, individual: 50, confusion: 100 },
      });
    });

    await test.step('of another benchmark it is refused with both named', async () => {
      const other = await evaluate(['--out', out, '--resume', '--mc-parser', 'strict']);
      expect(other.code).toBe(2);
      expect(other.stderr).toMatch(/the benchmark was asked \([0-9a-f]{8}\) and is phantoms \([0-9a-f]{8}\)/);
    });
  });

  test('two files of one model are one folder, of two models an error that names them', async () => {
    copyBenchmark(space.path('both'), 2);
    rmSync(space.path('both', 'data', 'images'), { recursive: true });
    const ids = ['50001', '50002'];
    for (const name of ['m_mc.json', 'm_greedy.json', 'n_mc.json']) writeFileSync(space.path(name), answers(ids));
    const of = (...names: string[]) => names.flatMap((name) => ['--import', space.path(name)]);
    const args = ['--benchmark', space.path('both'), '--out', space.path('one')];
    const run = await evaluate([...of('m_mc.json', 'm_greedy.json'), ...args]);
    expect(run.code).toBe(0);
    const out = space.path('one');
    expect(readJson(out, 'run.json')).toMatchObject({
      methods: ['mc', 'gd'],
      model: { id: 'm' },
      benchmark: { images: 4 },
      imported: { from: 'm_mc.json, m_greedy.json', format: 'mediconfusion/mc+greedy' },
    });
    expect(readdirSync(join(out, 'official')).sort()).toEqual(['m_greedy.json', 'm_mc.json']);
    const refused = await evaluate([
      ...of('m_mc.json', 'n_mc.json'),
      '--benchmark',
      space.path('both'),
      '--out',
      space.path('no'),
    ]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('The files are of several models: m (m_mc.json), n (n_mc.json).');
  });

  test('with a missing pair is refused, and taken in part only when that is agreed to', async () => {
    copyBenchmark(space.path('partly'), 2);
    writeFileSync(space.path('part_mc.json'), answers(['50001']));
    const args = ['--import', space.path('part_mc.json'), '--benchmark', space.path('partly')];
    const refused = await evaluate([...args, '--out', space.path('refused')]);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/50002 is missing/);
    const taken = await evaluate([...args, '--accept-partial', '--out', space.path('taken')]);
    expect(taken.code).toBe(1);
    expect(recordLines(space.path('taken')).filter((l) => l.status === 'scored')).toHaveLength(2);
  });
});
