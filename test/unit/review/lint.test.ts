import { describe, expect, it } from 'vitest';
import type { Letter, Pair } from '../../../src/core/benchmark/types.ts';
import type { OptionScore, ResultRecord } from '../../../src/core/records/record.ts';
import { blindFlag, blindPrompts, leaning } from '../../../src/core/review/blind.ts';
import { confusionCsv, confusionRank } from '../../../src/core/review/confusion.ts';
import { blindCsv, lintPairs } from '../../../src/core/review/lint.ts';
import { failed, record } from '../statistics/fixtures.ts';

const wording = { question: 'Where is it?', option_1: 'Left', option_2: 'Right' };
const pair = (id: string, question = `Where is ${id}?`): Pair => ({
  ...{ id, question, options: { A: 'Left', B: 'Right' }, extra: {} },
  images: [
    { path: `${id}-1`, local: null, categories: [], right: 'A', caption: null, sha256: `${id}1` },
    { path: `${id}-2`, local: null, categories: [], right: 'B', caption: null, sha256: `${id}2` },
  ],
});

describe('a question asked without its image', () => {
  it('is put in the words of a run, with the options in both orders', () => {
    const [one, two] = blindPrompts({ ...wording, question: 'What does {a} mean?' });
    expect(one.user).toContain('Question: What does {a} mean?\nA: Left\nB: Right\n');
    expect(two.user).toContain('A: Right\nB: Left\n');
  });

  it('is flagged where one option is likelier in both orders, not where a letter is', () => {
    expect(blindFlag([Math.log(4), Math.log(9)], wording, 'm')).toEqual({
      kind: 'blind',
      message: 'Without an image, "Left" is 6.0 times as likely to m as the other option.',
    });
    expect(blindFlag([-Math.log(4), -Math.log(9)], wording, 'm')?.message).toContain('"Right"');
    // The model likes the letter A, whatever stands behind it.
    expect(blindFlag([Math.log(400), -Math.log(2)], wording, 'm')).toBeNull();
    expect(leaning([Math.log(400), -Math.log(2)])).toMatchObject({ option: 1, steady: false });
    expect(blindFlag([1, 1], wording, 'm')).toBeNull();
    expect(blindFlag([1, 1], wording, 'm', 2)).not.toBeNull();
    expect(blindFlag([0, 0], wording, 'm')).toBeNull();
  });

  it('stands among the other checks, and in blind.csv', () => {
    const pairs = [pair('p'), pair('q')];
    const blind = { by: 'm', odds: new Map([['p', [2, 2] as const]]) };
    const flags = lintPairs(pairs, blind, 3);
    expect([...flags].map(([id, f]) => [id, f.map((x) => x.kind)])).toEqual([['p', ['blind']]]);
    expect(blindCsv(pairs, blind).trim().split('\n')).toEqual([
      'pair,model,log_odds,log_odds_exchanged,likelier,option,times,in_both_orders',
      'p,m,2.000000,2.000000,A,Left,7.38906,true',
    ]);
    expect(lintPairs(pairs, null, 3).size).toBe(0);
  });
});

describe('the rank by confusion', () => {
  const pairs = ['right', 'same', 'swapped', 'unmoved', 'half', 'none'].map((id) => pair(id));
  const of = (id: string): Pair => pairs.find((p) => p.id === id) ?? pair(id);
  const score = (x: number): OptionScore => ({ score: x, sum: x, tokens: [1], tokenLogprobs: [x] });
  const answer = (id: string, image: 1 | 2, chosen: Letter | null, d: number | null = null): ResultRecord => {
    const r = record(of(id), image, 'gd', chosen);
    return d === null || r.status === 'failed' ? r : { ...r, options: { A: score(d), B: score(0) } };
  };
  const run = [
    ...[answer('right', 1, 'A', 3), answer('right', 2, 'B', -3)],
    ...[answer('same', 1, 'B', -2), answer('same', 2, 'B', -3)],
    ...[answer('swapped', 1, 'B', -1), answer('swapped', 2, 'A', 1)],
    ...[answer('unmoved', 1, 'A', 2), answer('unmoved', 2, 'A', 2)],
    ...[answer('half', 1, 'A'), answer('half', 2, null)],
    failed(of('none'), 1, 'gd'),
    { ...answer('right', 1, 'B'), method: 'gd+no-image' },
  ];

  it('begins with one answer to both images, least moved first, and ends with what nobody answered', () => {
    const rank = confusionRank(pairs, [run]);
    expect(rank.map((c) => c.pair)).toEqual(['unmoved', 'same', 'swapped', 'half', 'right', 'none']);
    expect(rank.map((c) => [c.asked, c.missed, c.same, c.bothWrong, c.moved])).toEqual([
      [1, 1, 1, 0, 0],
      [1, 1, 1, 0, 1],
      [1, 1, 0, 1, 2],
      [1, 1, 0, 0, null],
      [1, 0, 0, 0, 6],
      [0, 0, 0, 0, null],
    ]);
    expect(confusionCsv(rank).split('\n').slice(0, 2)).toEqual([
      'rank,pair,readings,missed,same_answer,both_wrong,moved_nats',
      '1,unmoved,1,1,1,0,0.0000',
    ]);
    expect(confusionCsv(rank)).toContain('\n,none,0,');
  });

  it('counts every run and method as a reading of its own', () => {
    const other = [record(of('right'), 1, 'mc', 'A'), record(of('right'), 2, 'mc', 'A')];
    expect(confusionRank(pairs, [run, other]).find((c) => c.pair === 'right')).toMatchObject({ asked: 2, missed: 1 });
  });
});
