import { describe, expect, it } from 'vitest';
import { fail, fault } from '../../../src/core/fault.ts';
import { PUBLISHED_JUDGING } from '../../../src/core/methods/judging.ts';
import { SELF_JUDGE, PERSON_JUDGE, type RunConfig } from '../../../src/core/records/run-config.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { startRun } from '../../../src/run/controller.ts';
import { renderItem } from '../../../src/run/render.ts';
import type { RunHandle, StartOptions } from '../../../src/run/types.ts';
import {
  fakeBenchmark,
  fakeConfig,
  fakeEngine,
  fakeJudge,
  fakePorts,
  fakeText,
  LOST,
  UNREADABLE,
  type FakeEngine,
  type FakePorts,
} from '../../support/fake-engine.ts';

/** Two pairs about three images: `b` is in both. */
const TWO = fakeBenchmark(['a', 'b', 'b', 'c']);

interface Started {
  readonly fake: FakeEngine;
  readonly ports: FakePorts;
  readonly handle: RunHandle;
  readonly info: RunInfo;
}

async function finished(
  change: Partial<RunConfig> = {},
  prepare: (fake: FakeEngine, ports: FakePorts) => void = () => undefined,
  options: StartOptions = {},
): Promise<Started> {
  const fake = fakeEngine();
  const ports = fakePorts(TWO, fake, fakeText(['A: 9\nB: 1'], fake.log));
  prepare(fake, ports);
  const handle = await startRun(ports, fakeConfig(change), options);
  return { fake, ports, handle, info: await handle.finished };
}

/** An engine that takes two groups at once. */
function wide({ engine }: FakeEngine, ports: FakePorts): void {
  ports.engine = () => Promise.resolve({ ...engine, width: 2 });
}

