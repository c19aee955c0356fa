import { describe, expect, it } from 'vitest';
import { fail, fault } from '../../../src/core/fault.ts';
import { startRun } from '../../../src/run/controller.ts';
import { fakeConfig, fakeEngine, fakePorts, LOST } from '../../support/fake-engine.ts';
import { finished, TWO } from './finished.ts';

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
