import { describe, expect, it } from 'vitest';
import { readBenchmark } from '../../../src/core/benchmark/read.ts';
import { isUnreviewed } from '../../../src/core/benchmark/reviewed.ts';
import { pairKey } from '../../../src/core/drafting/draft.ts';
import { OFFICIAL_ANSWERING } from '../../../src/core/prompts/builtin.ts';
import { benchmarkFiles, reviewedEntries, unreviewedEntries } from '../../../src/core/review/benchmark.ts';
import { datasetCard, droppedCounts } from '../../../src/core/review/card.ts';
import type { Change, Kept } from '../../../src/core/review/events.ts';
import { fold, undoOf, untouched, verdict } from '../../../src/core/review/fold.ts';
import { agreements, resolve, reviewed, type Reviewed } from '../../../src/core/review/resolve.ts';
import { draftOf, good, hash, scored, trailOf } from './drafts.ts';
import { follow } from '../../../src/core/review/chain.ts';

const LEAST = { least: 5 };
const drafts = [draftOf(1), draftOf(2), draftOf(3), draftOf(4, { status: 'none', parsed: null })];
const key = (n: number): string => pairKey(drafts[n - 1] ?? draftOf(n));
const both = (n: number, one: number, two = one): readonly Change[] => [
  scored(key(n), 'score-1', good(one)),
  scored(key(n), 'score-2', good(two)),
];
const of = (events: readonly Kept[]): Reviewed =>
  reviewed(drafts, events) ?? { opening: openingOf(events), pairs: new Map() };
function openingOf(events: readonly Kept[]): Reviewed['opening'] {
  const [first] = events;
  if (first?.kind !== 'open') throw new Error('no opening');
  return first;
}

describe('the state of a review', () => {
  it('is folded from events: kept, dropped, open', async () => {
    const { pairs } = fold(
      drafts,
      await trailOf([...both(1, 5), ...both(2, 9, 4), scored(key(3), 'score-1', good(9))]),
    );
    const verdicts = [1, 2, 3].map((n) => verdict(pairs.get(key(n)) ?? { values: untouched(draftOf(n)) }, LEAST));
    expect(verdicts).toEqual(['kept', 'dropped', 'open']);
  });

  it('drops a pair with a question that is not correct, whatever its score', async () => {
    const wrong = scored(key(1), 'score-2', { ...good(10), correct: false });
    const { pairs } = fold(drafts, await trailOf([scored(key(1), 'score-1', good(10)), wrong]));
    const review = pairs.get(key(1));
    expect(review && verdict(review, LEAST)).toBe('dropped');
  });

  it('goes back step by step, and an undone step is not undone again', async () => {
    let events = await trailOf([
      ...both(1, 8),
      { kind: 'change', pair: key(1), field: 'flagged', before: false, after: true },
    ]);
    const seen: (string | null)[] = [];
    for (let undo = undoOf(events); undo !== null; undo = undoOf(events)) {
      seen.push(undo.field);
      events = [...events, await follow(events.at(-1) ?? null, undo, '2026-01-03T00:00:00.000Z', hash)];
    }
    expect(seen).toEqual(['flagged', 'score-2', 'score-1']);
    expect(fold(drafts, events).pairs.get(key(1))?.values).toEqual(untouched(draftOf(1)));
  });
});