describe('a run', () => {
  it('asks one group an image, in order, and keeps the records of each before the next', async () => {
    const { fake, info, ports } = await finished();
    expect(fake.log).toEqual([
      'load 3',
      'score a',
      'keep p1/1/gd',
      'score b',
      'keep p1/2/gd p2/1/gd',
      'score c',
      'keep p2/2/gd',
      'end',
      'end',
    ]);
    expect(info).toMatchObject({
      state: 'done',
      model: { id: 'fake', dtype: { model: 'fp32' } },
      certificate: { passed: true },
    });
    expect(ports.infos.map((i) => i.state)).toEqual(['stopped', 'done']);
  });

  it('asks as many groups at once as the engine takes, and keeps their records in order', async () => {
    const { fake, info } = await finished({}, wide);
    expect(fake.log.slice(1, -2)).toEqual([
      'score a',
      'score b',
      'keep p1/1/gd',
      'score c',
      'keep p1/2/gd p2/1/gd',
      'keep p2/2/gd',
    ]);
    expect(info.state).toBe('done');
  });

  it('keeps nothing of what was asked beside a group whose server is not to be believed', async () => {
    const wrong = fault('server-wrong', 'It failed a check.');
    const { ports, info } = await finished({}, (fake, p) => {
      wide(fake, p);
      fake.scores.push(wrong);
    });
    expect([...ports.kept.keys()]).toEqual([]);
    expect(info).toMatchObject({ state: 'failed', fault: wrong });
  });

  it('records the blank image for both images of a pair', async () => {
    const { ports, handle } = await finished({ methods: ['gd+blank-image'] });
    expect([...ports.kept.keys()]).toEqual(['p1/1', 'p1/2', 'p2/1', 'p2/2'].map((q) => `${q}/gd+blank-image`));
    expect(handle.progress().images).toEqual({ done: 1, total: 1 });
  });

  it('tries a group three times, each with the model loaded anew, and then records its failure', async () => {
    const { fake, ports, info, handle } = await finished({}, ({ scores }) => scores.push(LOST, LOST, LOST));
    expect(fake.log.filter((l) => l === 'score a')).toHaveLength(3);
    expect(fake.log.filter((l) => l.startsWith('release'))).toHaveLength(3);
    expect(ports.kept.get('p1/1/gd')).toMatchObject({ status: 'failed', fault: LOST });
    expect(ports.kept.get('p1/2/gd')?.status).toBe('scored');
    expect(info.state).toBe('done');
    expect(handle.progress().questions).toMatchObject({ done: 4, total: 4, failed: 1 });
  });

  it('goes on after a fault that another try mends', async () => {
    const { ports, handle } = await finished({}, ({ scores }) => scores.push(LOST));
    expect([...ports.kept.values()].every((r) => r.status === 'scored')).toBe(true);
    expect(handle.progress().messages).toContain('A group was tried again after: The worker died.');
  });

  it('does not try again what another try cannot mend', async () => {
    const { fake, ports } = await finished({}, ({ scores }) => scores.push(UNREADABLE));
    expect(fake.log.filter((l) => l === 'score a')).toHaveLength(1);
    expect(ports.kept.get('p1/1/gd')).toMatchObject({ status: 'failed', fault: { code: 'unreadable' } });
  });

  it('leaves out what is recorded, and asks failures again only when told to', async () => {
    const { ports } = await finished({}, ({ scores }) => scores.push(UNREADABLE));
    const again = async (options: StartOptions): Promise<readonly string[]> => {
      const fake = fakeEngine();
      const next = fakePorts(TWO, fake);
      for (const [key, record] of ports.kept) next.kept.set(key, record);
      await (
        await startRun(next, fakeConfig(), options)
      ).finished;
      return fake.log;
    };
    expect(await again({})).toEqual(['end']);
    expect(await again({ retryFailed: true })).toEqual(['load 1', 'score a', 'keep p1/1/gd', 'end', 'end']);
  });

  it('asks about chosen pairs only', async () => {
    const { ports } = await finished({}, undefined, { onlyPairs: new Set(['p2']) });
    expect([...ports.kept.keys()]).toEqual(['p2/1/gd', 'p2/2/gd']);
  });

  it('adds the work of an earlier part to its own', async () => {
    const first = await finished();
    const { info } = await finished({}, (_fake, ports) => {
      ports.earlier = { ...first.info, startedAt: '2020-01-01T00:00:00.000Z' };
    });
    expect(info.startedAt).toBe('2020-01-01T00:00:00.000Z');
    expect(info.work.imageEncodes).toBe(2 * first.info.work.imageEncodes);
  });

  it('keeps what made the records when it had nothing left to do', async () => {
    const first = await finished();
    const { info } = await finished({}, (_fake, ports) => {
      ports.earlier = first.info;
      for (const [key, record] of first.ports.kept) ports.kept.set(key, record);
    });
    expect(info).toMatchObject({ model: { dtype: { model: 'fp32' } }, libraries: { fake: '1' } });
  });
});

describe('held by the user', () => {
  it('pauses after the group in hand and goes on', async () => {
    const fake = fakeEngine();
    const ports = fakePorts(TWO, fake);
    const handle = await startRun(ports, fakeConfig());
    fake.onScore = () => handle.pause();
    await new Promise<void>((resolve) => {
      handle.subscribe((p) => p.phase.kind === 'paused' && resolve());
    });
    expect(ports.kept.size).toBe(1);
    fake.onScore = null;
    handle.resume();
    expect((await handle.finished).state).toBe('done');
    expect(ports.kept.size).toBe(4);
  });

  it('stops after the group in hand, paused or not', async () => {
    for (const pause of [false, true]) {
      const fake = fakeEngine();
      const ports = fakePorts(TWO, fake);
      const handle = await startRun(ports, fakeConfig());
      fake.onScore = () => {
        if (pause) handle.pause();
        void handle.stop();
      };
      expect((await handle.finished).state).toBe('stopped');
      expect(ports.kept.size).toBe(1);
      expect(handle.progress().phase).toEqual({ kind: 'stopped' });
    }
  });

  it('stops before anything is loaded', async () => {
    const fake = fakeEngine();
    const handle = await startRun(fakePorts(TWO, fake), fakeConfig());
    await handle.stop();
    expect((await handle.finished).state).toBe('stopped');
    expect(fake.log).toEqual(['end']);
  });

  it('is stopped, not failed, where the engine was stopped while it loaded', async () => {
    const fake = fakeEngine();
    fake.loads.push(fault('stopped', 'Stopped.'));
    const handle = await startRun(fakePorts(TWO, fake), fakeConfig());
    handle.subscribe((p) => p.phase.kind === 'checking' && void handle.stop());
    expect(await handle.finished).toMatchObject({ state: 'stopped' });
  });
});

