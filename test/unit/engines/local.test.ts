import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Certificate } from '../../../src/core/certificate/types.ts';
import { fault } from '../../../src/core/fault.ts';
import { fileImage } from '../../../src/core/images/ref.ts';
import { DEFAULT_PIXEL_POLICY } from '../../../src/core/images/types.ts';
import { likelihoodRequests } from '../../../src/core/methods/registry.ts';
import type { GroupAsk } from '../../../src/core/plan/ask.ts';
import type { Engine, Loaded, LoadStep } from '../../../src/engines/engine.ts';
import type { Capabilities } from '../../../src/engines/local/device.ts';
import { openLocalEngine } from '../../../src/engines/local/engine.ts';
import type { LocalConfig, LocalStore } from '../../../src/engines/local/parts.ts';
import type { FeatureData } from '../../../src/protocol/engine.ts';
import type { Result } from '../../../src/core/fault.ts';
import { fakeDevice, type FakeDevice } from '../../support/fake-workers.ts';

/* A page's globals, without Web Locks. */
beforeAll(() => {
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
});
afterAll(() => {
  vi.unstubAllGlobals();
});

const FILES = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'].flatMap((name) =>
  ['', '_q4'].map((suffix) => ({ path: `onnx/${name}${suffix}.onnx`, size: 1e9, sha256: name })),
);
const MODEL = {
  ...{ id: 'm', revision: null, files: FILES, config: { model_type: 'smolvlm' } },
  source: { kind: 'served' as const, base: 'http://localhost/m/', files: FILES },
};
const GPU: Capabilities = {
  ...{ browser: 'Node', cores: 2, isolated: false, shared: true, locks: true, offscreen: true, memory: null },
  adapter: { info: { vendor: 'fake' }, fallback: false, half: false, features: [], limits: {} },
};

function askAbout(image: string): GroupAsk {
  const question = { pair: image, image: 1 as const, question: '?', options: { A: 'a', B: 'b' } };
  return {
    ...{ image: fileImage(image), paraphrases: [], shots: [] },
    questions: [{ ...question, methods: likelihoodRequests() }],
    promptSet: { name: 's', system: null, prompts: { letter: '{q}', open: '{q}' } },
  };
}

interface Opened {
  readonly engine: Engine;
  readonly device: FakeDevice;
  readonly certificates: Map<string, Certificate>;
  readonly steps: LoadStep[];
  load(images?: readonly string[]): Promise<Result<Loaded>>;
}

function open(
  change: Partial<LocalConfig> = {},
  device = fakeDevice(),
  certificates = new Map<string, Certificate>(),
): Opened {
  const features = new Map<string, FeatureData>();
  const store: LocalStore = {
    image: (sha256) => Promise.resolve(sha256 === 'gone' ? null : new Blob([sha256])),
    certificate: (key) => Promise.resolve(certificates.get(key) ?? null),
    keepCertificate: (c) => Promise.resolve(void certificates.set(c.key, c)),
    feature: (key) => Promise.resolve(features.get(key) ?? null),
    keepFeature: (key, f) => Promise.resolve(void features.set(key, f)),
  };
  const usual: LocalConfig = {
    device: 'webgpu',
    dtype: 'fp32',
    threads: 1,
    policy: DEFAULT_PIXEL_POLICY,
    allowUncertified: false,
  };
  const engine = openLocalEngine({
    ...{ model: MODEL, store, workers: device.workers, capabilities: () => Promise.resolve(GPU) },
    config: { ...usual, ...change },
  });
  const steps: LoadStep[] = [];
  const load = (images: readonly string[] = ['a']): Promise<Result<Loaded>> =>
    engine.load({ trial: images.map(askAbout), says: (s) => void steps.push(s), stopped: () => false });
  return { engine, device, certificates, steps, load };
}

const rungOf = (loaded: Result<Loaded>): unknown =>
  loaded.ok ? (loaded.value.facts.proof as Certificate).rung : loaded.fault;

