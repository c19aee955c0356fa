import { planLadder, type LadderRung } from '../../core/certificate/ladder.ts';
import type { Check } from '../../core/certificate/types.ts';
import { cosine, COSINE_LIMIT, lowestCosine } from '../../core/discovery/agreement.ts';
import { fail, fault, ok, type Fault, type Result } from '../../core/fault.ts';
import type { LoadedEncoder } from '../../protocol/encoder.ts';
import { wasmThreads, type Capabilities } from '../local/device.ts';
import { checkOperators } from '../local/operators.ts';
import { createEncoderHost, type EncoderHost, type EncoderSource } from './host.ts';

/** What shows that a device computes an encoder rightly; kept with what was found. */
export interface EncoderCertificate {
  readonly device: 'webgpu' | 'wasm';
  readonly rung: string;
  readonly adapter: Readonly<Record<string, string>> | null;
  readonly checks: readonly Check[];
  /** What the rungs before it failed at. */
  readonly failed: readonly { readonly rung: string; readonly reason: string }[];
}

export interface CertifiedEncoder {
  readonly host: EncoderHost;
  readonly loaded: LoadedEncoder;
  readonly certificate: EncoderCertificate;
}

export interface CertifyEncoderRequest extends EncoderSource {
  readonly device: 'auto' | 'webgpu' | 'wasm';
  readonly threads: number | 'auto';
  readonly capabilities: Capabilities;
  /** The first images; those that can be decoded are compared. */
  readonly images: readonly Blob[];
}

/** Images that are compared with WASM. */
export const CHECK_IMAGES = 4;

/**
 * Climbs the ladder as for models (docs/certificate.md): each WebGPU rung must compute the small graphs rightly, and embed the first images as
 * WASM does. WASM is what the others are compared with.
 */
export async function certifyEncoder(request: CertifyEncoderRequest): Promise<Result<CertifiedEncoder>> {
  const { device, capabilities } = request;
  if (device === 'webgpu' && capabilities.adapter === null)
    return fail(fault('no-device', 'This browser offers no WebGPU adapter. Choose the device WASM or auto.'));
  const none = [{}];
  const rungs = planLadder({
    device,
    dtypeAuto: false,
    webgpuDtypes: none,
    wasmDtypes: none,
    adapter: capabilities.adapter,
  });
  const failed: { rung: string; reason: string }[] = [];
  let last: Fault | null = null;
  for (const rung of rungs) {
    const host = createEncoderHost(request, rung, wasmThreads(request.threads));
    const tried = await tryRung(host, rung, request);
    if (tried.ok) {
      const { loaded, checks } = tried.value;
      const certificate = { device: rung.device, rung: rung.name, adapter: loaded.device.adapter, checks, failed };
      return ok({ host, loaded, certificate });
    }
    host.end();
    last = tried.fault;
    if (!CLIMB_ON.has(tried.fault.code)) return tried;
    failed.push({ rung: rung.name, reason: tried.fault.message });
  }
  return fail(last ?? fault('no-device', 'This device has no way to run the encoder.'));
}

/** Faults of a device, which another rung may not have; any other lies in the encoder itself. */
const CLIMB_ON: ReadonlySet<string> = new Set([
  'device-wrong',
  'device-lost',
  'runtime',
  'out-of-memory',
  'worker-died',
]);

async function tryRung(
  host: EncoderHost,
  rung: LadderRung,
  request: CertifyEncoderRequest,
): Promise<Result<{ loaded: LoadedEncoder; checks: readonly Check[] }>> {
  const checks: Check[] = [];
  if (rung.device === 'webgpu') {
    const operators = await checkOperators(
      (r) => host.worker().call((api) => api.checkOperators(r)),
      rung,
      wasmThreads(request.threads),
    );
    if (!operators.ok) return operators;
    checks.push(operators.value);
  }
  const loaded = await host.load();
  if (!loaded.ok) return loaded;
  if (rung.device === 'webgpu') {
    const compared = await compareWithWasm(host, request);
    if (!compared.ok) return compared;
    checks.push(compared.value);
  }
  const wrong = checks.find((c) => !c.passed);
  if (wrong) return fail(fault('device-wrong', `${wrong.name}: ${wrong.detail}`));
  return ok({ loaded: loaded.value, checks });
}

/** The first images by the device and by WASM, in a worker of its own that ends behind it. */
async function compareWithWasm(host: EncoderHost, request: CertifyEncoderRequest): Promise<Result<Check>> {
  const images = request.images.slice(0, CHECK_IMAGES);
  const plain: LadderRung = {
    name: 'WASM',
    device: 'wasm',
    dtype: {},
    settings: { hideSubgroups: false, fp32Accumulation: false },
  };
  const reference = createEncoderHost(request, plain, wasmThreads(request.threads));
  try {
    const [ours, theirs] = [await host.embed(images), await reference.embed(images)];
    if (!ours.ok) return ours;
    if (!theirs.ok) return theirs;
    const cosines = ours.value.flatMap((a, i) => {
      const b = theirs.value[i];
      return a.ok && b?.ok ? [cosine(a.embedding, b.embedding)] : [];
    });
    const lowest = lowestCosine(cosines);
    return ok({
      kind: 'reference',
      name: 'Embeddings beside WASM',
      error: lowest === null ? null : 1 - lowest,
      limit: 1 - COSINE_LIMIT,
      passed: lowest === null || lowest >= COSINE_LIMIT,
      detail:
        lowest === null
          ? 'None of the first images could be decoded, so nothing was compared.'
          : `The lowest cosine of ${cosines.length} images to WASM is ${lowest.toFixed(7)}.`,
    });
  } finally {
    reference.end();
  }
}
