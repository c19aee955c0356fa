/** One channel of a picture as numbers, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * A bicubic resize that looks at sixteen pixels however small the picture becomes: torch's `interpolate(mode='bicubic')` without antialias, of float32 numbers
 * (ATen, UpSampleKernel.cpp and UpSample.h: A = -0.75, indices beyond the edge are the edge's).
 */
export function resizeCubic({ width, height, data }: Plane, high: number, wide: number): Float32Array {
  const rows = sourcesOf(height, high);
  const cols = sourcesOf(width, wide);
  const out = new Float32Array(high * wide);
  let to = 0;
  for (const row of rows)
    for (const col of cols) {
      let sum = 0;
      for (let i = 0; i < 4; i++) {
        const start = (row.at[i] ?? 0) * width;
        let line = 0;
        for (let j = 0; j < 4; j++) line += (col.weight[j] ?? 0) * (data[start + (col.at[j] ?? 0)] ?? 0);
        sum += (row.weight[i] ?? 0) * line;
      }
      out[to++] = sum;
    }
  return out;
}

/** The four places of a line that make each place of the new one. */
interface Source {
  readonly at: readonly number[];
  readonly weight: readonly number[];
}

function sourcesOf(from: number, to: number): readonly Source[] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, i) => {
    const place = Math.fround(scale * (i + 0.5) - 0.5);
    const low = Math.floor(place);
    const t = Math.fround(place - low);
    const at = [-1, 0, 1, 2].map((d) => Math.min(from - 1, Math.max(0, low + d)));
    return { at, weight: [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)] };
  });
}

const A = -0.75;
/** Weights of places nearer than one, and of those between one and two places away. */
const inner = (x: number): number => ((A + 2) * x - (A + 3)) * x * x + 1;
const outer = (x: number): number => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