describe('the climb of rungs', () => {
  it('takes the device as it is where all checks pass', async () => {
    const { device, load, certificates } = open();
    expect(rungOf(await load())).toBe('as it is');
    expect(device.log.filter((l) => !l.startsWith('pixels'))).toEqual([
      'spawn engine',
      'operators webgpu',
      'load webgpu fp32',
      'spawn pixels',
      'score a webgpu',
      'score a webgpu plain',
    ]);
    expect([...certificates.values()].map((c) => c.passed)).toEqual([true]);
  });

  it('climbs past wrong operators without loading the model, in a fresh worker', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu');
    const loaded = await open({}, device).load();
    expect(rungOf(loaded)).toBe('subgroups hidden');
    expect(device.log).not.toContain('load webgpu fp32');
    expect(device.log.filter((l) => l === 'spawn engine')).toHaveLength(2);
    expect(loaded.ok && loaded.value.messages[0]).toContain('passes with subgroups hidden');
  });

  it('climbs past a plan that differs from the full forward', async () => {
    const device = fakeDevice();
    device.wrongPlan.set('webgpu', 0.03);
    expect(rungOf(await open({}, device).load())).toBe('subgroups hidden');
  });

  it('falls to WASM where the device is auto, and says so', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu').add('webgpu safe');
    const loaded = await open({ device: 'auto' }, device).load();
    expect(rungOf(loaded)).toBe('WASM');
    expect(loaded.ok && loaded.value.messages).toContain('WebGPU failed its check, so the run uses WASM.');
    expect(loaded.ok && loaded.value.facts.device?.kind).toBe('wasm');
  });

  it('refuses a device on which no rung passes, and frees every worker', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu').add('webgpu safe');
    const loaded = await open({}, device).load();
    expect(loaded).toMatchObject({ ok: false, fault: { code: 'device-wrong' } });
    expect(device.log.filter((l) => l.startsWith('kill engine'))).toHaveLength(3);
  });

  it('says at what each rung failed, and what to do', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu');
    device.wrongPlan.set('webgpu safe', 0.03);
    const loaded = await open({}, device).load();
    const { message } = loaded.ok ? { message: '' } : loaded.fault;
    expect(message).toMatch(
      /\(as it is: Operators.*; subgroups hidden and subgroups hidden, fp32 accumulation: .*is 3\.0e-2; 1e-3 is allowed\), so/,
    );
    expect(message).toMatch(/so nothing was scored\. Run with the device WASM or auto/);
    device.wrongOperators.add('wasm');
    const everywhere = await open({ device: 'auto' }, device).load();
    expect(everywhere.ok ? '' : everywhere.fault.message).toContain('so nothing was scored. Choose another dtype');
  });

  it('runs uncertified where the user insists', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu').add('webgpu safe');
    const loaded = await open({ allowUncertified: true }, device).load();
    expect(loaded.ok && loaded.value.facts.proof).toMatchObject({ passed: false, overridden: true });
    expect(loaded.ok && loaded.value.messages[0]).toContain('not certified');
  });

  it('climbs past a rung that cannot load, and not past a fault of the model', async () => {
    const device = fakeDevice();
    device.unloadable.set('webgpu', fault('out-of-memory', 'Too large.'));
    expect(rungOf(await open({}, device).load())).toBe('subgroups hidden');
    const broken = fakeDevice();
    broken.unloadable.set('webgpu', fault('bad-model', 'A file is missing.'));
    expect(rungOf(await open({}, broken).load())).toMatchObject({ code: 'bad-model' });
    expect(broken.log.filter((l) => l === 'spawn engine')).toHaveLength(1);
  });

  it('leads straight to the rung of a kept certificate, and makes only the full forward again', async () => {
    const device = fakeDevice();
    device.wrongOperators.add('webgpu');
    const { certificates, load } = open({}, device);
    await load();
    const again = open({}, fakeDevice(), certificates);
    expect(rungOf(await again.load())).toBe('subgroups hidden');
    expect(again.device.log.filter((l) => l.startsWith('operators'))).toEqual([]);
    expect(again.device.log).toContain('score a webgpu safe plain');
  });

  it('is tried with the first question that can be asked', async () => {
    const { load, device } = open();
    const loaded = await load(['broken', 'gone', 'a']);
    expect(loaded.ok && loaded.value.images).toEqual([fileImage('a')]);
    expect(device.log).toContain('score a webgpu plain');
  });

  it('ends where the user stops the run', async () => {
    const { engine } = open();
    const stopped = await engine.load({ trial: [], says: () => undefined, stopped: () => true });
    expect(stopped).toMatchObject({ ok: false, fault: { code: 'stopped' } });
  });
});

