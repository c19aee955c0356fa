import { compareOutcomes, type Comparable } from '../core/certificate/compare.ts';
import { certificateKey } from '../core/certificate/key.ts';
import type { LadderRung } from '../core/certificate/ladder.ts';
import { logprobLimit } from '../core/certificate/limits.ts';
import type { Attempt, Certificate, Check } from '../core/certificate/types.ts';
import { fail, fault, ok, type Fault, type Result } from '../core/fault.ts';
import type { ProcessedImage } from '../core/pixels/types.ts';
import type { GroupRequest, LoadedModel, Outcome } from '../protocol/engine.ts';
import { checkOperators } from './operators.ts';
import { EngineHost } from './engine-host.ts';
import type { ResolvedModel, RunPorts } from './ports.ts';

/** WASM keeps a copy of every file in a 4 GB heap: above this the model is not tried there as a reference. */
const WASM_REFERENCE_BYTES = 700 * 1024 * 1024;

export interface CertifyRequest {
  readonly model: ResolvedModel;
  readonly rungs: readonly LadderRung[];
  readonly threads: number;
  /** The run's first question, without its pixels; `gd` and `ps` whatever the run's methods. */
  readonly first: Omit<GroupRequest, 'pixels'>;
  readonly pixels: (sha256: string, model: LoadedModel) => Promise<Result<ProcessedImage>>;
  readonly ports: Pick<RunPorts, 'certificate' | 'keepCertificate'>;
  readonly browser: string;
  readonly lookalike: string;
  readonly allowUncertified: boolean;
  readonly says: (what: string) => void;
}

export interface Certified {
  readonly host: EngineHost;
  readonly loaded: LoadedModel;
  readonly certificate: Certificate;
}

/**
 * Climbs the ladder: each rung gets a fresh worker, its checks, and is taken if all pass (docs/certificate.md).
 * @returns the engine of the first rung that passes; 'device-wrong' when none does, unless the user overrides (then the first rung that loads)
 */
export async function certify(request: CertifyRequest): Promise<Result<Certified>> {
  const attempts: Attempt[] = [];
  let lastFault: Fault | null = null;
  let fallback: { host: EngineHost; loaded: LoadedModel; attempt: Attempt } | null = null;
  for (const rung of request.rungs) {
    const host = new EngineHost(request.model, rung, request.threads);
    const tried = await tryRung(host, request);
    if (!tried.ok) {
      lastFault = tried.fault;
      host.drop('its rung could not be tried');
      attempts.push(failedAttempt(rung, tried.fault));
      continue;
    }
    attempts.push(tried.value.attempt);
    if (tried.value.attempt.passed && tried.value.loaded) {
      const certificate = await issue(request, tried.value.attempt, attempts, tried.value.loaded, true, false);
      fallback?.host.drop();
      return ok({ host, loaded: tried.value.loaded, certificate });
    }
    if (request.allowUncertified && !fallback) {
      const loaded = tried.value.loaded ? ok(tried.value.loaded) : await host.load();
      if (loaded.ok) {
        fallback = { host, loaded: loaded.value, attempt: tried.value.attempt };
        continue;
      }
    }
    host.drop('its check failed');
  }
  if (fallback) {
    const certificate = await issue(request, fallback.attempt, attempts, fallback.loaded, false, true);
    return ok({ host: fallback.host, loaded: fallback.loaded, certificate });
  }
  const wrong = attempts.flatMap((a) => a.checks).find((c) => !c.passed && c.error !== null);
  if (!wrong && lastFault) return fail(lastFault);
  return fail(
    fault(
      'device-wrong',
      `This device does not compute the model rightly (${wrong ? `${wrong.name}: ${wrong.detail}` : 'no rung of the ladder could be tried'}), so nothing was scored. Run with the device WASM or auto, or choose another dtype.`,
      { attempts: attempts.map((a) => a.rung).join(', ') },
    ),
  );
}

