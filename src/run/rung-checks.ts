import { compareOutcomes, type Comparable } from '../core/certificate/compare.ts';
import type { LadderRung } from '../core/certificate/ladder.ts';
import { logprobLimit } from '../core/certificate/limits.ts';
import type { Attempt, Certificate, Check } from '../core/certificate/types.ts';
import { fail, fault, ok, type Result } from '../core/fault.ts';
import type { ProcessedImage } from '../core/pixels/types.ts';
import type { FeatureData, LoadedModel, Outcome } from '../protocol/engine.ts';
import { EngineHost } from './engine-host.ts';
import { checkOperators } from './operators.ts';
import type { ResolvedModel } from './ports.ts';
import type { GroupAsk } from './requests.ts';

/** WASM keeps a copy of every file in a 4 GB heap: above this the model is not tried there as a reference. */
const WASM_REFERENCE_BYTES = 700 * 1024 * 1024;

export interface CheckRequest {
  readonly model: ResolvedModel;
  readonly threads: number;
  /** The run's first questions, one an image, without pixels; the first that can be asked is the item of the checks. */
  readonly items: readonly GroupAsk[];
  readonly pixels: (sha256: string, model: LoadedModel) => Promise<Result<ProcessedImage>>;
  /** Features that an earlier run kept; used only where a kept certificate vouches for the vision encoder. */
  readonly kept: (sha256: string, rung: LadderRung) => Promise<FeatureData | null>;
  readonly says: (what: string) => void;
}

/** What became of a rung: its attempt, and the loaded model when it came that far. */
export interface TriedRung {
  readonly attempt: Attempt;
  readonly loaded: LoadedModel | null;
  /** Images encoded whose features the engine still holds. */
  readonly imageEncodes: number;
}

/**
 * Checks one rung in a fresh worker, cheapest check first: operators, then the first item by a full forward, then against WASM.
 * @param known a certificate kept for the same subject: its operator and reference checks stand; the full forward is made in every run
 */
export async function checkRung(
  host: EngineHost,
  request: CheckRequest,
  known: Certificate | null,
): Promise<Result<TriedRung>> {
  const { rung } = host;
  const where = rung.device === 'wasm' ? 'WASM' : `WebGPU, ${rung.name}`;
  const checks: Check[] = [];
  let imageEncodes = 0;
  const tried = (passed: boolean, loaded: LoadedModel | null): Result<TriedRung> => {
    const { name, device, dtype, settings } = rung;
    return ok({ attempt: { rung: name, device, dtype, settings, checks, passed }, loaded, imageEncodes });
  };

  const kept = (kind: Check['kind']): Check | undefined => known?.checks.find((c) => c.kind === kind && c.passed);
  let operators = kept('operators');
  if (!operators) {
    request.says(`checking operators (${where})`);
    const made = await checkOperators(host, rung, request.threads);
    if (!made.ok) return made;
    operators = made.value;
  }
  checks.push(operators);
  // A device that fails small graphs need not be tried with the model.
  if (!operators.passed) return tried(false, null);

  request.says(`loading the model (${where})`);
  const loaded = await host.load();
  if (!loaded.ok) return loaded;

  request.says(`checking the first item (${where})`);
  const item = await firstItem(host, request, loaded.value, known !== null);
  if (!item.ok) return item;
  imageEncodes = item.value.imageEncodes;
  const limit = logprobLimit(rung.dtype);
  const image = (sha256: string): Promise<Result<ProcessedImage>> => request.pixels(sha256, loaded.value);
  const full = await host.score({ ...item.value.request, plain: true }, image);
  if (!full.ok) return full;
  const name = 'First item: shared prefix against full forward';
  checks.push(
    compareOutcomes('full-forward', name, comparable(item.value.outcomes), comparable(full.value.outcomes), limit),
  );
  if (rung.device === 'webgpu') checks.push(kept('reference') ?? (await againstWasm(rung, request, item.value, limit)));
  return tried(
    checks.every((c) => c.passed),
    loaded.value,
  );
}

interface Item {
  readonly request: GroupAsk;
  readonly outcomes: readonly Outcome[];
  readonly imageEncodes: number;
}

/** The first of the items that gives log-probabilities: a question that cannot be asked must not cost the run. */
async function firstItem(
  host: EngineHost,
  request: CheckRequest,
  loaded: LoadedModel,
  vouched: boolean,
): Promise<Result<Item>> {
  let encodes = 0;
  let last = fault('bad-benchmark', 'None of the first questions could be asked.');
  for (const item of request.items) {
    const scored = await host.score(
      item,
      (sha256) => request.pixels(sha256, loaded),
      () => (vouched ? request.kept(item.imageSha256, host.rung) : Promise.resolve(null)),
    );
    if (!scored.ok) {
      if (scored.fault.code !== 'unreadable' && scored.fault.code !== 'not-found') return scored;
      last = scored.fault;
      continue;
    }
    encodes += scored.value.work.imageEncodes;
    const { outcomes } = scored.value;
    if (comparable(outcomes).length > 0) return ok({ request: item, outcomes, imageEncodes: encodes });
    const failed = outcomes.find((o) => o.status === 'failed');
    if (failed?.status === 'failed') last = failed.fault;
  }
  return fail(last);
}

/** (b) The first item by the device against WASM, where the model fits there in the same dtype. */
async function againstWasm(rung: LadderRung, request: CheckRequest, item: Item, limit: number): Promise<Check> {
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
    const reference = await host.score(item.request, (sha256) => request.pixels(sha256, loaded.value));
    if (!reference.ok) return skipped(`Not made: WASM could not score the item (${reference.fault.message})`);
    return compareOutcomes('reference', name, comparable(item.outcomes), comparable(reference.value.outcomes), limit);
  } finally {
    host.drop('the comparison is done');
  }
}

function comparable(outcomes: readonly Outcome[]): Comparable[] {
  return outcomes.flatMap((o) =>
    o.status === 'scored' && o.options !== null
      ? [{ pair: o.pair, image: o.image, method: o.method, options: o.options }]
      : [],
  );
}
