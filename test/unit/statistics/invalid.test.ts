import { describe, expect, it } from 'vitest';
import type { JudgeVerdict, ResultRecord, ScoredRecord } from '../../../src/core/records/record.ts';
import { invalidKind, invalidWords, type InvalidKind } from '../../../src/core/statistics/invalid.ts';
import { summarise } from '../../../src/core/statistics/summary.ts';
import type { Benchmark } from '../../../src/core/benchmark/types.ts';

/* Records made by hand, one of each kind; what each is counted as was decided before the code. */

function record(change: Partial<ScoredRecord>): ScoredRecord {
  const base = {
    pair: 'p1',
    image: 1,
    right: 'A',
    imageSha256: '',
    notes: [],
    status: 'scored',
    chosen: null,
  } as const;
  const none = { correct: false, options: null, mass: null, margin: null, letterVariants: null, promptTokens: 9 };
  return { ...base, ...none, method: 'ff', text: 'The left lung.', ...change };
}
const verdict = (a: number | null, b: number | null): JudgeVerdict => ({ name: 'j', sha256: '', a, b, text: '' });

const FREE: readonly (readonly [string, Partial<ScoredRecord>, InvalidKind | null])[] = [
  ['an empty answer', { text: ' ', notes: ['no-answer'] }, 'no-answer'],
  ['an answer that is an option', { chosen: 'A', judge: verdict(10, 1), notes: ['judged-by-rule'] }, null],
  ['nonsense, close to neither option', { text: 'Bananas.', judge: verdict(1, 1) }, 'judged-invalid'],
  ['an answer between both options', { text: 'Both lungs.', judge: verdict(6, 5) }, 'scores-near'],
  [
    'a reply of the judge without scores',
    { judge: verdict(null, null), notes: ['judge-unreadable'] },
    'judge-unreadable',
  ],
  ['a thought that does not end', { text: '<think>The left or', judge: verdict(5, 5) }, 'cut'],
  ['nothing behind a thought', { text: '<think>The left.</think>\n', judge: verdict(1, 1) }, 'no-answer'],
  ['an answer behind a thought', { text: '<think>Hm.</think>Left.', chosen: 'A', judge: verdict(9, 1) }, null],
];

const LETTERS: readonly (readonly [string, Partial<ScoredRecord>, InvalidKind | null])[] = [
  ['no letter', { text: 'The left lung.' }, 'no-letter'],
  ['both letters', { text: 'A or B' }, 'both-letters'],
  ['nothing', { text: '' }, 'no-answer'],
  ['a cut thought', { text: '', notes: ['cut-in-thought'] }, 'cut'],
  ['a letter', { text: 'A', chosen: 'A' }, null],
];

describe('why an answer is invalid', () => {
  it.each(FREE)('free: %s', (_what, change, due) => expect(invalidKind(record(change), true)).toBe(due));
  it.each(LETTERS)('MC: %s', (_what, change, due) =>
    expect(invalidKind(record({ method: 'mc', ...change }), false)).toBe(due),
  );
});

describe('summary.json', () => {
  it('counts each kind of invalid answer under its own name, and they add up', () => {
    const image = (right: 'A' | 'B') => ({ path: '', local: '', categories: [], right, caption: null, sha256: '' });
    const pairs = [1, 2, 3, 4].map((n) => ({
      id: `p${n}`,
      question: 'Which?',
      options: { A: 'left', B: 'right' },
      images: [image('A'), image('B')] as const,
      extra: {},
    }));
    const benchmark: Benchmark = { name: 'b', sha256: '', pairs, skipped: [], problems: [] };
    const records = FREE.map(([, change], i): ResultRecord =>
      record({ ...change, pair: `p${(i >> 1) + 1}`, image: i % 2 === 0 ? 1 : 2 }),
    );
    const ff = summarise(benchmark, records).methods['ff'];
    expect(ff?.invalidKinds).toEqual({
      'no-answer': 2,
      'judged-invalid': 1,
      'scores-near': 1,
      'judge-unreadable': 1,
      cut: 1,
    });
    expect(Object.values(ff?.invalidKinds ?? {}).reduce((a, b) => a + b, 0)).toBe(ff?.counts.invalid);
    expect(invalidWords(ff?.invalidKinds ?? {})).toBe(
      '1 judge unreadable, 1 scores too near, 1 judged invalid, 2 no answer given, 1 cut',
    );
  });
});
