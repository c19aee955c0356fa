import type { Benchmark } from '../core/benchmark/types.ts';
import type { ReplayReport } from '../core/exchange/replay.ts';
import type { Fault } from '../core/fault.ts';
import { SERVED } from '../core/models/builtin.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import type { RunInfo } from '../core/records/run-info.ts';
import { bundleOf } from '../app/results/bundle.ts';
import { askedPairs, limitedBundle, replayConfig, replayReport } from '../app/results/replay.ts';
import { startRun } from '../run/controller.ts';
import { openStore } from '../store/db.ts';
import { choosePrompts, readServedBenchmark, readShots } from './data.ts';
import type { EvaluateRequest } from './evaluate-types.ts';
import { drivePorts } from './ports.ts';
import { listen } from './listen.ts';
import type { DriveContext, ServedFolder } from './types.ts';

/** A bundle that is to be repeated. */
export interface ReplayRequest {
  /** As the person named it. */
  readonly name: string;
  /** The texts of its zip, by their path. */
  readonly texts: Readonly<Record<string, string>>;
  readonly benchmark: ServedFolder;
  readonly model: ServedFolder;
  readonly shots: ServedFolder | null;
  /** Other prompts than the bundle's; null: the bundle's. */
  readonly prompts: EvaluateRequest['prompts'] | null;
  readonly device: RunConfig['device'] | null;
  readonly dtype: RunConfig['dtype'] | null;
  readonly threads: number | null;
  readonly limit: number | null;
}

export interface ReplayOutcome {
  readonly report: ReplayReport;
  readonly state: RunInfo['state'];
  readonly fault: Fault | null;
}

/** Repeats a bundle's run with a model and a benchmark that are here, and compares record by record. */
export async function replay(request: ReplayRequest, { control, report }: DriveContext): Promise<ReplayOutcome> {
  const bundle = limitedBundle(await bundleOf(request.name, new Map(Object.entries(request.texts))), request.limit);
  const { benchmark: whole, image: ofBenchmark } = await readServedBenchmark(request.benchmark, report, control.signal);
  const benchmark: Benchmark = askedPairs(whole, bundle.records);
  const promptSet = request.prompts === null ? null : choosePrompts(request.prompts);
  const shots = await readShots(promptSet ?? bundle.prompts.promptSet, request.shots);
  const config = await replayConfig(bundle, benchmark, {
    modelId: `${SERVED}${request.model.base}`,
    ...{ device: request.device, dtype: request.dtype, threads: request.threads, limit: null },
    ...{ promptSet, shotImages: shots.names },
  });
  const store = await openStore();
  try {
    const image = async (hash: string): Promise<Blob | null> => shots.images.get(hash) ?? ofBenchmark(hash);
    const ports = drivePorts(store, benchmark, image, { info: null, records: [] }, () => undefined);
    const handle = await startRun(ports, config, { command: 'lookalike replay' });
    listen(handle, report, { records: false });
    control.onStop(() => handle.stop());
    const info = await handle.finished;
    const now = { info, benchmark, records: ports.all() };
    return { report: replayReport(bundle, now), state: info.state, fault: info.fault ?? null };
  } finally {
    store.close();
  }
}
