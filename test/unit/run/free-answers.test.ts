import { describe, expect, it } from 'vitest';
import { fault } from '../../../src/core/fault.ts';
import { PUBLISHED_JUDGING } from '../../../src/core/methods/judging.ts';
import { PERSON_JUDGE, SELF_JUDGE } from '../../../src/core/records/run-config.ts';
import { startRun } from '../../../src/run/controller.ts';
import { fakeConfig, fakeEngine, fakeJudge, fakePorts, fakeText } from '../../support/fake-engine.ts';
import { finished, TWO, type Started } from './finished.ts';

describe('free answers', () => {
  it('are read by a judge when the model under test has gone', async () => {
    const { fake, ports, info } = await finished({ methods: ['ff'], limit: 1 });
    expect(fake.log.indexOf('ask the judge')).toBeGreaterThan(fake.log.indexOf('end'));
    expect(fake.log.filter((l) => l === 'ask the judge')).toHaveLength(1); // both images got the same answer
    expect(ports.kept.get('p1/1/ff')).toMatchObject({
      chosen: 'A',
      correct: true,
      judge: { a: 9, b: 1, name: 'judge' },
    });
    expect(ports.kept.get('p1/1/ff-likelihood')).toMatchObject({ chosen: 'A' });
    expect(info.judge).toMatchObject({ kind: 'model', id: 'judge' });
  });

  it('are asked about once more where the reply cannot be read, then invalid', async () => {
    const { fake, ports } = await finished({ methods: ['ff'], limit: 1 }, (f, p) => {
      p.judge = () => Promise.resolve(fakeJudge(fakeText(['It depends.'], f.log)));
    });
    expect(fake.log.filter((l) => l === 'ask the judge')).toHaveLength(2);
    expect(ports.kept.get('p1/1/ff')).toMatchObject({ chosen: null, judge: { text: 'It depends.' } });
  });

  it('that a judge cannot be asked about stay, with the reason', async () => {
    const { ports, info } = await finished({ methods: ['ff'], limit: 1 }, (f, p) => {
      p.judge = () => Promise.resolve(fakeJudge(fakeText([fault('bad-prompt', 'It holds <image>.')], f.log)));
    });
    expect(info.state).toBe('done');
    expect(ports.kept.get('p1/1/ff')).toMatchObject({ judge: { text: 'It holds <image>.' } });
    expect(ports.kept.get('p1/1/ff-likelihood')?.status).toBe('failed');
  });

  it('are read by a judge that was tested first, once for every run of it', async () => {
    const judging = { ...PUBLISHED_JUDGING, selfTest: 1 };
    const first = await finished({ methods: ['ff'], limit: 1, judging });
    expect(first.info.judge).toHaveProperty('test');
    expect(first.ports.tests.size).toBe(1);
    const again = await finished({ methods: ['ff'], limit: 1, judging }, (_fake, ports) => {
      for (const [key, test] of first.ports.tests) ports.tests.set(key, test);
    });
    const asked = ({ fake }: Started): number => fake.log.filter((l) => l === 'ask the judge').length;
    expect(asked(again)).toBe(1);
    expect(asked(first)).toBeGreaterThan(1);
  });

  it('that are empty, or by choice an option word for word, need no judge', async () => {
    const judging = { ...PUBLISHED_JUDGING, selfTest: 0, byRule: true };
    for (const [answer, chosen, note] of [
      ['', null, 'no-answer'],
      ['Yes.', 'A', 'judged-by-rule'],
    ] as const) {
      const { fake, ports } = await finished({ methods: ['ff'], limit: 1, judging }, (f) => {
        f.answer = answer;
      });
      expect(fake.log).not.toContain('ask the judge');
      expect(ports.kept.get('p1/1/ff')).toMatchObject({ chosen, notes: [note] });
    }
  });

  it('wait for a person', async () => {
    const { ports, info } = await finished({ methods: ['ff'], judgeId: PERSON_JUDGE, limit: 1 });
    expect(info.judge).toEqual({ kind: 'person' });
    expect(ports.kept.get('p1/1/ff')?.notes).toContain('unjudged');
  });

  it('are read by the model itself before it goes', async () => {
    const { fake, info } = await finished({ methods: ['ff'], judgeId: SELF_JUDGE, limit: 1 }, (f) => {
      f.text = fakeText(['A: 1\nB: 9'], f.log);
    });
    expect(fake.log.indexOf('ask the judge')).toBeLessThan(fake.log.indexOf('end'));
    expect(info.judge).toMatchObject({ kind: 'self' });
  });

  it('of a model that cannot be asked without an image stay unread, and the run says so', async () => {
    const { ports, handle } = await finished({ methods: ['ff'], judgeId: SELF_JUDGE, limit: 1 });
    expect(ports.kept.get('p1/1/ff')?.notes).toContain('unjudged');
    expect(handle.progress().messages.at(-1)).toContain('cannot judge its own answers');
  });

  it('that wait from an earlier part are read without a question more', async () => {
    const first = await finished({ methods: ['ff'], judgeId: PERSON_JUDGE, limit: 1 });
    const { fake } = await finished({ methods: ['ff'], limit: 1 }, (_f, ports) => {
      for (const [key, record] of first.ports.kept) ports.kept.set(key, record);
    });
    expect(fake.log.filter((l) => l.startsWith('score') || l.startsWith('load'))).toEqual([]);
    expect(fake.log.filter((l) => l === 'ask the judge')).toHaveLength(1);
  });

  it('are not read any more once the run is stopped', async () => {
    const fake = fakeEngine();
    const ports = fakePorts(TWO, fake, fakeText(['A: 9\nB: 1'], fake.log));
    const handle = await startRun(ports, fakeConfig({ methods: ['ff'] }));
    handle.subscribe((p) => p.phase.kind === 'judging' && void handle.stop());
    expect((await handle.finished).state).toBe('stopped');
    expect(fake.log.filter((l) => l === 'ask the judge')).toHaveLength(1);
  });
});
