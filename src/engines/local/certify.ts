import type { ImageRef } from '../../core/images/ref.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import type { Attempt, Certificate } from '../../core/certificate/types.ts';
import { fail, ok, type Fault, type Result } from '../../core/fault.ts';
import type { LoadedModel } from '../../protocol/engine.ts';
import type { Capabilities } from './device.ts';
import type { EngineHost } from './host.ts';
import type { LocalStore } from './parts.ts';
import { certificateOf, failedAttempt, HOPELESS, refusal, subjectKey } from './subject.ts';
import { checkRung, type CheckRequest, type TriedRung } from './rung-checks.ts';

export interface CertifyRequest extends CheckRequest {
  readonly rungs: readonly LadderRung[];
  readonly store: Pick<LocalStore, 'certificate' | 'keepCertificate'>;
  readonly capabilities: Capabilities;
  readonly allowUncertified: boolean;
}

export interface Certified {
  readonly host: EngineHost;
  readonly loaded: LoadedModel;
  readonly certificate: Certificate;
  /** Images encoded for the check whose features the engine still holds: the run need not encode them again. */
  readonly images: readonly ImageRef[];
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
    const known = await request.store.certificate(subjectKey(request, rung));
    if (known?.passed && known.rung !== rung.name && known.device === rung.device) continue;
    const host = request.host(rung);
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
      return ok({ host, loaded: tried.loaded, certificate, images: tried.images });
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
    return ok({ host, loaded, certificate, images: tried.images });
  }
  return fail(refusal('the model', attempts, lastFault));
}

async function issue(
  request: CertifyRequest,
  attempt: Attempt,
  attempts: readonly Attempt[],
  loaded: LoadedModel,
  passed: boolean,
): Promise<Certificate> {
  const certificate = certificateOf(request, attempt, attempts, loaded, passed);
  if (passed) await request.store.keepCertificate(certificate);
  return certificate;
}