async function tryRung(
  host: EngineHost,
  request: CertifyRequest,
): Promise<Result<{ attempt: Attempt; loaded: LoadedModel | null }>> {
  const { rung } = host;
  const where = rung.device === 'wasm' ? 'WASM' : `WebGPU, ${rung.name}`;
  request.says(`checking operators (${where})`);
  const checks: Check[] = [];
  const done = (
    passed: boolean,
    loaded: LoadedModel | null,
  ): Result<{ attempt: Attempt; loaded: LoadedModel | null }> =>
    ok({
      attempt: { rung: rung.name, device: rung.device, dtype: rung.dtype, settings: rung.settings, checks, passed },
      loaded,
    });

  const operators = await checkOperators(host, rung, request.threads);
  if (!operators.ok) return operators;
  checks.push(operators.value);
  // A device that fails small graphs need not be tried with the model.
  if (!operators.value.passed) return done(false, null);

  request.says(`loading the model (${where})`);
  const loaded = await host.load();
  if (!loaded.ok) return loaded;
  const known = await request.ports.certificate(subjectKey(request, rung, loaded.value));

  request.says(`checking the first item (${where})`);
  const limit = logprobLimit(rung.dtype);
  const image = (): Promise<Result<ProcessedImage>> => request.pixels(request.first.imageSha256, loaded.value);
  const cached = await host.score(request.first, image);
  if (!cached.ok) return cached;
  const full = await host.score({ ...request.first, plain: true }, image);
  if (!full.ok) return full;
  const name = 'First item: shared prefix against full forward';
  checks.push(
    compareOutcomes('full-forward', name, comparable(cached.value.outcomes), comparable(full.value.outcomes), limit),
  );

  if (rung.device === 'webgpu') {
    const kept = known?.checks.find((c) => c.kind === 'reference');
    checks.push(kept ?? (await againstWasm(request, rung, cached.value.outcomes, limit)));
  }
  const failed = cached.value.outcomes.find((o) => o.status === 'failed');
  if (failed?.status === 'failed' && checks.some((c) => !c.passed && c.error === null)) return fail(failed.fault);
  return done(
    checks.every((c) => c.passed),
    loaded.value,
  );
}

/** (b) The first item by the device against WASM, where the model fits there in the same dtype. */
async function againstWasm(
  request: CertifyRequest,
  rung: LadderRung,
  outcomes: readonly Outcome[],
  limit: number,
): Promise<Check> {
  const name = 'First item: this device against WASM';
  const skipped = (detail: string): Check => ({ kind: 'reference', name, error: null, limit, passed: true, detail });
  const bytes = request.model.source.files.reduce((n, f) => n + (f.path.endsWith('.json') ? 0 : f.size), 0);
  if (bytes > WASM_REFERENCE_BYTES)
    return skipped('Not made: the model is too large for WASM here. The full forward stands in for it.');
  if (Object.values(rung.dtype).some((d) => d === 'fp16' || d === 'q4f16'))
    return skipped('Not made: WASM does not compute in half precision. The full forward stands in for it.');
  request.says('checking the first item (WASM)');
  const host = new EngineHost(request.model, { ...rung, name: 'WASM', device: 'wasm' }, request.threads);
  try {
    const loaded = await host.load();
    if (!loaded.ok) return skipped(`Not made: WASM could not load the model (${loaded.fault.message})`);
    const reference = await host.score(request.first, () => request.pixels(request.first.imageSha256, loaded.value));
    if (!reference.ok) return skipped(`Not made: WASM could not score the item (${reference.fault.message})`);
    return compareOutcomes('reference', name, comparable(outcomes), comparable(reference.value.outcomes), limit);
  } finally {
    host.drop('the comparison is done');
  }
}

function comparable(outcomes: readonly Outcome[]): Comparable[] {
  return outcomes.flatMap((o) =>
    o.status === 'scored' ? [{ pair: o.pair, image: o.image, method: o.method, options: o.options }] : [],
  );
}

function failedAttempt(rung: LadderRung, f: Fault): Attempt {
  const check: Check = {
    kind: 'full-forward',
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

function subjectKey(request: CertifyRequest, rung: LadderRung, loaded: LoadedModel): string {
  const { adapter, features, limits, threads } = loaded.device;
  return certificateKey({
    device: rung.device,
    dtype: rung.dtype,
    adapter,
    features,
    limits,
    threads,
    browser: request.browser,
    libraries: loaded.libraries,
    modelFiles: request.model.files,
    lookalike: request.lookalike,
  });
}

async function issue(
  request: CertifyRequest,
  attempt: Attempt,
  attempts: readonly Attempt[],
  loaded: LoadedModel,
  passed: boolean,
  overridden: boolean,
): Promise<Certificate> {
  const rung: LadderRung = {
    name: attempt.rung,
    device: attempt.device,
    dtype: attempt.dtype,
    settings: attempt.settings,
  };
  const certificate: Certificate = {
    version: '1',
    key: subjectKey(request, rung, loaded),
    issuedAt: new Date().toISOString(),
    passed,
    overridden,
    rung: attempt.rung,
    settings: attempt.settings,
    device: attempt.device,
    dtype: attempt.dtype,
    adapter: loaded.device.adapter,
    features: loaded.device.features,
    limits: loaded.device.limits,
    browser: request.browser,
    libraries: loaded.libraries,
    modelFiles: request.model.files.map(({ path, sha256 }) => ({ path, sha256 })),
    checks: attempt.checks,
    attempts,
  };
  if (passed) await request.ports.keepCertificate(certificate);
  return certificate;
}
