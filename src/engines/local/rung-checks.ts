import type { ImageRef } from '../../core/images/ref.ts';
import { compareOutcomes, type Comparable } from '../../core/certificate/compare.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { deviceLimit, forwardCheck } from '../../core/certificate/scales.ts';
import type { Attempt, Certificate, Check } from '../../core/certificate/types.ts';
import { fail, fault, ok, type Fault, type Result } from '../../core/fault.ts';
import { scaledByRun } from '../../core/models/dtypes.ts';
import type { ProcessedImage } from '../../core/images/types.ts';
import type { FeatureData, LoadedModel } from '../../protocol/engine.ts';
import type { Outcome } from '../../core/records/outcome.ts';
import type { LoadStep } from '../engine.ts';
import type { EngineHost, ImageSource } from './host.ts';
import { checkOperators } from './operators.ts';
import { checkPrecision } from './precision.ts';
import { noWasmReference } from './subject.ts';
import type { ResolvedModel } from './model.ts';
import type { GroupAsk } from '../../core/plan/ask.ts';

export interface CheckRequest {
  readonly model: ResolvedModel;
  readonly threads: number;
  /** The run's first questions, one an image, without pixels; the first that can be asked is the item of the checks. */
  readonly items: readonly GroupAsk[];
  /** A worker of its own for a rung. */
  readonly host: (rung: LadderRung) => EngineHost;
  readonly pixels: (image: ImageRef, model: LoadedModel) => Promise<Result<ProcessedImage>>;
  /** Features that an earlier run kept; used only where a kept certificate vouches for the vision encoder. */
  readonly kept: (image: ImageRef, rung: LadderRung) => Promise<FeatureData | null>;
  readonly says: (step: LoadStep) => void;
}

/** What became of a rung: its attempt, and the loaded model when it came that far. */
export interface TriedRung {
  readonly attempt: Attempt;
  readonly loaded: LoadedModel | null;
  /** Images encoded whose features the engine still holds. */
  readonly images: readonly ImageRef[];
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
  let images: readonly ImageRef[] = [];
  const tried = (passed: boolean, loaded: LoadedModel | null): Result<TriedRung> => {
    const { name, device, dtype, settings } = rung;
    return ok({ attempt: { rung: name, device, dtype, settings, checks, passed }, loaded, images });
  };

  const kept = (kind: Check['kind']): Check | undefined => known?.checks.find((c) => c.kind === kind && c.passed);
  let operators = kept('operators');
  if (!operators) {
    request.says({ kind: 'checking', what: `operators (${where})` });
    const made = await checkOperators((r) => host.worker().call((api) => api.checkOperators(r)), rung, request.threads);
    if (!made.ok) return made;
    operators = made.value;
  }
  checks.push(operators);
  // A device that fails small graphs need not be tried with the model.
  if (!operators.passed) return tried(false, null);

  request.says({ kind: 'loading', what: `the model (${where})` });
  const loaded = await host.load();
  if (!loaded.ok) return loaded;

  request.says({ kind: 'checking', what: `the first item (${where})` });
  const item = await firstItem(host, request, loaded.value, known !== null);
  if (!item.ok) return item;
  images = item.value.images;
  const forward = await againstForward(host, request, item.value, loaded.value);
  if (!forward.ok) return forward;
  checks.push(forward.value);
  const limit = deviceLimit(rung.dtype, { checks });
  if (rung.device === 'webgpu') checks.push(kept('reference') ?? (await againstWasm(rung, request, item.value, limit)));
  const precision = kept('precision') ?? (await againstFiner(rung, request, item.value));
  if (precision) checks.push(precision);
  return tried(
    checks.every((c) => c.passed),
    loaded.value,
  );
}

interface Item {
  readonly ask: GroupAsk;
  readonly outcomes: readonly Outcome[];
  readonly images: readonly ImageRef[];
}

