/** The resampling filters of Pillow (src/libImaging/Resample.c). */
export type FilterName = 'NEAREST' | 'LANCZOS' | 'BILINEAR' | 'BICUBIC' | 'BOX' | 'HAMMING';

/** The numbers that `resample` holds in preprocessor_config.json, in order (PIL.Image.Resampling). */
export const PILLOW_FILTERS: readonly FilterName[] = ['NEAREST', 'LANCZOS', 'BILINEAR', 'BICUBIC', 'BOX', 'HAMMING'];

/** A filter as a function of the distance from the centre, in output pixels of a magnified (or stretched) grid. */
export interface Kernel {
  /** The kernel is zero beyond this distance. */
  readonly radius: number;
  weight(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5; // Keys' cubic; browsers and OpenCV use -0.75, which is another filter
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Pillow writes these as float constants (0.54f, 0.46f). */
const HAMMING_A = Math.fround(0.54);
const HAMMING_B = Math.fround(0.46);

function hamming(distance: number): number {
  const x = Math.abs(distance);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  const t = x * Math.PI;
  return (Math.sin(t) / t) * (HAMMING_A + HAMMING_B * Math.cos(t));
}

/** Every filter but NEAREST, which has no kernel. */
export const KERNELS: Readonly<Record<Exclude<FilterName, 'NEAREST'>, Kernel>> = {
  BOX: { radius: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  BILINEAR: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  HAMMING: { radius: 1, weight: hamming },
  BICUBIC: { radius: 2, weight: bicubic },
  LANCZOS: { radius: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};
