import { KERNELS, type FilterName } from './filters.ts';

/** Bits behind the point of a coefficient: 32 - 8 (pixel) - 2 (sum may exceed the range). */
export const PRECISION_BITS = 22;

/** The coefficients of one axis of a resize. Output i sums `count[i]` pixels from `first[i]`, weights from `weights[i * stride]`. */
export interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed point, 22 bits behind the point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Coefficients for `sizeIn` -> `sizeOut` pixels over the box [lo, hi) (Pillow: precompute_coeffs, normalize_coeffs_8bpc).
 * Box edges are kept in float32 as Pillow keeps them, all else is float64; taps outside the picture do not exist.
 */
export function makeTaps(
  filter: Exclude<FilterName, 'NEAREST'>,
  sizeIn: number,
  sizeOut: number,
  lo = 0,
  hi = sizeIn,
): Taps {
  const kernel = KERNELS[filter];
  const start = Math.fround(lo);
  const scale = Math.fround(Math.fround(hi) - start) / sizeOut;
  const stretch = Math.max(scale, 1);
  const support = kernel.radius * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const taps = {
    first: new Int32Array(sizeOut),
    count: new Int32Array(sizeOut),
    weights: new Int32Array(sizeOut * stride),
    stride,
  };
  const row = new Float64Array(stride);
  for (let i = 0; i < sizeOut; i++) {
    const centre = start + (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(sizeIn, Math.trunc(centre + support + 0.5)) - from;
    let sum = 0;
    for (let j = 0; j < count; j++) {
      const w = kernel.weight((j + from - centre + 0.5) * (1 / stretch));
      row[j] = w;
      sum += w;
    }
    taps.first[i] = from;
    taps.count[i] = count;
    for (let j = 0; j < count; j++) taps.weights[i * stride + j] = fixed(sum === 0 ? at(row, j) : at(row, j) / sum);
  }
  return taps;
}

const at = (values: Float64Array, i: number): number => values[i] ?? 0;

/** To fixed point, half away from zero. */
const fixed = (w: number): number => Math.trunc(w * 2 ** PRECISION_BITS + (w < 0 ? -0.5 : 0.5));

/** Coefficients already made, by what they depend on. Owned by whoever resizes many images to the same sizes; never shared between realms. */
export interface TapCache {
  taps(filter: Exclude<FilterName, 'NEAREST'>, sizeIn: number, sizeOut: number, lo: number, hi: number): Taps;
}

/** A cache of the `limit` tables used last. */
export function createTapCache(limit = 32): TapCache {
  const kept = new Map<string, Taps>();
  return {
    taps(filter, sizeIn, sizeOut, lo, hi) {
      const key = `${filter} ${sizeIn} ${sizeOut} ${lo} ${hi}`;
      const found = kept.get(key) ?? makeTaps(filter, sizeIn, sizeOut, lo, hi);
      kept.delete(key);
      kept.set(key, found);
      const oldest = kept.keys().next().value;
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
      return found;
    },
  };
}
