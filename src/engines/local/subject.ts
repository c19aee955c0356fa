import { certificateKey } from '../../core/certificate/key.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import type { Attempt, Certificate, Check } from '../../core/certificate/types.ts';
import { fault, type Fault } from '../../core/fault.ts';
import { VERSION } from '../../core/version.ts';
import type { LoadedModel } from '../../protocol/engine.ts';
import type { Capabilities } from './device.ts';
import type { ResolvedModel } from './model.ts';

/* What the certificates of the model under test and of a text model share. */

/** What a certificate is about: a model on this device. */
export interface Subject {
  readonly model: ResolvedModel;
  readonly threads: number;
  readonly capabilities: Capabilities;
}

/** Everything a certificate depends on, known before a worker starts. The libraries' versions are pinned by Lookalike's own. */
export function subjectKey({ model, threads, capabilities }: Subject, rung: LadderRung): string {
  const gpu = rung.device === 'webgpu' ? capabilities.adapter : null;
  return certificateKey({
    device: rung.device,
    dtype: rung.dtype,
    adapter: gpu?.info ?? null,
    features: gpu?.features ?? [],
    limits: gpu?.limits ?? {},
    threads,
    browser: capabilities.browser,
    libraries: {},
    modelFiles: model.files,
    lookalike: VERSION,
  });
}

/** Facts of a certificate that only a loaded model knows. */
function loadedFacts(
  { model, capabilities }: Pick<Subject, 'model' | 'capabilities'>,
  { device, libraries }: Pick<LoadedModel, 'device' | 'libraries'>,
): Pick<Certificate, 'adapter' | 'features' | 'limits' | 'browser' | 'libraries' | 'modelFiles'> {
  return {
    adapter: device.adapter,
    features: device.features,
    limits: device.limits,
    browser: capabilities.browser,
    libraries,
    modelFiles: model.files.map(({ path, sha256 }) => ({ path, sha256 })),
  };
}

/** Faults that lie in the model or in what is asked: no other rung can mend them. */
export const HOPELESS: ReadonlySet<string> = new Set([
  'bad-model',
  'unsupported',
  'bad-prompt',
  'bad-benchmark',
  'unreadable',
  'not-found',
]);

/** The certificate of a subject on the rung that was taken; one that did not pass was taken because the user overrode it. */
export function certificateOf(
  subject: Subject,
  { rung, device, dtype, settings, checks }: Attempt,
  attempts: readonly Attempt[],
  loaded: Pick<LoadedModel, 'device' | 'libraries'>,
  passed: boolean,
): Certificate {
  return {
    version: '1',
    key: subjectKey(subject, { name: rung, device, dtype, settings }),
    issuedAt: new Date().toISOString(),
    passed,
    overridden: !passed,
    rung,
    settings,
    device,
    dtype,
    ...loadedFacts(subject, loaded),
    checks,
    attempts,
  };
}

/** A rung with its checks; passed where all of them are. */
export function attemptOf({ name: rung, device, dtype, settings }: LadderRung, checks: readonly Check[]): Attempt {
  return { rung, device, dtype, settings, checks, passed: checks.every((c) => c.passed) };
}

/** A rung that could not be tried. */
export function failedAttempt(rung: LadderRung, f: Fault): Attempt {
  const name = 'Loading and running the model';
  return attemptOf(rung, [{ kind: 'loading', name, error: null, limit: 0, passed: false, detail: f.message }]);
}

/**
 * Why no rung was taken: where a rung computed wrongly, what each of them failed at; where none got so far, what stopped the last.
 * @param what the model, as the sentence names it
 */
export function refusal(what: string, attempts: readonly Attempt[], last: Fault | null): Fault {
  const failed = attempts.flatMap(({ rung, checks }) => {
    const check = checks.find((c) => !c.passed);
    return check
      ? [{ rung, computed: check.kind !== 'loading', why: `${check.name}: ${check.detail.replace(/\.$/, '')}` }]
      : [];
  });
  if (last && !failed.some((f) => f.computed)) return last;
  const reasons = [...new Set(failed.map((f) => f.why))];
  const rungsOf = (why: string): string => failed.flatMap((f) => (f.why === why ? f.rung : [])).join(' and ');
  const causes = reasons.length === 1 ? reasons : reasons.map((why) => `${rungsOf(why)}: ${why}`);
  const why = causes.length > 0 ? causes.join('; ') : 'no rung of the ladder could be tried';
  const out = attempts.some((a) => a.device === 'wasm')
    ? 'Choose another dtype, or another browser.'
    : 'Run with the device WASM or auto, or choose another dtype.';
  return fault('device-wrong', `This device does not compute ${what} rightly (${why}), so nothing was scored. ${out}`, {
    attempts: attempts.map((a) => a.rung).join(', '),
  });
}

/** WASM keeps a copy of every file in a 4 GB heap: above this the model is not tried there as a reference. */
const WASM_REFERENCE_BYTES = 700 * 1024 * 1024;

/** Why a rung is not compared with WASM, in the words of the skipped check; null where it can be. */
export function noWasmReference(model: ResolvedModel, rung: LadderRung): string | null {
  const bytes = model.source.files.reduce((n, f) => n + (f.path.endsWith('.json') ? 0 : f.size), 0);
  if (bytes > WASM_REFERENCE_BYTES)
    return 'Not made: the model is too large for WASM here. The full forward stands in for it.';
  if (Object.values(rung.dtype).some((d) => d === 'fp16' || d === 'q4f16'))
    return 'Not made: WASM does not compute in half precision. The full forward stands in for it.';
  return null;
}
