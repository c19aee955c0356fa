import { describe, expect, it } from 'vitest';
import { fault } from '../../../src/core/fault.ts';
import { startRun } from '../../../src/run/controller.ts';
import { renderItem } from '../../../src/run/render.ts';
import type { StartOptions } from '../../../src/run/types.ts';
import { fakeConfig, fakeEngine, fakePorts, LOST, UNREADABLE } from '../../support/fake-engine.ts';
import { finished, TWO, wide } from './finished.ts';

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
