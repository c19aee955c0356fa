import { expect } from '@playwright/test';
import type { ResultRecord, ScoredRecord } from '../../src/core/records/record.ts';
import { demoReference, readJson } from './fixtures.ts';

interface JudgeReference {
  readonly items: Readonly<
    Record<
      string,
      Readonly<Record<'im_1' | 'im_2', { reply: string; A: number | null; B: number | null; chosen: string | null }>>
    >
  >;
}

/** MC and FF texts against the demo's reference, the judge's replies and scores against its own. */
export function expectAnswers(kept: readonly ResultRecord[], questions: number): void {
  const demo = demoReference();
  const judge = readJson<JudgeReference>('test/data/demo/judge-reference.json');
  const scored = kept.filter((r): r is ScoredRecord => r.status === 'scored');
  const side = (r: ScoredRecord): 'im_1' | 'im_2' => (r.image === 1 ? 'im_1' : 'im_2');
  const of = (method: string): ScoredRecord[] => scored.filter((r) => r.method === method);

  for (const r of of('mc'))
    expect([r.pair, r.image, r.text]).toEqual([r.pair, r.image, demo.items[r.pair]?.[side(r)].mc_text]);
  const judged = of('ff').filter((r) => r.judge);
  expect([of('mc').length, judged.length, of('ff-likelihood').length]).toEqual([questions, questions, questions]);
  for (const r of judged) {
    const due = judge.items[r.pair]?.[side(r)];
    expect([r.pair, r.image, r.text]).toEqual([r.pair, r.image, demo.items[r.pair]?.[side(r)].ff_text]);
    expect(r.judge?.text).toBe(due?.reply);
    expect([r.judge?.a, r.judge?.b, r.chosen]).toEqual([due?.A, due?.B, due?.chosen ?? null]);
  }
}
