import { startAgain } from '../../bridge/again.ts';
import { spawnText } from '../../bridge/spawn.ts';
import type { WorkerClient } from '../../bridge/worker.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { isDtype } from '../../core/models/dtypes.ts';
import { fail, fault, ok, type Result } from '../../core/fault.ts';
import { TEXT_SESSION } from '../../core/models/text.ts';
import type { LoadedText, TextApi, TextMeters } from '../../protocol/text.ts';
import type { ResolvedModel } from './model.ts';

/** A text worker under supervision: spawned, loaded, replaced. One rung for its whole life. */
export class TextHost {
  readonly rung: LadderRung;
  private readonly model: ResolvedModel;
  private readonly threads: number;
  private client: WorkerClient<TextApi> | null = null;
  private facts: LoadedText | null = null;

  constructor(model: ResolvedModel, rung: LadderRung, threads: number) {
    this.model = model;
    this.rung = rung;
    this.threads = threads;
  }

  /** The worker, spawned if there is none, before a model is loaded in it. */
  worker(): WorkerClient<TextApi> {
    if (!this.client?.alive) {
      this.client = spawnText();
      this.facts = null;
    }
    return this.client;
  }

  load(): Promise<Result<LoadedText>> {
    return startAgain(() => this.loadOnce());
  }

  private async loadOnce(): Promise<Result<LoadedText>> {
    const client = this.worker();
    if (this.facts) return ok(this.facts);
    const dtype = this.rung.dtype[TEXT_SESSION] ?? 'fp32';
    if (!isDtype(dtype)) return fail(fault('bad-argument', `${dtype} is no dtype.`));
    const { source } = this.model;
    const { device, settings: rung } = this.rung;
    const loaded = await client.call((api) => api.load({ source, device, dtype, threads: this.threads, rung }));
    // One failed start poisons a worker (docs/runtime traps): the next try gets a fresh one.
    if (!loaded.ok) this.drop(loaded.fault.message);
    else this.facts = loaded.value;
    return loaded;
  }

  /** One request to the loaded model; `signal` ends it before its next token. */
  async ask<T>(
    work: (api: WorkerClient<TextApi>['api']) => Promise<Result<T>>,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const stopped = (): Result<T> => fail(fault('stopped', 'The text model was stopped.'));
    if (signal?.aborted) return stopped();
    const loaded = await this.load();
    if (!loaded.ok) return loaded;
    if (signal?.aborted) return stopped();
    const client = this.worker();
    const cancel = (): void => {
      void client.call(async (api) => ok(await api.cancel()));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const result = await client.call(work);
      return result.ok ? result : fail(await this.explain(result.fault));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Prefers the device's own words about its loss over the error that the loss caused. */
  private async explain<F extends { readonly code: string }>(f: F): Promise<F | ReturnType<typeof fault>> {
    if (f.code === 'stopped' || f.code === 'bad-prompt') return f;
    const lost = (await this.meters())?.deviceLost;
    return lost ? fault('device-lost', `The GPU was lost (${lost}).`) : f;
  }

  async meters(): Promise<TextMeters | null> {
    const m = await this.client?.call(async (api) => ok(await api.meters()));
    return m?.ok ? m.value : null;
  }

  /** Ends the worker; the next call spawns another and loads the model again. */
  drop(reason = 'it was replaced'): void {
    this.client?.kill(reason);
    this.facts = null;
  }
}