describe('a loaded engine', () => {
  it('answers a group, the next image made ready meanwhile, and encodes each once', async () => {
    const { engine, device, load } = open();
    await load();
    const first = await engine.score(askAbout('a'), fileImage('b'));
    const second = await engine.score(askAbout('b'), fileImage('c'));
    expect(first.ok && first.value.work.imageEncodes).toBe(0); // the trial encoded it
    expect(second.ok && second.value.work.imageEncodes).toBe(1);
    await engine.score(askAbout('c'), null);
    expect(device.log.filter((l) => l.startsWith('pixels'))).toEqual(['pixels a', 'pixels b', 'pixels c']);
  });

  it('loads the model anew after it was released', async () => {
    const { engine, device, load } = open();
    await load();
    engine.release('it hung');
    expect((await engine.score(askAbout('b'), null)).ok).toBe(true);
    expect(device.log).toContain('kill engine: it hung');
    expect(device.log.filter((l) => l.startsWith('load'))).toHaveLength(2);
  });

  it("tells of a lost device in the driver's own words", async () => {
    const { engine, device, load } = open();
    await load();
    device.scores.push(fault('runtime', 'A buffer is invalid.'));
    device.deviceLost = 'reset';
    expect(await engine.score(askAbout('b'), null)).toMatchObject({
      ok: false,
      fault: { code: 'device-lost', message: 'The GPU was lost (reset).' },
    });
  });

  it('uses kept features instead of pixels', async () => {
    const { engine, device, load } = open({ keepFeatures: true });
    await load();
    await engine.score(askAbout('b'), null);
    engine.release('again');
    await engine.score(askAbout('b'), null);
    expect(device.log.filter((l) => l === 'pixels b')).toHaveLength(1);
    expect(device.log).toContain('score b webgpu kept');
  });

  it('says which image is gone', async () => {
    const { engine, load } = open();
    await load();
    expect(await engine.score(askAbout('gone'), null)).toMatchObject({ ok: false, fault: { code: 'not-found' } });
  });

  it('can be asked as a text model, which is cancelled by a signal', async () => {
    const { engine, device, load } = open();
    expect(engine.text()).toBeNull();
    await load();
    const text = engine.text();
    expect(text?.facts).toMatchObject({ id: 'm', sha256: 'decoder_model_merged', dtype: 'fp32', device: 'webgpu' });
    const stop = new AbortController();
    const reply = text?.generate({ prompt: { system: null, user: '?' }, limit: 9 }, stop.signal);
    stop.abort();
    expect(await reply).toMatchObject({ ok: true, value: { text: 'A: 9' } });
    expect(await text?.likelihoods({ prompt: { system: null, user: '?' }, texts: ['x', 'y'] })).toMatchObject({
      ok: true,
    });
    expect(device.log.filter((l) => l === 'cancel').length).toBeLessThanOrEqual(1);
  });

  it('refuses questions before it is loaded, renders without it, and frees its workers at the end', async () => {
    const { engine, device } = open();
    expect((await engine.score(askAbout('a'), null)).ok).toBe(false);
    expect(await engine.render(askAbout('a'))).toMatchObject({ ok: true, value: [{ ids: [1, 2] }] });
    engine.end('done');
    expect(device.log.slice(-2)).toEqual(['kill engine: done', 'kill pixels: the run ended']);
  });
});
