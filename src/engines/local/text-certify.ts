import { compareOutcomes, type Comparable } from '../../core/certificate/compare.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { deviceLimit, forwardCheck } from '../../core/certificate/scales.ts';
import type { Attempt, Certificate, Check } from '../../core/certificate/types.ts';
import { fail, fault, ok, type Fault, type Result } from '../../core/fault.ts';
import { scaledByRun } from '../../core/models/dtypes.ts';
import type { OptionScore } from '../../core/records/record.ts';
import type { LikelihoodsRequest, LoadedText } from '../../protocol/text.ts';
import type { ResolvedModel } from './model.ts';
import type { LocalStore } from './parts.ts';
import type { LoadStep } from '../engine.ts';
import type { Capabilities } from './device.ts';
import { checkOperators } from './operators.ts';
import { attemptOf, certificateOf, failedAttempt, HOPELESS, noWasmReference, refusal, subjectKey } from './subject.ts';
import { TextHost } from './text-host.ts';

export interface TextCertifyRequest {
  readonly model: ResolvedModel;
  readonly threads: number;
  readonly rungs: readonly LadderRung[];
  /** The first prompt, with two or more continuations. */
  readonly probe: LikelihoodsRequest;
  readonly capabilities: Capabilities;
  readonly ports: Pick<LocalStore, 'certificate' | 'keepCertificate'>;
  readonly says: (step: LoadStep) => void;
}

export interface CertifiedText {
  readonly host: TextHost;
  readonly loaded: LoadedText;
  readonly certificate: Certificate;
}

/**
 * Climbs the ladder as for the model under test: each rung gets a fresh worker and its checks (operators, the first prompt by a full forward, on WebGPU the
 * first prompt against WASM), and the first that passes is taken. A text model that no rung computes rightly is refused.
 */
export async function certifyText(request: TextCertifyRequest): Promise<Result<CertifiedText>> {
  const attempts: Attempt[] = [];
  let last: Fault = fault('no-device', 'No device was found that could run the text model.');
  for (const rung of request.rungs) {
    const known = await request.ports.certificate(subjectKey(request, rung));
    if (known?.passed && known.rung !== rung.name && known.device === rung.device) continue;
    const host = new TextHost(request.model, rung, request.threads);
    const tried = await checkRung(host, request, known);
    if (!tried.ok) {
      host.drop('its rung could not be tried');
      last = tried.fault;
      attempts.push(failedAttempt(rung, tried.fault));
      if (HOPELESS.has(last.code)) break;
      continue;
    }
    const { checks, loaded } = tried.value;
    const attempt = attemptOf(rung, checks);
    attempts.push(attempt);
    if (loaded && attempt.passed) {
      const certificate = certificateOf(request, attempt, attempts, loaded, true);
      await request.ports.keepCertificate(certificate);
      return ok({ host, loaded, certificate });
    }
    host.drop('its check failed');
  }
  return fail(refusal(`the text model ${request.model.id}`, attempts, last));
}

async function checkRung(
  host: TextHost,
  request: TextCertifyRequest,
  known: Certificate | null,
): Promise<Result<{ readonly checks: readonly Check[]; readonly loaded: LoadedText | null }>> {
  const { rung } = host;
  const where = rung.device === 'wasm' ? 'WASM' : `WebGPU, ${rung.name}`;
  const kept = (kind: Check['kind']): Check | undefined => known?.checks.find((c) => c.kind === kind && c.passed);
  let operators = kept('operators');
  if (!operators) {
    request.says({ kind: 'checking', what: `operators for the text model (${where})` });
    const made = await checkOperators((r) => host.worker().call((api) => api.checkOperators(r)), rung, request.threads);
    if (!made.ok) return made;
    operators = made.value;
  }
  if (!operators.passed) return ok({ checks: [operators], loaded: null });
  request.says({ kind: 'loading', what: `the text model (${where})` });
  const loaded = await host.load();
  if (!loaded.ok) return loaded;
  request.says({ kind: 'checking', what: `the first prompt (${where})` });
  const own = await host.ask((api) => api.likelihoods(request.probe));
  if (!own.ok) return own;
  const other = await host.ask((api) => api.likelihoods(request.probe, !scaledByRun(rung.dtype)));
  if (!other.ok) return other;
  const forward = forwardCheck('First prompt', comparable(own.value), comparable(other.value), rung.dtype);
  const limit = deviceLimit(rung.dtype, { checks: [forward] });
  const reference =
    rung.device === 'webgpu' ? [kept('reference') ?? (await againstWasm(host, request, own.value, limit))] : [];
  return ok({ checks: [operators, forward, ...reference], loaded: loaded.value });
}

/** The first prompt by the device against WASM, where the model fits there in the same dtype. */
async function againstWasm(
  { rung }: TextHost,
  request: TextCertifyRequest,
  found: readonly OptionScore[],
  limit: number,
): Promise<Check> {
  const name = 'First prompt: this device against WASM';
  const skipped = (detail: string): Check => ({ kind: 'reference', name, error: null, limit, passed: true, detail });
  const why = noWasmReference(request.model, rung);
  if (why !== null) return skipped(why);
  request.says({ kind: 'checking', what: 'the first prompt (WASM)' });
  const host = new TextHost(request.model, { ...rung, name: 'WASM', device: 'wasm' }, request.threads);
  try {
    const reference = await host.ask((api) => api.likelihoods(request.probe));
    if (!reference.ok) return skipped(`Not made: WASM could not run the model (${reference.fault.message})`);
    return compareOutcomes('reference', name, comparable(found), comparable(reference.value), limit);
  } finally {
    host.drop('the comparison is done');
  }
}

/** Continuations by twos, as the certificate compares options. */
function comparable(scores: readonly OptionScore[]): readonly Comparable[] {
  return scores.flatMap((A, i) => {
    const B = scores[(i + 1) % scores.length];
    return B ? [{ pair: `continuation ${i + 1}`, image: 0, method: 'text', options: { A, B } }] : [];
  });
}
