import type { CatalogueEntry } from '../../core/models/catalogue.ts';
import { DTYPES, isDtype, type Dtype, type DtypeMap } from '../../core/models/dtypes.ts';
import { fit, type DeviceLimits, type Fit } from '../../core/models/fit.ts';
import { isDecoder, seesImages } from '../../core/models/families/sessions.ts';
import { chooseDtypes } from '../../core/models/choice.ts';
import { chooseFiles, type FileChoice, type HubModel } from '../../core/models/hub/model.ts';
import type { DeviceReport } from '../shared/capability.ts';

/** Where a model would run: on what, and with which limits. */
export interface Place {
  readonly kind: 'webgpu' | 'wasm';
  readonly half: boolean;
  readonly limits: DeviceLimits;
}

/** What a choice of weights asks of this device. */
export interface Offer {
  readonly dtype: Dtype;
  /** All sessions are counted; otherwise the costs are those of the decoder alone, and more comes. */
  readonly whole: boolean;
  readonly fit: Fit;
}
/** The same to the byte, once the hub has said what there is. */
export interface HubOffer extends Offer {
  readonly choice: FileChoice;
}

/** A software adapter counts as none: automatic runs do not use it. */
export function placeOf({ capabilities, memory, storage }: DeviceReport): Place {
  const adapter = capabilities.adapter;
  const webgpu = adapter !== null && !adapter.fallback;
  const half = webgpu && adapter.half;
  const limits = {
    webgpu,
    shaderF16: half,
    maxBufferSize: adapter?.limits['maxBufferSize'] ?? null,
    maxStorageBufferBindingSize: adapter?.limits['maxStorageBufferBindingSize'] ?? null,
    memory: memory === null ? null : memory * 2 ** 30,
    freeStorage: storage.quota === null ? null : storage.quota - (storage.used ?? 0),
  };
  return { kind: webgpu ? 'webgpu' : 'wasm', half, limits };
}

const HALF: readonly Dtype[] = ['fp16', 'q4f16'];

/** The weights that can be chosen of a catalogue entry, in the order of DTYPES, each with what it costs here. */
export function offersOf(entry: CatalogueEntry, place: Place): readonly Offer[] {
  const sessions = Object.keys(entry.sizes);
  const decoder = sessions.find(isDecoder) ?? sessions.find((s) => s === 'vision_model');
  const known = decoder === undefined ? entry.total : { ...entry.total, ...entry.sizes[decoder] };
  return DTYPES.filter((d) => known[d] !== undefined).map((dtype) => offerOf(entry, dtype, place));
}

function offerOf(entry: CatalogueEntry, dtype: Dtype, { kind, half, limits }: Place): Offer {
  const judged = (found: Fit, whole: boolean): Offer => ({ dtype, whole, fit: onProcessor(dtype, kind, found) });
  // A total that was seen counts more than a sum of sessions of which some may not be known.
  if (entry.total[dtype] !== undefined) {
    const all = { sizes: {}, total: entry.total };
    return judged(fit(all, { all: dtype }, kind, limits), true);
  }
  const offered = Object.fromEntries(Object.entries(entry.sizes).map(([s, sizes]) => [s, Object.keys(sizes)]));
  const chosen = chooseDtypes({ offered, asked: dtype, device: kind, half });
  const dtypes = chosen.ok ? dtypeMap(chosen.value[0] ?? {}) : { [Object.keys(entry.sizes)[0] ?? 'model']: dtype };
  const whole = chosen.ok && (entry.kind !== 'vision-language' || seesImages(Object.keys(entry.sizes)));
  const found = fit({ sizes: entry.sizes, total: {} }, dtypes, kind, limits);
  return judged(whole ? found : atLeast(found), whole);
}

/** Half-precision weights are exported for GPUs; what the processor does with them is not known before it is tried. */
function onProcessor(dtype: Dtype, kind: Place['kind'], found: Fit): Fit {
  if (kind !== 'wasm' || !HALF.includes(dtype) || found.verdict === 'too-large') return found;
  const reason = `${dtype} is meant for a GPU with shader-f16, which is not here: on the processor it may be slow, or refused.`;
  return { ...found, verdict: 'unknown', reasons: [...found.reasons, reason] };
}

/** What is too large without its encoder is too large; of what is not, nothing is known. */
function atLeast(found: Fit): Fit {
  if (found.verdict === 'too-large') return found;
  const reasons = [...found.reasons, 'That is the decoder; the rest is known when the hub is asked.'];
  return { ...found, verdict: 'unknown', reasons };
}

function dtypeMap(chosen: Readonly<Record<string, string>>): DtypeMap {
  return Object.fromEntries(Object.entries(chosen).flatMap(([s, d]) => (isDtype(d) ? [[s, d] as const] : [])));
}

/** What the hub has of a model, each choice to the byte; choices that Lookalike cannot run are left out. */
export function hubOffers(model: HubModel, { kind, half, limits }: Place): readonly HubOffer[] {
  return DTYPES.flatMap((dtype) => {
    const choice = chooseFiles(model, dtype, { kind, half });
    if (!choice.ok) return [];
    const found = fit({ sizes: model.sizes, total: {} }, choice.value.dtypes, kind, limits);
    return [{ dtype, whole: true, fit: onProcessor(dtype, kind, found), choice: choice.value }];
  });
}

/** The first that fits from small to large: q4 before q8 before full, as the decoder's speed wants it. */
const PREFERRED: readonly Dtype[] = ['q4f16', 'q4', 'q8', 'fp16', 'fp32'];
export function preferredOffer<T extends Offer>(offers: readonly T[], half: boolean): T | null {
  for (const d of PREFERRED) {
    if (!half && HALF.includes(d)) continue; // their kernels want a GPU with shader-f16
    const found = offers.find((o) => o.dtype === d && o.fit.verdict !== 'too-large');
    if (found) return found;
  }
  return offers[0] ?? null;
}

export const FIT_WORDS = { fits: 'fits', tight: 'tight', 'too-large': 'too large', unknown: 'not known' } as const;

/** '256 M', '4.3 B'. */
export function parametersInWords(n: number): string {
  return n >= 1e9 ? `${(n / 1e9).toFixed(1)} B` : `${Math.round(n / 1e6)} M`;
}
