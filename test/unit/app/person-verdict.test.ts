import { describe, expect, test } from 'vitest';
import { keepVerdict, withVerdicts } from '../../../src/app/person-verdict.ts';
import { answersCsv, readAnswersCsv } from '../../../src/core/exchange/answers-file.ts';
import { freeAnswers, personName } from '../../../src/core/methods/free-answers.ts';
import type { ImageIndex } from '../../../src/core/benchmark/types.ts';
import type { JudgeInfo } from '../../../src/core/records/run-info.ts';
import type { ScoredRecord } from '../../../src/core/records/record.ts';
import { run as storedRun, saveImportedRun } from '../../../src/store/runs.ts';
import { recordsOf } from '../../../src/store/records.ts';
import { BENCHMARK, madeInfo } from '../exchange/made-run.ts';
import { freshStore } from '../store/fixtures.ts';

const benchmark = { ...BENCHMARK, pairs: BENCHMARK.pairs.slice(0, 2) };
const [one = '', two = ''] = benchmark.pairs.map((p) => p.id);
const answer = (pair: string, image: ImageIndex, text = '=left'): ScoredRecord => ({
  ...{ pair, image, method: 'ff', right: 'A', imageSha256: '', status: 'scored', chosen: null, correct: false },
  ...{ options: null, mass: null, margin: null, letterVariants: null, text, promptTokens: 1, notes: ['unjudged'] },
});
const records = [answer(one, 1), answer(one, 2, 'a, "b"\nc'), answer(two, 1)];
const info = madeInfo(benchmark, { methods: ['ff'] });
const answers = freeAnswers(benchmark.pairs, records);

describe('a stored run', () => {
  test('keeps a person’s scores, and says that people judged once nobody else did', async () => {
    const store = await freshStore();
    await saveImportedRun(store, 'r', info, records, null);
    const kept = await keepVerdict(store, 'r', records[0] ?? answer(one, 1), { person: 'AB', a: 9, b: 2 });
    expect(kept).toMatchObject({ judged: { chosen: 'A', correct: true, notes: [] }, named: true });
    expect((await storedRun(store, 'r'))?.info?.judge).toEqual({ kind: 'person' });
    expect(await recordsOf(store, 'r')).toContainEqual(kept.judged);
    const again = await keepVerdict(store, 'r', kept.judged, { person: 'AB', a: 1, b: 9 });
    expect(again).toMatchObject({ judged: { chosen: 'B', correct: false }, named: false });
  });

  test('leaves the judge as it was named', async () => {
    const store = await freshStore();
    const judge: JudgeInfo = { kind: 'self', id: 'vlm', sha256: 'a', dtype: 'fp32', files: [] };
    await saveImportedRun(store, 'r', { ...info, judge }, records, null);
    await keepVerdict(store, 'r', answer(one, 1), { person: 'AB', a: 9, b: 2 });
    expect((await storedRun(store, 'r'))?.info?.judge).toEqual(judge);
  });
});

describe('a table of answers', () => {
  const [head = '', ...lines] = answersCsv(answers).split('\r\n');
  const filled = (...scores: string[]): string =>
    [head, ...[`${one},1,ff`, `${one},2,ff`, `${two},1,ff`].map((a, i) => `${a},,,,,${scores[i] ?? ','}`)].join('\n');

  test('holds what was said, not which option is right, and guards a formula', () => {
    expect(head).toBe('pair,image,method,question,option_a,option_b,answer,score_a,score_b');
    expect(lines[0]).toMatch(/,'=left,,$/);
  });

  test('gives the same records as the page, and comes back with its scores', () => {
    const scores = readAnswersCsv('s.csv', filled('9,2', ',', '5,6.5'), answers);
    if (!scores.ok) throw new Error(scores.fault.message);
    const judged = withVerdicts({ info, records }, scores.value, 'AB');
    expect(judged.info.judge).toEqual({ kind: 'person' });
    expect(judged.records).toMatchObject([
      { chosen: 'A', correct: true, notes: [], judge: { name: 'AB', person: true, a: 9, b: 2 } },
      { notes: ['unjudged'] },
      { chosen: null, correct: false, notes: [], judge: { a: 5, b: 6.5 } },
    ]);
    const written = answersCsv(freeAnswers(benchmark.pairs, judged.records));
    expect(readAnswersCsv('s.csv', written, answers)).toEqual(scores);
  });

  test.each([
    [filled('9,'), `s.csv, line 2: score_b is "", not a number from 1 to 10. No score was taken.`],
    [filled('11,0'), 'score_a is "11" and score_b is "0", not a number from 1 to 10.'],
    [
      filled('9,2').replace(`${two},1`, 'x,1').replace(/,$/, '3,3'),
      'line 4: the run has no free answer ff to image 1 of pair x',
    ],
    [`${filled('9,2')}\n${one},1,ff,,,,,3,9`, 'line 5: this answer has scores in another line, too.'],
    [filled(), 's.csv holds no score.'],
    ['pair,a,b\n1,2,3', 's.csv has no column image, method, score_a, score_b'],
  ])('is refused as a whole where something is wrong: %#', (text, message) => {
    const read = readAnswersCsv('s.csv', text, answers);
    expect(read.ok ? '' : read.fault.message).toContain(message);
  });
});

test('a person has a name', () => {
  expect(personName('  Dr A ')).toEqual({ ok: true, value: 'Dr A' });
  expect(personName(' ').ok).toBe(false);
  expect(personName('x'.repeat(61)).ok).toBe(false);
});