describe('a fault', () => {
  it('of a benchmark that is gone refuses the run', async () => {
    await expect(startRun(fakePorts(null, fakeEngine()), fakeConfig())).rejects.toThrow('no longer kept');
  });

  it('while the engine loads ends the run as failed, with its reason in run.json', async () => {
    const { info, ports, handle } = await finished({}, ({ loads }) => loads.push(LOST));
    expect(info).toMatchObject({ state: 'failed', fault: LOST, device: { browser: 'Node', kind: 'wasm' } });
    expect(ports.kept.size).toBe(0);
    expect(handle.progress().phase).toEqual({ kind: 'failed', fault: LOST });
  });

  it('of a model that is gone names the model as it was asked for', async () => {
    const { info } = await finished({}, (_fake, ports) => {
      ports.engine = () => Promise.reject(new Error('No model.'));
    });
    expect(info).toMatchObject({ state: 'failed', model: { id: 'fake', family: 'unknown' } });
  });

  it('while records are stored ends the run and frees the engine', async () => {
    const { info, fake } = await finished({}, (_fake, ports) => {
      ports.keepRecords = () => Promise.reject(new Error('The disk is full.'));
    });
    expect(info).toMatchObject({ state: 'failed', fault: { message: 'The disk is full.' } });
    expect(fake.log.at(-1)).toBe('end');
  });

  it('while the summary is stored at the end is told', async () => {
    const { handle } = await finished({}, (_fake, ports) => {
      const keep = ports.keepInfo;
      ports.keepInfo = (id, info) => (info.state === 'done' ? Promise.reject(new Error('No room.')) : keep(id, info));
    });
    expect(handle.progress().messages.at(-1)).toContain('No room.');
  });

  it('of a judge that cannot be had refuses the run before it asks anything', async () => {
    const fake = fakeEngine();
    const ports = fakePorts(TWO, fake);
    const info = await (await startRun(ports, fakeConfig({ methods: ['ff'] }))).finished;
    expect(info).toMatchObject({ state: 'failed', fault: { message: 'No judge.' } });
    expect(fake.log).toEqual(['end']);
  });

  it('of a judge while it loads fails the run after its answers are kept', async () => {
    const { info, ports } = await finished({ methods: ['ff'] }, (_fake, p) => {
      p.judge = () => Promise.resolve({ open: () => Promise.resolve(fail(LOST)) });
    });
    expect(info).toMatchObject({ state: 'failed', fault: LOST });
    expect(ports.kept.size).toBe(4);
  });

  it('of an image of the prompts that was not brought ends the run before it asks', async () => {
    const shots = [{ image: 'x.png', question: '?', options: { A: 'a', B: 'b' }, answer: 'A' as const }];
    const promptSet = { ...fakeConfig().promptSet, fewShot: { preamble: '', shots } };
    const { info, fake } = await finished({ promptSet });
    expect(info.fault?.code).toBe('bad-prompt');
    expect(fake.log).toEqual(['end']);
  });
});

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

describe('the prompts of an item', () => {
  it('are rendered without the blank image, and the engine is ended', async () => {
    const fake = fakeEngine();
    const ports = fakePorts(TWO, fake);
    const prompts = await renderItem(ports, fakeConfig({ methods: ['gd', 'gd+blank-image'] }), 'p1', 2);
    expect(prompts).toEqual({ ok: true, value: [{ method: 'gd', text: 'Question 1?', ids: [1] }] });
    expect(fake.log).toEqual(['end']);
  });

  it('of a pair that is gone are refused', async () => {
    const prompts = await renderItem(fakePorts(TWO, fakeEngine()), fakeConfig(), 'p9', 1);
    expect(prompts).toMatchObject({ ok: false, fault: { code: 'not-found' } });
  });
});
