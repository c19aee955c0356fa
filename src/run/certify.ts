import { certificateKey } from '../core/certificate/key.ts';
import type { LadderRung } from '../core/certificate/ladder.ts';
import type { Attempt, Certificate, Check } from '../core/certificate/types.ts';
import { fail, fault, ok, type Fault, type Result } from '../core/fault.ts';
import type { LoadedModel } from '../protocol/engine.ts';
import type { Capabilities } from './device.ts';
import { EngineHost } from './engine-host.ts';
import type { RunPorts } from './ports.ts';
import { checkRung, type CheckRequest, type TriedRung } from './rung-checks.ts';
import { VERSION } from './version.ts';

export interface CertifyRequest extends CheckRequest {
  readonly rungs: readonly LadderRung[];
  readonly ports: Pick<RunPorts, 'certificate' | 'keepCertificate'>;
  readonly capabilities: Capabilities;
  readonly allowUncertified: boolean;
}

export interface Certified {
  readonly host: EngineHost;
  readonly loaded: LoadedModel;
  readonly certificate: Certificate;
  /** Images encoded for the check whose features the engine still holds: the run need not encode them again. */
  readonly imageEncodes: number;
}

/**
 * Climbs the ladder: each rung gets a fresh worker, its checks, and is taken if all pass (docs/certificate.md). A certificate kept for the same subject
 * leads straight to its rung.
 * @returns the engine of the first rung that passes; 'device-wrong' when none does, unless the user overrides (then the first rung that loads)
 */
export async function certify(request: CertifyRequest): Promise<Result<Certified>> {
  const attempts: Attempt[] = [];
  let lastFault: Fault | null = null;
  let fallback: { host: EngineHost; tried: TriedRung; loaded: LoadedModel } | null = null;
  for (const rung of request.rungs) {
    const known = await request.ports.certificate(subjectKey(request, rung));
    if (known?.passed && known.rung !== rung.name && known.device === rung.device) continue;
    const host = new EngineHost(request.model, rung, request.threads);
    const result = await checkRung(host, request, known);
    if (!result.ok) {
      lastFault = result.fault;
      host.drop('its rung could not be tried');
      attempts.push(failedAttempt(rung, result.fault));
      if (HOPELESS.has(result.fault.code)) break;
      continue;
    }
    const tried = result.value;
    attempts.push(tried.attempt);
    if (tried.attempt.passed && tried.loaded) {
      fallback?.host.drop();
      const certificate = await issue(request, tried.attempt, attempts, tried.loaded, true);
      return ok({ host, loaded: tried.loaded, certificate, imageEncodes: tried.imageEncodes });
    }
    if (request.allowUncertified && !fallback) {
      const loaded = tried.loaded ? ok(tried.loaded) : await host.load();
      if (loaded.ok) {
        fallback = { host, tried, loaded: loaded.value };
        continue;
      }
    }
    host.drop('its check failed');
  }
  if (fallback) {
    const { host, loaded, tried } = fallback;
    const certificate = await issue(request, tried.attempt, attempts, loaded, false);
    return ok({ host, loaded, certificate, imageEncodes: tried.imageEncodes });
  }
  return fail(refusal(attempts, lastFault));
}

/** Faults that lie in the model or the questions: no other rung can mend them. */
const HOPELESS: ReadonlySet<string> = new Set([
  'bad-model',
  'unsupported',
  'bad-prompt',
  'bad-benchmark',
  'unreadable',
  'not-found',
]);

/** Why no rung was taken: a wrong number where there was one, else what stopped the last rung. */
function refusal(attempts: readonly Attempt[], lastFault: Fault | null): Fault {
  const wrong = attempts.flatMap((a) => a.checks).find((c) => !c.passed && c.kind !== 'loading');
  if (!wrong && lastFault) return lastFault;
  const why = wrong ? `${wrong.name}: ${wrong.detail}` : 'no rung of the ladder could be tried';
  return fault(
    'device-wrong',
    `This device does not compute the model rightly (${why}), so nothing was scored. Run with the device WASM or auto, or choose another dtype.`,
    { attempts: attempts.map((a) => a.rung).join(', ') },
  );
}

function failedAttempt(rung: LadderRung, f: Fault): Attempt {
  const check: Check = {
    kind: 'loading',
    name: 'Loading and running the model',
    error: null,
    limit: 0,
    passed: false,
    detail: f.message,
  };
  return {
    rung: rung.name,
    device: rung.device,
    dtype: rung.dtype,
    settings: rung.settings,
    checks: [check],
    passed: false,
  };
}

/** Everything a certificate depends on, known before a worker starts. The libraries' versions are pinned by Lookalike's own. */
function subjectKey({ model, threads, capabilities }: CertifyRequest, rung: LadderRung): string {
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

async function issue(
  request: CertifyRequest,
  attempt: Attempt,
  attempts: readonly Attempt[],
  loaded: LoadedModel,
  passed: boolean,
): Promise<Certificate> {
  const { rung, device, dtype, settings, checks } = attempt;
  const certificate: Certificate = {
    version: '1',
    key: subjectKey(request, { name: rung, device, dtype, settings }),
    issuedAt: new Date().toISOString(),
    passed,
    overridden: !passed,
    rung,
    settings,
    device,
    dtype,
    adapter: loaded.device.adapter,
    features: loaded.device.features,
    limits: loaded.device.limits,
    browser: request.capabilities.browser,
    libraries: loaded.libraries,
    modelFiles: request.model.files.map(({ path, sha256 }) => ({ path, sha256 })),
    checks,
    attempts,
  };
  if (passed) await request.ports.keepCertificate(certificate);
  return certificate;
}