describe('what several reviewers and an adjudicator decide', () => {
  it('keeps what all keep alike and leaves out what they differ on', async () => {
    const edit: Change = {
      kind: 'change',
      pair: key(2),
      field: 'wording',
      before: untouched(draftOf(2)).wording,
      after: { ...untouched(draftOf(2)).wording, question: 'Where is the nodule?' },
    };
    const one = of(await trailOf([...both(1, 8), ...both(2, 8), ...both(3, 8)]));
    const two = of(await trailOf([...both(1, 6), ...both(2, 7), edit, ...both(3, 2)], { reviewer: 'Reader 2' }));
    const outcomes = resolve(drafts, [one, two], LEAST);
    expect(outcomes.map((o) => [o.verdict, o.reason, o.differences])).toEqual([
      ['kept', null, []],
      ['dropped', 'reviewers differ, not adjudicated', ['wording']],
      ['dropped', 'reviewers differ, not adjudicated', ['verdict']],
      ['dropped', 'not drafted', []],
    ]);
    const third = of(await trailOf([...both(2, 7), edit, ...both(3, 3)], { reviewer: 'Chair', role: 'adjudicator' }));
    const settled = resolve(drafts, [one, two, third], LEAST);
    expect(settled.map((o) => [o.verdict, o.reason])).toEqual([
      ['kept', null],
      ['kept', null],
      ['dropped', 'score below the threshold'],
      ['dropped', 'not drafted'],
    ]);
    expect(settled[1]?.values?.wording.question).toBe('Where is the nodule?');
    const [figures, ...others] = agreements([one, two, third], LEAST);
    expect(others).toEqual([]);
    expect(figures?.decisions).toMatchObject({ n: 3, agreed: 2 });
    expect(figures?.scores.n).toBe(6);
  });
});

describe('a benchmark made from drafts', () => {
  const files = (made: ReturnType<typeof benchmarkFiles>) => [
    ...made.files.map((f) => ({ path: f.path })),
    ...made.images.map((i) => ({ path: i.to })),
  ];
  it.each(['json', 'csv'])('is read by the reader of benchmarks (%s), and says that nobody reviewed it', (format) => {
    const made = benchmarkFiles(unreviewedEntries(drafts), false, OFFICIAL_ANSWERING);
    const path = `data/dataset.${format}`;
    const text = made.files.find((f) => f.path === path)?.text ?? '';
    const listed = files(made).filter((f) => !f.path.startsWith('data/dataset') || f.path === path);
    const read = readBenchmark('made', listed, { path, text, sha256: '' });
    if (!read.ok) throw new Error(read.fault.message);
    expect(read.value.problems).toEqual([]);
    expect(read.value.pairs).toHaveLength(3);
    expect(read.value.images).toHaveLength(4);
    expect(read.value.pairs[0]).toMatchObject({
      id: '10001',
      question: 'Which zone contains nodule 1?',
      options: { A: 'Lower zone', B: 'Upper zone' },
      images: [
        { right: 'B', categories: ['Pulmonary'] },
        { right: 'A', categories: ['Cardiac'] },
      ],
    });
    expect(isUnreviewed(read.value)).toBe(true);
    expect(read.value.name).toBe('made (not reviewed)');
  });

  it('holds what the reviewer kept, as edited, and counts what was left out in its card', async () => {
    const swap: Change = { kind: 'change', pair: key(1), field: 'answers', before: [2, 1], after: [1, 2] };
    const trail = of(await trailOf([...both(1, 8), swap, ...both(2, 3)]));
    const outcomes = resolve(drafts, [trail], LEAST);
    const made = benchmarkFiles(reviewedEntries(outcomes), true, OFFICIAL_ANSWERING);
    const dataset: unknown = JSON.parse(made.files.find((f) => f.path === 'data/dataset.json')?.text ?? '');
    expect(dataset).toMatchObject({ '10001': { im_1_correct: 'A', im_2_correct: 'B', reviewed: true } });
    const review = { trails: [trail], outcomes, agreements: [], thresholds: LEAST };
    const facts = {
      name: 'made',
      license: 'CC BY 4.0',
      lookalike: '0',
      madeAt: '2026-01-01',
      pairs: 1,
      images: 2,
      checks: new Map(),
    };
    const card = datasetCard({ ...facts, drafts, search: null, review });
    expect(droppedCounts({ drafts, review })).toEqual({
      'no difference found': 1,
      'score below the threshold': 1,
      'not reviewed': 1,
    });
    expect(card).toContain('Reader 1 (reviewer), as they call themselves.');
    expect(card).toContain('License: CC BY 4.0.');
    expect(datasetCard({ ...facts, drafts, search: null, review: null })).toContain('Not reviewed:');
  });
});