/** The first of the items that gives log-probabilities: a question that cannot be asked must not cost the run. */
async function firstItem(
  host: EngineHost,
  request: CheckRequest,
  loaded: LoadedModel,
  vouched: boolean,
): Promise<Result<Item>> {
  const encoded: ImageRef[] = [];
  const faults: Fault[] = [];
  for (const item of request.items) {
    const asked: ImageRef[] = [];
    const images = imagesOf(request, loaded, asked);
    const kept = (): Promise<FeatureData | null> => request.kept(item.image, host.rung);
    const scored = await host.score(item, vouched ? { ...images, kept } : images);
    if (!scored.ok) {
      if (scored.fault.code !== 'unreadable' && scored.fault.code !== 'not-found') return scored;
      faults.push(scored.fault);
      continue;
    }
    encoded.push(...asked);
    const { outcomes } = scored.value;
    if (comparable(outcomes).length > 0) return ok({ ask: item, outcomes, images: encoded });
    const failed = outcomes.find((o) => o.status === 'failed');
    if (failed?.status === 'failed') faults.push(failed.fault);
  }
  return fail(noneAskable(faults));
}

/** One fault for all: the first's, with what each of the others says. */
function noneAskable(faults: readonly Fault[]): Fault {
  const [first] = faults;
  if (!first) return fault('bad-benchmark', 'None of the first questions could be asked.');
  const words = [...new Set(faults.map((f) => f.message))];
  if (words.length === 1) return first;
  const more = words.length > MOST_NAMED ? ` And ${words.length - MOST_NAMED} more like these.` : '';
  return fault(first.code, `None of the questions can be asked. ${words.slice(0, MOST_NAMED).join(' ')}${more}`);
}
const MOST_NAMED = 8;

/** (c) The first item by full forwards, or by the shared prefix where the run makes full forwards. */
async function againstForward(
  host: EngineHost,
  request: CheckRequest,
  item: Item,
  loaded: LoadedModel,
): Promise<Result<Check>> {
  const { dtype } = host.rung;
  const other = await host.score(item.ask, imagesOf(request, loaded), { plain: !scaledByRun(dtype) });
  if (!other.ok) return other;
  return ok(forwardCheck('First item', comparable(item.outcomes), comparable(other.value.outcomes), dtype));
}

/** (d) The first item in finer weights of the same folder. */
function againstFiner(rung: LadderRung, request: CheckRequest, item: Item): Promise<Check | null> {
  return checkPrecision(rung, request.model, comparable(item.outcomes), async (finer) => {
    request.says({ kind: 'checking', what: 'the weights against finer ones' });
    const host = request.host(finer);
    try {
      const loaded = await host.load();
      if (!loaded.ok) return loaded.fault.message;
      const scored = await host.score(item.ask, imagesOf(request, loaded.value));
      return scored.ok ? comparable(scored.value.outcomes) : scored.fault.message;
    } finally {
      host.drop('the comparison is done');
    }
  });
}

/** (b) The first item by the device against WASM, where the model fits there in the same dtype. */
async function againstWasm(rung: LadderRung, request: CheckRequest, item: Item, limit: number): Promise<Check> {
  const name = 'First item: this device against WASM';
  const skipped = (detail: string): Check => ({ kind: 'reference', name, error: null, limit, passed: true, detail });
  const why = noWasmReference(request.model, rung);
  if (why !== null) return skipped(why);
  request.says({ kind: 'checking', what: 'the first item (WASM)' });
  const host = request.host({ ...rung, name: 'WASM', device: 'wasm' });
  try {
    const loaded = await host.load();
    if (!loaded.ok) return skipped(`Not made: WASM could not load the model (${loaded.fault.message})`);
    const reference = await host.score(item.ask, imagesOf(request, loaded.value));
    if (!reference.ok) return skipped(`Not made: WASM could not score the item (${reference.fault.message})`);
    return compareOutcomes('reference', name, comparable(item.outcomes), comparable(reference.value.outcomes), limit);
  } finally {
    host.drop('the comparison is done');
  }
}

/** Pixels by the run's own way; `asked` takes down which images the worker had to encode. */
function imagesOf(request: CheckRequest, loaded: LoadedModel, asked: ImageRef[] = []): ImageSource {
  return {
    pixels: (image) => {
      asked.push(image);
      return request.pixels(image, loaded);
    },
  };
}

function comparable(outcomes: readonly Outcome[]): Comparable[] {
  return outcomes.flatMap((o) =>
    o.status === 'scored' && o.options !== null
      ? [{ pair: o.pair, image: o.image, method: o.method, options: o.options }]
      : [],
  );
}
