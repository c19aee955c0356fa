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

/** Runs the checks up to the first failure, then loads the built-in model in the same worker: what the engine says of its device afterwards. */
export async function checkThenLoad(
  request: Omit<OperatorCheckRequest, 'base' | 'stopAtFirst'>,
): Promise<{ readonly lost: string | null; readonly gpuBytes: number }> {
  const index = (await (await fetch('/models/phantom-vlm/index.json')).json()) as { files: ServedFile[] };
  return withEngine(async (engine) => {
    const base = new URL('/certificate/', location.href).href;
    const checked = await engine.checkOperators({ ...request, base, stopAtFirst: true });
    if (!checked.ok) throw new Error(checked.fault.message);
    const loaded = await engine.load({
      source: { kind: 'served', base: new URL('/models/phantom-vlm/', location.href).href, files: index.files },
      device: request.device,
      dtype: { vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' },
      threads: request.threads,
      rung: request.rung,
      cacheBytes: 1 << 26,
    });
    if (!loaded.ok) throw new Error(loaded.fault.message);
    const meters = await engine.meters();
    return { lost: meters.deviceLost, gpuBytes: meters.gpuBytes };
  });
}

interface ServedFile {
  readonly path: string;
  readonly size: number;
}
