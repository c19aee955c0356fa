import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { evaluate, readJson, recordLines, scratch } from './command.ts';

const space = scratch();
test.afterAll(() => space.remove());

const WASM = ['--device', 'wasm', '--dtype', 'fp32', '--limit', '2'];

test('answers that are there are read anew by the stricter parser, without a model, and back', async () => {
  const out = space.path('mc');
  const first = await evaluate([...WASM, '--methods', 'mc', '--out', out]);
  expect(first.code).toBe(0);
  // As a model would write that marks its letter: nothing for the published parser.
  const lines = readFileSync(`${out}/records.jsonl`, 'utf8').trim().split('\n');
  const marked = lines.map((line) => {
    const record = JSON.parse(line) as { right: string };
    return JSON.stringify({ ...record, text: `(${record.right})`, chosen: null, correct: false });
  });
  writeFileSync(`${out}/records.jsonl`, `${marked.join('\n')}\n`);

  const numbers = (): unknown => (readJson(out, 'summary.json')['methods'] as { mc: unknown }).mc;
  const work = readJson(out, 'run.json')['work'];
  const strict = await evaluate([...WASM, '--methods', 'mc', '--out', out, '--resume', '--mc-parser', 'strict']);
  expect(strict.code).toBe(0);
  expect(numbers()).toMatchObject({ set: 100, invalid: 0 });
  expect(readJson(out, 'run.json')).toMatchObject({ reading: { mcParser: 'strict', ffGap: 3 }, work });
  expect(strict.stdout).toContain('MC by the strict parser');

  const published = await evaluate([...WASM, '--methods', 'mc', '--out', out, '--resume']);
  expect(published.code).toBe(0);
  expect(numbers()).toMatchObject({ set: 0, invalid: 100 });
  expect(readJson(out, 'run.json')).not.toHaveProperty('reading');
});

test(
  'one set of a file of prompts, its paraphrases by name, and the tested model as its judge',
  { tag: '@soak' },
  async () => {
    const out = space.path('words');
    const file = space.path('mine.json');
    const set = (name: string, open: string) => ({
      name,
      prompts: { letter: 'Question: {q}\nA: {a}\nB: {b}', open },
      system: null,
    });
    writeFileSync(file, JSON.stringify([set('one', '{q}'), set('two', 'Question: {q}')]));
    const methods = 'ps,ps+paraphrase,ff';
    const run = await evaluate([
      ...WASM,
      ...['--methods', methods, '--prompts', `${file}#two`, '--judge', 'self', '--judge-test', '1', '--out', out],
      ...['--paraphrases', 'lookalike, brief;official: molmo'],
    ]);
    expect(run.code).toBe(0);
    const info = readJson(out, 'run.json');
    expect(info).toMatchObject({
      promptSet: { name: 'two' },
      methods: ['ps', 'ps+paraphrase-1', 'ps+paraphrase-2', 'ff'],
      paraphrases: [{ name: 'lookalike, brief' }, { name: 'official: molmo' }],
      judge: { kind: 'self' },
      work: { imageEncodes: 4 },
    });
    expect(new Set(recordLines(out).map((r) => r.method))).toEqual(
      new Set(['ps', 'ps-official', 'ps+paraphrase-1', 'ps+paraphrase-2', 'ff', 'ff-likelihood']),
    );
    const unknown = await evaluate([...WASM, '--prompts', `${file}#three`, '--out', space.path('none')]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('mine holds no prompt set three. It holds: one, two.');
  },
);
