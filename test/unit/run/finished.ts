import type { RunConfig } from '../../../src/core/records/run-config.ts';
import type { RunInfo } from '../../../src/core/records/run-info.ts';
import { startRun } from '../../../src/run/controller.ts';
import type { RunHandle, StartOptions } from '../../../src/run/types.ts';
import {
  fakeBenchmark,
  fakeConfig,
  fakeEngine,
  fakePorts,
  fakeText,
  type FakeEngine,
  type FakePorts,
} from '../../support/fake-engine.ts';

/** Two pairs about three images: `b` is in both. */
export const TWO = fakeBenchmark(['a', 'b', 'b', 'c']);

export interface Started {
  readonly fake: FakeEngine;
  readonly ports: FakePorts;
  readonly handle: RunHandle;
  readonly info: RunInfo;
}

/** A run of `TWO` up to its end. @param prepare what is changed before it starts */
export async function finished(
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
export function wide({ engine }: FakeEngine, ports: FakePorts): void {
  ports.engine = () => Promise.resolve({ ...engine, width: 2 });
}
