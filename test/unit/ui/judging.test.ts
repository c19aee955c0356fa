import { describe, expect, it } from 'vitest';
import type { ImageIndex, Pair } from '../../../src/core/benchmark/types.ts';
import type { JudgeInfo } from '../../../src/core/records/run-info.ts';
import { scoredByPerson } from '../../../src/core/methods/reading.ts';
import type { JudgeVerdict, ScoredRecord } from '../../../src/core/records/record.ts';
import { freeAnswers, judgeAfter } from '../../../src/core/methods/free-answers.ts';
import { byWhom, judgingState, nextWaiting } from '../../../src/ui/shared/judging.ts';

const MODEL = { name: 'phantom-judge', sha256: 'f'.repeat(64), a: 9, b: 2, text: 'A: 9\nB: 2' };
const FILE = { name: 'of the imported file', sha256: '', a: 9, b: 2, text: '' };
const INFO: JudgeInfo = { kind: 'model', id: 'phantom-judge', sha256: MODEL.sha256, dtype: 'fp32', files: [] };

const answer = (pair: string, image: ImageIndex, method = 'ff', judge?: JudgeVerdict): ScoredRecord => ({
  ...{ pair, image, method, right: 'A', imageSha256: '', status: 'scored', chosen: judge ? 'A' : null },
  ...{ correct: judge !== undefined, options: null, mass: null, margin: null, letterVariants: null },
  ...{ text: 'left', promptTokens: 1, notes: judge ? [] : ['unjudged'], ...(judge ? { judge } : {}) },
});
const pair = (id: string): Pair => {
  const image = { path: id, local: null, categories: [], right: 'A', caption: null, sha256: null } as const;
  return { id, question: '?', options: { A: 'a', B: 'b' }, images: [image, image], extra: {} };
};
const pairs = ['2', '1'].map(pair);
const byDr = scoredByPerson(answer('1', 1), 'Dr A', 8, 1);

describe('free answers', () => {
  const records = [answer('1', 1), answer('1', 2, 'ff', MODEL), answer('2', 2), answer('2', 2, 'ff+no-image')];

  it('come in the order of the benchmark, under conditions too, and nothing else with them', () => {
    const others = [answer('1', 1, 'mc'), answer('1', 2, 'ff-likelihood', MODEL), { ...answer('2', 1), text: null }];
    const keys = freeAnswers(pairs, [...others, ...records]).map((a) => [a.key, a.waits]);
    expect(keys).toEqual([
      ['2/2/ff', true],
      ['2/2/ff+no-image', true],
      ['1/1/ff', true],
      ['1/2/ff', false],
    ]);
  });

  it('that wait for a judge are walked through first, from the start again at the end', () => {
    const answers = freeAnswers(pairs, records);
    expect(nextWaiting(answers)).toBe('2/2/ff');
    expect(nextWaiting(answers, '2/2/ff+no-image')).toBe('1/1/ff');
    expect(nextWaiting(answers, '1/1/ff')).toBe('2/2/ff');
    expect(nextWaiting(freeAnswers(pairs, [byDr]), '1/1/ff')).toBeNull();
    expect(nextWaiting(freeAnswers(pairs, [answer('1', 1)]), '1/1/ff')).toBeNull();
  });
});

describe('who judged', () => {
  it('is named for a verdict', () => {
    expect(byWhom(MODEL, INFO)).toBe('Judge phantom-judge');
    expect(byWhom(MODEL, { ...INFO, kind: 'self' })).toBe('Judge phantom-judge (the tested model itself)');
    expect(byWhom(FILE, undefined)).toBe('Judge of the imported file');
    expect(byDr.judge && byWhom(byDr.judge, INFO)).toBe('Scored by Dr A');
  });

  it('is named for a run, with how many answers wait', () => {
    expect(judgingState([answer('1', 1, 'mc')], undefined)).toBeNull();
    expect(judgingState([answer('1', 1)], undefined)).toEqual({ answers: 1, waiting: 1, judges: '' });
    const mixed = [byDr, answer('1', 2, 'ff', MODEL), answer('2', 1)];
    expect(judgingState(mixed, INFO)).toEqual({
      answers: 3,
      waiting: 1,
      judges: 'phantom-judge, fp32, Dr A in person (1)',
    });
  });

  it('is people in run.json only where nobody else judged', () => {
    expect(judgeAfter(undefined, [byDr, answer('1', 2)])).toEqual({ kind: 'person' });
    expect(judgeAfter(undefined, [byDr, answer('1', 2, 'ff', FILE)])).toBeUndefined();
    expect(judgeAfter(undefined, [answer('1', 2)])).toBeUndefined();
    expect(judgeAfter(INFO, [byDr])).toBe(INFO);
  });
});
