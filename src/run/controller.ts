import { fault, FaultError } from '../core/fault.ts';
import type { ResultRecord } from '../core/records/record.ts';
import type { RunConfig } from '../core/records/run-config.ts';
import { createGate } from './gate.ts';
import { liveRun } from './life.ts';
import { planRun } from './plan.ts';
import type { RunPorts } from './ports.ts';
import { createProgress } from './progress.ts';
import type { RunHandle, StartOptions } from './types.ts';

export type { StartOptions } from './types.ts';

/**
 * Starts or resumes a run: what is already recorded is left out of the plan, so that nothing is lost and nothing is scored twice.
 * @throws FaultError 'not-found' when the benchmark is no longer kept
 */
export async function startRun(ports: RunPorts, config: RunConfig, options: StartOptions = {}): Promise<RunHandle> {
  const benchmark = await ports.benchmark(config.benchmarkId);
  if (!benchmark)
    throw new FaultError(
      fault('not-found', 'The benchmark of this run is no longer kept on this device. Bring it again.'),
    );
  const { groups, counts } = planRun(benchmark, config, await ports.records(config.id), options);
  const progress = createProgress();
  progress.plan(counts);
  const gate = createGate();
  const listeners = new Set<(r: readonly ResultRecord[]) => void>();
  const wish = new AbortController();
  const tell = (records: readonly ResultRecord[]): void => {
    for (const l of listeners) l(records);
  };
  const { command = null } = options;
  const finished = liveRun({ ports, config, benchmark, groups, command, progress, gate, tell, stop: wish.signal });
  return {
    ...{ config, benchmark, finished },
    progress: () => progress.now(),
    subscribe: (l) => progress.subscribe(l),
    onRecords: (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    pause: () => {
      if (!wish.signal.aborted) gate.close();
    },
    resume: () => gate.open(),
    stop: async () => {
      wish.abort();
      gate.open();
      await finished;
    },
  };
}
