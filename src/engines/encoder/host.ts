import { startAgain } from '../../bridge/again.ts';
import { spawnEncoder } from '../../bridge/spawn.ts';
import type { WorkerClient } from '../../bridge/worker.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import type { EncoderPart } from '../../core/discovery/encoders.ts';
import { ok, type Result } from '../../core/fault.ts';
import { DEFAULT_PIXEL_POLICY } from '../../core/images/types.ts';
import type { Embedded, EncoderApi, LoadedEncoder } from '../../protocol/encoder.ts';
import type { ModelSource } from '../../protocol/model.ts';

/** The files of an encoder, and what of them embeds images. */
export interface EncoderSource {
  readonly source: ModelSource;
  readonly part: EncoderPart;
}

/** An encoder's worker under supervision: spawned, loaded, replaced after its death. One rung for its whole life. */
export interface EncoderHost {
  readonly rung: LadderRung;
  worker(): WorkerClient<EncoderApi>;
  load(): Promise<Result<LoadedEncoder>>;
  /** Embeds images in a worker that is loaded; after a fault of the worker the next call has a fresh one. */
  embed(images: readonly Blob[]): Promise<Result<readonly Embedded[]>>;
  end(): void;
}

export function createEncoderHost({ source, part }: EncoderSource, rung: LadderRung, threads: number): EncoderHost {
  let client: WorkerClient<EncoderApi> | null = null;
  let loaded: LoadedEncoder | null = null;
  const worker = (): WorkerClient<EncoderApi> => {
    if (!client?.alive) {
      client = spawnEncoder();
      loaded = null;
    }
    return client;
  };
  const end = (): void => {
    client?.kill('it is no longer needed');
    loaded = null;
  };
  const load = (): Promise<Result<LoadedEncoder>> => startAgain(loadOnce);
  const loadOnce = async (): Promise<Result<LoadedEncoder>> => {
    const target = worker();
    if (loaded) return ok(loaded);
    const request = { source, part, device: rung.device, threads, rung: rung.settings };
    const result = await target.call((api) => api.load(request));
    // One failed start poisons a worker: the next try gets a fresh one.
    if (!result.ok) end();
    else loaded = result.value;
    return result;
  };
  return {
    rung,
    worker,
    load,
    async embed(images) {
      const ready = await load();
      if (!ready.ok) return ready;
      const result = await worker().call((api) => api.embed(images, DEFAULT_PIXEL_POLICY));
      if (!result.ok) end();
      return result;
    },
    end,
  };
}
