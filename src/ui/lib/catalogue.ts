import type { CatalogueEntry } from '../../core/catalogue/catalogue.ts';
import { DTYPES, type Dtype, type DtypeMap } from '../../core/catalogue/dtypes.ts';
import { fit, type DeviceLimits, type Fit } from '../../core/catalogue/fit.ts';
import type { DeviceReport } from './capability.ts';

/** What a choice of weights asks of this device. */
export interface Offer {
  readonly dtype: Dtype;
  readonly dtypes: DtypeMap;
  readonly fit: Fit;
}

export function limitsOf({ capabilities, memory, storage }: DeviceReport): DeviceLimits {
  const adapter = capabilities.adapter;
  return {
    webgpu: adapter !== null && !adapter.fallback,
    shaderF16: adapter?.half ?? false,
    maxBufferSize: adapter?.limits['maxBufferSize'] ?? null,
    maxStorageBufferBindingSize: adapter?.limits['maxStorageBufferBindingSize'] ?? null,
    memory: memory === null ? null : memory * 2 ** 30,
    freeStorage: storage.quota === null ? null : storage.quota - (storage.used ?? 0),
  };
}

/** The weights that can be chosen of an entry, in the order of DTYPES, each with what it costs here. */
export function offersOf(entry: CatalogueEntry, report: DeviceReport): readonly Offer[] {
  const limits = limitsOf(report);
  return DTYPES.filter((d) => has(entry, d)).map((dtype) => {
    const dtypes = dtypesFor(entry, dtype);
    return { dtype, dtypes, fit: fit(entry, dtypes, limits.webgpu ? 'webgpu' : 'wasm', limits) };
  });
}

/** Decoders decide: a dtype is offered where the decoder (or the whole) has it. */
function has(entry: CatalogueEntry, dtype: Dtype): boolean {
  const decoder = entry.sizes['decoder_model_merged'] ?? entry.sizes['model'];
  return (decoder ?? entry.total)[dtype] !== undefined;
}

const SESSIONS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];

/** Session to dtype; sessions that lack it are taken in fp32, or in what there is, as a run does. */
function dtypesFor(entry: CatalogueEntry, dtype: Dtype): DtypeMap {
  const names = Object.keys(entry.sizes);
  const all = names.length > 0 ? names : SESSIONS;
  return Object.fromEntries(
    all.map((session) => {
      const sizes = entry.sizes[session];
      const other = DTYPES.find((d) => sizes?.[d] !== undefined) ?? dtype;
      return [session, sizes === undefined || sizes[dtype] !== undefined ? dtype : other];
    }),
  );
}

/** The first that fits from small to large quality loss: q4 before q8 before full, as the decoder's speed wants it. */
const PREFERRED: readonly Dtype[] = ['q4f16', 'q4', 'q8', 'fp16', 'fp32'];
export function preferredOffer(offers: readonly Offer[], half: boolean): Offer | null {
  for (const d of PREFERRED) {
    if (!half && (d === 'q4f16' || d === 'fp16')) continue; // their kernels want a GPU with shader-f16
    const found = offers.find((o) => o.dtype === d && o.fit.verdict !== 'too-large');
    if (found) return found;
  }
  return offers[0] ?? null;
}

export const FIT_WORDS = { fits: 'fits', tight: 'tight', 'too-large': 'too large', unknown: 'size unknown' } as const;

/** '256 M', '4.3 B'. */
export function parametersInWords(n: number): string {
  return n >= 1e9 ? `${(n / 1e9).toFixed(1)} B` : `${Math.round(n / 1e6)} M`;
}
