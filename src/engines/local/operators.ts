import { startAgain } from '../../bridge/again.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import type { Check } from '../../core/certificate/types.ts';
import { ok, type Result } from '../../core/fault.ts';
import type { CheckResult } from '../../core/certificate/operators.ts';
import type { OperatorCheckRequest } from '../../protocol/engine.ts';

/** Runs the checks in a worker. */
export type RunOperators = (request: OperatorCheckRequest) => Promise<Result<readonly CheckResult[]>>;

/** Where the small graphs and their expected outputs are, on this page's own origin. */
const BASE = 'certificate/';

/** (a) Small graphs with stored outputs, run on the device under the rung's settings; stops at the first that is wrong. */
export async function checkOperators(run: RunOperators, rung: LadderRung, threads: number): Promise<Result<Check>> {
  const half = Object.values(rung.dtype).some((d) => d === 'fp16' || d === 'q4f16');
  const base = new URL(BASE, document.baseURI).href;
  const request = { base, device: rung.device, threads, rung: rung.settings, half, stopAtFirst: true };
  const results = await startAgain(() => run(request));
  if (!results.ok) return results;
  const failed = results.value.find((r) => !r.passed);
  const worst = failed ?? [...results.value].sort((a, b) => (b.error ?? 0) / b.limit - (a.error ?? 0) / a.limit)[0];
  const detail = failed
    ? `${failed.name} is wrong: ${failed.detail}`
    : `${results.value.length} operators at several lengths agree with their stored outputs.`;
  return ok({
    kind: 'operators',
    name: 'Operators',
    error: worst?.error ?? null,
    limit: worst?.limit ?? 0,
    passed: failed === undefined && results.value.length > 0,
    detail,
  });
}
