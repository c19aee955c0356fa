import { describe, expect, it } from 'vitest';
import { NO_WORK } from '../../../src/core/plan/types.ts';
import { startRun } from '../../../src/run/controller.ts';
import { createProgress } from '../../../src/run/progress.ts';
import type { RunProgress } from '../../../src/run/types.ts';
import { fakeBenchmark, fakeConfig, fakeEngine, fakePorts, fakeText } from '../../support/fake-engine.ts';

const encoded = (imageEncodes: number) => ({ ...NO_WORK, imageEncodes });

describe('progress', () => {
  it('measures each stage in its own units and time', () => {
    let now = 0;
    const progress = createProgress(() => now);
    progress.plan({ questions: { done: 0, total: 4, failed: 0 }, images: ['a', 'b'], answers: 2 });
    progress.loading({ kind: 'loading', what: 'the model' });
    now = 3000;
    progress.loading({ kind: 'checking', what: 'the device' });
    now = 5000;
    progress.scoring('image 1 of 2');
    now = 7000;
    progress.group({ questions: 2, failed: 1, images: ['a'], work: encoded(1) });
    expect(progress.now()).toMatchObject({
      stage: 'scoring',
      questions: { done: 2, total: 4, failed: 1, rate: 1, secondsLeft: 2 },
      answers: { done: 0, total: 2, rate: null, secondsLeft: null },
      seconds: { loading: 3, checking: 2, scoring: 2, judging: 0 },
    });
    progress.judging(0, 2);
    now = 11_000;
    progress.judging(1, 2);
    expect(progress.now()).toMatchObject({
      stage: 'judging',
      phase: { kind: 'judging', what: 'answer 2 of 2' },
      questions: { done: 2, rate: null, secondsLeft: null },
      answers: { done: 1, total: 2, rate: 0.25, secondsLeft: 4 },
      seconds: { judging: 4 },
    });
  });

  it('does not take a pause for slowness', () => {
    let now = 0;
    const progress = createProgress(() => now);
    progress.plan({ questions: { done: 0, total: 10, failed: 0 }, images: [], answers: 0 });
    progress.scoring('image 1');
    progress.paused();
    now = 100_000;
    expect(progress.now().stage).toBe('scoring');
    progress.scoring('image 2');
    now = 101_000;
    progress.group({ questions: 2, failed: 0, images: [], work: null });
    expect(progress.now().questions).toMatchObject({ rate: 2, secondsLeft: 4 });
    expect(progress.now().seconds.scoring).toBe(1);
  });

  it('looks at the last minute only', () => {
    let now = 0;
    const progress = createProgress(() => now);
    progress.plan({ questions: { done: 0, total: 100, failed: 0 }, images: [], answers: 0 });
    progress.scoring('');
    for (const [at, questions] of [
      [10_000, 1],
      [80_000, 1],
      [100_000, 40],
    ] as const) {
      now = at;
      progress.group({ questions, failed: 0, images: [], work: null });
    }
    expect(progress.now().questions.rate).toBe(2);
  });

  it('never counts more images than will be encoded, and as many at the end', () => {
    const progress = createProgress(() => 0);
    progress.plan({ questions: { done: 0, total: 4, failed: 0 }, images: ['a', 'b', 'blank', 'shot'], answers: 0 });
    const seen = (): RunProgress['images'] => progress.now().images;
    expect(seen()).toEqual({ done: 0, total: 4 });
    progress.tried(['a', 'shot']); // by the certificate
    expect(seen()).toEqual({ done: 2, total: 4 });
    progress.group({ questions: 1, failed: 0, images: ['a', 'shot'], work: encoded(0) });
    progress.group({ questions: 1, failed: 0, images: ['b', 'shot'], work: encoded(2) }); // a new worker encoded the shot again
    expect(seen()).toEqual({ done: 4, total: 5 });
    progress.group({ questions: 1, failed: 1, images: ['blank', 'shot'], work: null }); // it could not be read
    progress.group({ questions: 1, failed: 0, images: ['blank', 'shot'], work: encoded(0) });
    expect(seen()).toEqual({ done: 4, total: 4 });
  });

  it('says a message once, and nothing to who no longer listens', () => {
    const progress = createProgress();
    const heard: number[] = [];
    const leave = progress.subscribe((p) => heard.push(p.messages.length));
    progress.message('once');
    progress.message('once');
    leave();
    progress.message('twice');
    expect(heard).toEqual([1]);
  });
});

it('a run with every condition and a judge ends with all stages full', async () => {
  const fake = fakeEngine();
  fake.trial = ['a'];
  const judge = fakeText(['A: 9\nB: 1']);
  const ports = fakePorts(fakeBenchmark(['a', 'b', 'b', 'c', 'd', 'e']), fake, judge);
  const methods = ['gd', 'gd+swap', 'gd+no-image', 'gd+blank-image', 'ff', 'ff+no-image', 'ff+blank-image'];
  const handle = await startRun(ports, fakeConfig({ methods }));
  const seen: RunProgress[] = [];
  handle.subscribe((p) => seen.push(p));
  await handle.finished;
  const last = handle.progress();
  // Six questions and three pairs under the blank image; three kinds of answers to six questions.
  expect(last.questions).toMatchObject({ done: 9, total: 9 });
  expect(last.answers).toMatchObject({ done: 18, total: 18 });
  expect(last.images).toEqual({ done: 6, total: 6 });
  for (const p of seen) {
    expect(p.images.done).toBeLessThanOrEqual(p.images.total);
    expect(p.answers.total).toBe(18);
    if (p.phase.kind === 'judging' && p.answers.done < 18) expect(p.questions.secondsLeft).toBeNull();
  }
});
