import { at } from '../json.ts';
import type { Dtype, DtypeMap } from '../models/dtypes.ts';

/** Dtypes from the finest; weights of 4 bits last. */
const FINENESS: readonly (readonly string[])[] = [['fp32'], ['fp16'], ['q8', 'int8', 'uint8'], ['q4', 'q4f16', 'bnb4']];
const rank = (dtype: string): number => FINENESS.findIndex((d) => d.includes(dtype));
/** What WASM computes in; half precision is left to GPUs. */
const ON_WASM: readonly Dtype[] = ['fp32', 'q8', 'int8', 'uint8'];

/**
 * How far log p may move by coarser weights before tables say so: 8 bits keep it within some hundredths, 4 bits within some tenths in models that were
 * trained. A file that was damaged when it was quantised moves it by whole units.
 */
const LIMITS = [0, 0.5, 0.5, 2] as const;

/** The limit for a model whose files have these dtypes: that of the coarsest. */
export function precisionLimit(dtypes: Readonly<Record<string, string>>): number {
  return Math.max(...Object.values(dtypes).map((d) => LIMITS[rank(d)] ?? 0));
}

/**
 * The same sessions in the finest dtype that the folder has and WASM computes in.
 * @param offered dtypes of each session
 * @returns null where nothing finer is at hand
 */
export function finerDtypes(dtypes: DtypeMap, offered: Readonly<Record<string, readonly string[]>>): DtypeMap | null {
  const finer = Object.entries(dtypes).map(([session, dtype]) => {
    const [best] = ON_WASM.filter((d) => offered[session]?.includes(d)).sort((a, b) => rank(a) - rank(b));
    return [session, best !== undefined && rank(best) < rank(dtype) ? best : dtype] as const;
  });
  return finer.some(([session, dtype]) => dtypes[session] !== dtype) ? Object.fromEntries(finer) : null;
}

/** What every table of a run must say of its weights, from its certificate (any version's); null: nothing. */
export function coarseWeights(certificate: unknown): string | null {
  const checks = at(certificate, 'checks');
  if (!Array.isArray(checks)) return null;
  for (const check of checks as readonly unknown[]) {
    const [kind, error, limit] = ['kind', 'error', 'limit'].map((key) => at(check, key));
    if (kind === 'precision' && typeof error === 'number' && typeof limit === 'number' && error > limit)
      return `The model's weights are too coarse: in a finer dtype of the same model log p of the first question differs by up to ${error.toFixed(2)}. Numbers of these weights are not the model's.`;
  }
  return null;
}
