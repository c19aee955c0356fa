import { fault, FaultError } from '../fault.ts';
import { isObject, type JsonObject } from '../json.ts';
import { PILLOW_FILTERS, type FilterName } from './filters.ts';
import { pyRound, type Size } from './geometry.ts';
import type { Normalisation } from './normalise.ts';
import type { Raster } from './types.ts';

/** The files of a model folder that say how its images are prepared, parsed; null where absent. */
export interface ProcessorFiles {
  readonly modelType: string;
  readonly preprocessor: unknown;
  readonly processor: unknown;
  readonly config: unknown;
}

/** `size` in any of its historical shapes (transformers image_processing_utils.py, get_size_dict). */
export interface SizeSetting {
  readonly height?: number;
  readonly width?: number;
  readonly shortest_edge?: number;
  readonly longest_edge?: number;
  readonly max_height?: number;
  readonly max_width?: number;
  readonly min_pixels?: number;
  readonly max_pixels?: number;
}
const SIZE_KEYS = [
  'height',
  'width',
  'shortest_edge',
  'longest_edge',
  'max_height',
  'max_width',
  'min_pixels',
  'max_pixels',
] as const;

function bad(key: string, value: unknown, wanted: string): FaultError {
  const text = JSON.stringify(value) ?? 'nothing';
  return new FaultError(
    fault('bad-model', `preprocessor_config.json has ${key} = ${text}, where ${wanted} is needed.`, { key }),
  );
}

/**
 * Settings of one image processor: what the folder says, else the class's own default. A null is "not said", as in Hugging Face
 * (BaseImageProcessor._set_attributes). A value of the wrong kind is a fault, never the default.
 */
export interface Settings {
  readonly raw: JsonObject;
  flag(key: string, fallback: boolean): boolean;
  number(key: string, fallback: number): number;
  /** A positive whole number. */
  whole(key: string, fallback: number): number;
  size(key: string, fallback: SizeSetting | null, square: boolean): SizeSetting | null;
  filter(fallback: FilterName): FilterName;
  triple(key: string, fallback: readonly number[]): readonly number[];
}

/** Reads the settings: `image_processor` of processor_config.json where it has one, else preprocessor_config.json (image_processing_base.py). */
export function settingsOf(files: Pick<ProcessorFiles, 'preprocessor' | 'processor'>): Settings {
  const nested = isObject(files.processor) ? files.processor['image_processor'] : undefined;
  const raw = isObject(nested) ? nested : isObject(files.preprocessor) ? files.preprocessor : {};
  return readSettings(raw);
}

function readSettings(raw: JsonObject): Settings {
  const given = (key: string): unknown => raw[key] ?? undefined;
  const number = (key: string, fallback: number): number => {
    const v = given(key) ?? fallback;
    if (typeof v !== 'number' || !Number.isFinite(v)) throw bad(key, v, 'a number');
    return v;
  };
  return {
    raw,
    number,
    flag(key, fallback) {
      const v = given(key) ?? fallback;
      if (typeof v !== 'boolean') throw bad(key, v, 'true or false');
      return v;
    },
    whole(key, fallback) {
      const v = number(key, fallback);
      if (!Number.isInteger(v) || v < 1) throw bad(key, v, 'a positive whole number');
      return v;
    },
    size(key, fallback, square) {
      const v = given(key);
      return v === undefined ? fallback : readSize(key, v, square);
    },
    filter(fallback) {
      const v = given('resample');
      if (v === undefined) return fallback;
      const name =
        typeof v === 'number' ? PILLOW_FILTERS[v] : PILLOW_FILTERS.find((f) => f === String(v).toUpperCase());
      if (!name) throw bad('resample', v, 'a filter of Pillow (0 to 5)');
      return name;
    },
    triple(key, fallback) {
      const v = given(key) ?? fallback;
      if (typeof v === 'number') return [v, v, v];
      if (Array.isArray(v) && v.length === 3 && v.every((x) => typeof x === 'number' && Number.isFinite(x)))
        return v as readonly number[];
      throw bad(key, v, 'a number for each of three channels');
    },
  };
}

function readSize(key: string, v: unknown, square: boolean): SizeSetting {
  const whole = (x: unknown): x is number => typeof x === 'number' && Number.isInteger(x) && x > 0;
  if (whole(v)) return square ? { height: v, width: v } : { shortest_edge: v };
  if (Array.isArray(v) && v.length === 2 && whole(v[0]) && whole(v[1])) return { height: v[0], width: v[1] };
  if (!isObject(v)) throw bad(key, v, 'a size');
  const out: Record<string, number> = {};
  for (const k of SIZE_KEYS) {
    const x = v[k] ?? undefined;
    if (x === undefined) continue;
    if (!whole(x)) throw bad(`${key}.${k}`, x, 'a positive whole number');
    out[k] = x;
  }
  if (Object.keys(out).length === 0) throw bad(key, v, 'a size with height and width, or an edge');
  return out;
}

/** The size that the plain resize step makes of a picture (image_processing_backends.py, PilBackend.resize). */
export function targetSize(size: SizeSetting, [height, width]: Size): Size {
  const { shortest_edge: short, longest_edge: long } = size;
  if (short && long) return shortestWithin(height, width, short, long);
  if (short)
    return width <= height
      ? [Math.trunc((short * height) / width), short]
      : [short, Math.trunc((short * width) / height)];
  if (size.max_height && size.max_width) {
    const scale = Math.min(size.max_height / height, size.max_width / width);
    return [Math.trunc(height * scale), Math.trunc(width * scale)];
  }
  if (size.height && size.width) return [size.height, size.width];
  throw bad('size', size, 'height and width, or shortest_edge,');
}

/** image_transforms.py, get_size_with_aspect_ratio. */
function shortestWithin(height: number, width: number, shortest: number, longest: number): Size {
  let size = shortest;
  let raw: number | null = null;
  const small = Math.min(height, width);
  const large = Math.max(height, width);
  if ((large / small) * size > longest) {
    raw = (longest * small) / large;
    size = pyRound(raw);
  }
  if (small === size) return [height, width];
  if (width < height) return [Math.trunc(((raw ?? size) * height) / width), size];
  return [size, Math.trunc(((raw ?? size) * width) / height)];
}

/** height and width of a setting that must name both. */
export function exactSize(key: string, size: SizeSetting | null): Size {
  if (size?.height && size.width) return [size.height, size.width];
  throw bad(key, size, 'height and width');
}

/** The steps do_rescale and do_normalize with the class's mean and standard deviation. */
export function normalisationOf(
  s: Settings,
  defaults: { readonly mean: readonly number[]; readonly std: readonly number[]; readonly normalize?: boolean },
): Normalisation {
  const normalize = s.flag('do_normalize', defaults.normalize ?? true);
  return {
    rescale: s.flag('do_rescale', true) ? s.number('rescale_factor', 1 / 255) : null,
    mean: normalize ? s.triple('image_mean', defaults.mean) : null,
    std: normalize ? divisors(s.triple('image_std', defaults.std)) : null,
  };
}

/** What is divided by: a zero would make every value infinite. */
function divisors(std: readonly number[]): readonly number[] {
  if (std.includes(0)) throw bad('image_std', std, 'a number other than 0 for each of three channels');
  return std;
}

export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;
export const HALF = [0.5, 0.5, 0.5] as const;

export const sizeOf = (image: Raster): Size => [image.height, image.width];
