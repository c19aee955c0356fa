import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { fail, fault, ok, toFault, type Result } from '../../core/fault.ts';
import type { GroupAsk, RenderedPrompt } from '../../core/plan/ask.ts';
import type { Engine, EngineFacts, GroupAnswer, Loaded, LoadRequest } from '../engine.ts';
import type { TextEngine } from '../text.ts';
import { certify, type Certified } from './certify.ts';
import { capabilities, wasmThreads, type Capabilities } from './device.ts';
import { featureKey } from './features.ts';
import { EngineHost, type ImageSource } from './host.ts';
import { holdDevice } from './lock.ts';
import { rungMessages } from './messages.ts';
import { modelFacts, type ResolvedModel } from './model.ts';
import { WORKERS, type LocalConfig, type LocalStore, type Workers } from './parts.ts';
import { PixelsHost } from './pixels.ts';
import { chooseRungs, whyQuantised } from './rungs.ts';
import { hostText } from './self-text.ts';

export interface LocalOptions {
  readonly model: ResolvedModel;
  readonly config: LocalConfig;
  readonly store: LocalStore;
  /** Other workers than the real ones, and another device than this: for tests. */
  readonly workers?: Workers;
  readonly capabilities?: () => Promise<Capabilities>;
}

/** What the engine holds while it is open. */
interface Held {
  certified: Certified | null;
  /** A worker that only renders, on WASM and without a certificate. */
  renderer: EngineHost | null;
  /** The way to let go of the device. */
  release: (() => void) | null;
}

/**
 * A model in workers of this browser. It has the device to itself from its first use until its end, across all tabs; it is believed only once a
 * certificate says that the device computes it rightly.
 */
export function openLocalEngine(options: LocalOptions): Engine {
  const { model, config, store } = options;
  const workers = options.workers ?? WORKERS;
  const look = options.capabilities ?? capabilities;
  const threads = wasmThreads(config.threads);
  const pixels = new PixelsHost(store, config.policy, () => workers.pixels());
  const hostFor = (rung: LadderRung): EngineHost => new EngineHost(model, rung, threads, () => workers.engine());
  const held: Held = { certified: null, renderer: null, release: null };

  async function load(request: LoadRequest): Promise<Result<Loaded>> {
    try {
      held.release ??= await holdDevice((what) => request.says({ kind: 'waiting', what }), request.stopped);
      if (request.stopped()) return fail(fault('stopped', 'The run was stopped.'));
      request.says({ kind: 'checking', what: 'the device' });
      const caps = await look();
      const rungs = chooseRungs(config, model, caps);
      if (!rungs.ok) return rungs;
      const certified = await certify({
        ...{ model, threads, store, capabilities: caps, rungs: rungs.value, host: hostFor },
        ...{ items: request.trial, says: request.says, allowUncertified: config.allowUncertified },
        pixels: (image, loaded) => pixels.prepare(image, loaded),
        kept: (image, rung) => keptFeatures(image, rung),
      });
      if (!certified.ok) return certified;
      held.certified = certified.value;
      await model.checked;
      const { certificate } = certified.value;
      const why = whyQuantised(certificate.dtype, certificate.device, model, caps);
      const messages = rungMessages(config, certified.value, rungs.value[0]?.device ?? 'wasm', caps, why);
      return ok({ facts: factsOf(certified.value), messages, images: certified.value.images });
    } catch (e) {
      return fail(toFault(e));
    }
  }

  function keptFeatures(image: ImageRef, rung: LadderRung): ReturnType<LocalStore['feature']> {
    if (config.keepFeatures !== true) return Promise.resolve(null);
    return store.feature(featureKey(model, rung, config.policy, image));
  }

  async function score(ask: GroupAsk, next: ImageRef | null): Promise<Result<GroupAnswer>> {
    if (held.certified === null) return fail(fault('internal', 'The engine was asked before it was loaded.'));
    const { host, loaded } = held.certified;
    const own = ask.image;
    const images: ImageSource = {
      pixels: (image) => {
        const made = pixels.prepare(image, loaded);
        // Decoding and resizing of the next image hide behind the model's work on this one.
        if (next !== null && imageKey(image) === imageKey(own)) pixels.prefetch(next, loaded);
        return made;
      },
      kept: () => keptFeatures(own, host.rung),
    };
    const result = await host.score(ask, images, { returnFeatures: config.keepFeatures === true });
    if (result.ok && result.value.features)
      await store.keepFeature(featureKey(model, host.rung, config.policy, own), result.value.features);
    return result;
  }

  async function render(ask: GroupAsk): Promise<Result<readonly RenderedPrompt[]>> {
    const host = await rendering();
    if (!host.ok) return host;
    const loaded = await host.value.load();
    if (!loaded.ok) return loaded;
    return host.value.render(ask, { pixels: (image) => pixels.prepare(image, loaded.value) });
  }

  /** The loaded host, or else one on WASM: a prompt is the same on every device. */
  async function rendering(): Promise<Result<EngineHost>> {
    if (held.certified) return ok(held.certified.host);
    if (held.renderer) return ok(held.renderer);
    const rungs = chooseRungs({ device: 'wasm', dtype: 'auto' }, model, await look());
    if (!rungs.ok) return rungs;
    const [rung] = rungs.value;
    if (!rung) return fail(fault('bad-model', 'The model folder has nothing that WASM can load.'));
    held.release ??= await holdDevice(
      () => undefined,
      () => false,
    );
    held.renderer = hostFor(rung);
    return ok(held.renderer);
  }

  function text(): TextEngine | null {
    return held.certified ? hostText(held.certified, model) : null;
  }

  function end(reason: string): void {
    held.certified?.host.drop(reason);
    held.renderer?.drop(reason);
    pixels.end();
    held.release?.();
    Object.assign(held, { certified: null, renderer: null, release: null } satisfies Held);
  }

  return {
    model: modelFacts(model),
    ...{ load, score, render, text, end },
    release: (reason) => held.certified?.host.drop(reason),
  };
}

function factsOf({ certificate, loaded }: Certified): EngineFacts {
  const { adapter, features, limits, threads } = loaded.device;
  const { browser, device: kind, dtype } = certificate;
  return {
    dtype,
    device: { kind, adapter, features, limits, browser, threads },
    libraries: loaded.libraries,
    template: loaded.template?.source ?? null,
    proof: certificate,
  };
}
