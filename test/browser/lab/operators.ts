import type { CheckResult } from '../../../src/core/certificate/operators.ts';
import type { OperatorCheckRequest } from '../../../src/protocol/engine.ts';
import { withEngine } from './engine.ts';

export interface Checked {
  readonly results: readonly CheckResult[];
  readonly seconds: number;
}

/** Runs the operator checks of public/certificate in a fresh engine worker. */
export async function check(request: Omit<OperatorCheckRequest, 'base'>): Promise<Checked> {
  return withEngine(async (engine) => {
    await engine.meters(); // the worker has loaded: its start is not counted
    const started = performance.now();
    const found = await engine.checkOperators({ ...request, base: new URL('/certificate/', location.href).href });
    if (!found.ok) throw new Error(found.fault.message);
    return { results: found.value, seconds: (performance.now() - started) / 1000 };
  });
}
