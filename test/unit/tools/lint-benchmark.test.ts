import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resultsFiles } from '../../../src/core/exchange/results-folder.ts';
import { personRecords, personRunInfo, type Answer } from '../../../src/core/readers/session.ts';
import { main } from '../../../tools/cli/main.mjs';
import { readQuestions } from '../../../tools/results/read.mjs';

let dir = '';
let printed = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lookalike-lint-'));
  printed = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  const pair = (n: number, option_B: string): Record<string, unknown> => ({
    ...{ im_1: `${n}a.png`, im_2: `${n}b.png`, im_1_local: 2 * n, im_2_local: 2 * n + 1 },
    ...{ category_1: ['Spinal'], category_2: ['Spinal'], question: `Where is ${n}?`, option_A: 'Left', option_B },
    ...{ im_1_correct: 'A', im_2_correct: 'B' },
  });
  const pairs = { 1: pair(1, 'Right'), 2: pair(2, 'On the right side of the image, below'), 3: pair(3, 'Right') };
  write('bench/data/dataset.json', JSON.stringify(pairs));
  for (let n = 2; n < 8; n++) write(`bench/data/images/${n}.png`, `image ${n}`);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
}
const made = (name: string): string => readFileSync(join(dir, 'out', name), 'utf8');
const lint = (...more: readonly string[]): Promise<number> =>
  main(['lint-benchmark', '--benchmark', 'bench', '--out', 'out', ...more], { cwd: dir, env: {} });

/** Results of someone who says A to everything but pair 3, which is right. */
async function results(): Promise<void> {
  const benchmark = await readQuestions({ dir: join(dir, 'bench'), name: 'bench' });
  const sha = (path: string): string => createHash('sha256').update(path).digest('hex');
  const known = {
    ...benchmark,
    pairs: benchmark.pairs.map((p) => ({
      ...p,
      images: [
        { ...p.images[0], sha256: sha(p.images[0].path) },
        { ...p.images[1], sha256: sha(p.images[1].path) },
      ] as const,
    })),
  };
  const answers = known.pairs.flatMap(({ id }) =>
    ([1, 2] as const).map((image): Answer => ({
      pair: id,
      image,
      chosen: id === '3' && image === 2 ? 'B' : 'A',
      ms: 1,
    })),
  );
  const at = '2026-01-01T00:00:00.000Z';
  const info = personRunInfo(
    known,
    {
      ...{ id: 's', benchmarkId: 'b', name: 'R', seed: 1, feedback: 'end', startedAt: at },
      ...{ answers, run: null },
    },
    { lookalike: '0.1.0', at, browser: '' },
  );
  for (const { path, text } of resultsFiles(info, known, personRecords(known, answers))) write(`run/${path}`, text);
}

describe('lint-benchmark', () => {
  it('finds what needs no model, without a browser', async () => {
    expect(await lint()).toBe(0);
    expect(printed).toContain(
      '1 of 3 pairs flagged: 1 options of very different length, 0 giveaway word, 0 asked twice.',
    );
    expect(made('checks.csv')).toBe('pair,check,message\n2,length,The options have 4 and 37 characters.\n');
    expect(JSON.parse(made('summary.json'))).toMatchObject({ format: 'lookalike-checks/1', flagged: 1, asked: null });
    expect(existsSync(join(dir, 'out', 'confusion.csv'))).toBe(false);
  });

  it('ranks the pairs of a run by what they confuse', async () => {
    await results();
    expect(await lint('--run', 'run')).toBe(0);
    expect(made('confusion.csv').trim().split('\n').slice(1)).toEqual(['1,1,1,1,1,0,', '2,2,1,1,1,0,', '3,3,1,0,0,0,']);
    expect(printed).toContain('2 of 3 pairs confuse.');
  });

  it.each([
    [['--run', 'nowhere'], 'There is no results folder nowhere'],
    [['--writer', 'w', '--model', 'm'], 'Name either --writer or --model'],
    [['--writer', 'bench'], 'holds no config.json'],
    [['--times', '1'], '--times must be a number above 1'],
  ])('%j is refused', async (argv, words) => {
    await expect(lint(...argv)).rejects.toThrow(words);
    expect(existsSync(join(dir, 'out'))).toBe(false);
  });

  it('refuses results of another benchmark, and a folder that is not empty', async () => {
    await results();
    const changed = JSON.parse(readFileSync(join(dir, 'bench', 'data', 'dataset.json'), 'utf8')) as object;
    write('bench/data/dataset.json', JSON.stringify(changed, null, 1));
    await expect(lint('--run', 'run')).rejects.toThrow('Name results of this one');
    write('out/something', '');
    await expect(lint()).rejects.toThrow('out is not empty');
  });
});
