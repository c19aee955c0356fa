import * as v from 'valibot';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import { isServedOnly, methodOf, requestedMethods } from '../core/methods/registry.ts';
import { PUBLISHED_JUDGING } from '../core/methods/judging.ts';
import { BUILTIN_JUDGE } from '../core/models/builtin.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { browserName, capabilities } from '../engines/local/device.ts';
import type { Engine } from '../engines/engine.ts';
import { openLocalEngine } from '../engines/local/engine.ts';
import { textAhead } from '../engines/local/text.ts';
import type { LocalStore } from '../engines/local/parts.ts';
import type { RunPorts } from '../run/ports.ts';
import { benchmark } from '../store/benchmarks.ts';
import { certificate, putCertificate } from '../store/certificates.ts';
import type { Store } from '../store/db.ts';
import { feature, putFeature } from '../store/features.ts';
import { imageBlob } from '../store/images.ts';
import { putRecords, recordsOf } from '../store/records.ts';
import { judgeTest } from '../store/rows.ts';
import { putSetting, setting } from '../store/settings.ts';
import { run, updateRun } from '../store/runs.ts';
import { resolveModel } from './models.ts';
import { openServerEngine } from './servers.ts';

/** Where a run's engines come from, its models found in the store or on this page's origin. */
export function enginePorts(
  store: Store,
  image: (sha256: string) => Promise<Blob | null>,
): Pick<RunPorts, 'engine' | 'judge' | 'judgeTest' | 'keepJudgeTest' | 'browser'> {
  return {
    browser: browserName(),
    engine: async (config): Promise<Engine> => {
      if (config.server) return openServerEngine(config, config.server, image);
      refuseServed(config);
      return openLocalEngine({
        config,
        model: await resolveModel(store, config.modelId),
        store: localStore(store, image),
      });
    },
    judge: async ({ judgeId, device, threads, judging }: RunConfig) => {
      const model = await resolveModel(store, judgeId ?? BUILTIN_JUDGE);
      const { dtype } = judging ?? PUBLISHED_JUDGING;
      const wish = { device, threads, dtype, capabilities: await capabilities() };
      return orThrow(await textAhead(model, wish, localStore(store, image)));
    },
    judgeTest: (key) => setting(store, key, v.nullable(judgeTest), null),
    keepJudgeTest: (key, test) => putSetting(store, key, test),
  };
}

/** @throws FaultError 'bad-argument' for a method that only stands for another where a server cannot give that */
function refuseServed({ methods }: RunConfig): void {
  const served = requestedMethods(methods).find(isServedOnly);
  if (!served) return;
  const { insteadOf = '' } = methodOf(served);
  throw new FaultError(
    fault(
      'bad-argument',
      `${served.base} is asked of a model behind a server only. In this browser ${insteadOf} itself can be had: choose that, or name a server.`,
      { method: served.base },
    ),
  );
}

function localStore(store: Store, image: LocalStore['image']): LocalStore {
  return {
    image,
    certificate: (key) => certificate(store, key),
    keepCertificate: (c) => putCertificate(store, c),
    feature: (key) => feature(store, key),
    keepFeature: (key, f) => putFeature(store, key, f),
  };
}

/** The run's ports on the real store. */
export function storePorts(store: Store): RunPorts {
  return {
    ...enginePorts(store, (sha256) => imageBlob(store, sha256)),
    benchmark: async (id) => (await benchmark(store, id))?.benchmark ?? null,
    records: (runId) => recordsOf(store, runId),
    keepRecords: (runId, records) => putRecords(store, runId, records),
    keepInfo: async (runId, info) => {
      await updateRun(store, runId, { info, status: info.state });
    },
    info: async (runId) => (await run(store, runId))?.info ?? null,
  };
}
