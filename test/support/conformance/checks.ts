import { valueTables } from '../../../src/core/images/normalise.ts';
import { reduceThenResize } from './reduce.ts';
import { resize, type PassOrder } from '../../../src/core/images/resize.ts';
import type { PixelPolicy, ProcessedImage, Raster } from '../../../src/core/images/types.ts';
import type { Result } from '../../../src/core/fault.ts';
import type { CaseOf } from './case.ts';
import { comparePictures, compareValues, flatNumbers, together } from './compare.ts';
import type { Files } from './files.ts';
import type { PixelsApi } from '../../../src/protocol/pixels.ts';

/** What the checks are made with: the folder, and the real image worker. */
export interface Bench {
  readonly files: Files;
  decode(image: Blob, policy: PixelPolicy): ReturnType<PixelsApi['decode']>;
  prepare(image: Blob, settings: Parameters<PixelsApi['prepare']>[1]): Promise<Result<ProcessedImage>>;
}

const STORED: PixelPolicy = { passOrder: 'horizontal-first', exif: 'ignore', alpha: 'drop' };

async function decoded(bench: Bench, path: string, policy: PixelPolicy): Promise<Raster> {
  const r = await bench.decode(await bench.files.blob(path), policy);
  if (!r.ok) throw new Error(r.fault.message);
  return r.value.raster;
}

/** PIL's convert('L'). */
function grey({ width, height, data }: Raster): Raster {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const [r = 0, g = 0, b = 0] = data.subarray(i * 3, i * 3 + 3);
    out[i] = (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: out };
}

const orderOf = (name: string | null | undefined): PassOrder =>
  name === 'horizontal-first' ? 'horizontal-first' : 'pillow13';

/** Pillow 13's pixels under its order, and Pillow 12's where they differ. */
export async function checkResize(c: CaseOf<'resize'>, bench: Bench): Promise<string> {
  const stored = await decoded(bench, c.input, STORED);
  const image = c.params.mode === 'L' ? grey(stored) : stored;
  const limit = c.tolerance.max_abs ?? 0;
  const one = async (file: string, order: PassOrder): Promise<string> => {
    const [width, height] = c.params.size;
    const options = { width, height, filter: c.params.resample, order, box: c.params.box ?? undefined };
    const gap = c.params.reducing_gap ?? null;
    const got = gap === null ? resize(image, options) : reduceThenResize(image, options, gap);
    return comparePictures(got, await bench.files.picture(file), limit);
  };
  return together({
    pixels: await one(c.expected.file, orderOf(c.expected.pass_order)),
    'Pillow 12': c.expected.pillow12_file ? await one(c.expected.pillow12_file, 'horizontal-first') : '',
  });
}

export async function checkDecode(c: CaseOf<'decode'>, bench: Bench): Promise<string> {
  const { expected, tolerance } = c;
  const image = await bench.files.blob(c.input);
  if (expected.error !== undefined) return refusal(c, await bench.decode(image, STORED));
  const got = await bench.decode(image, STORED);
  if (!got.ok) return isClearRefusal(c, got.fault.code, got.fault.message) ? '' : `refused: ${got.fault.message}`;
  const product = expected.product ?? expected.pillow;
  if (product === undefined) return 'the case names no expected picture';
  const limit = tolerance.max_abs ?? 0;
  const white = expected.hf_on_white;
  return together({
    product: comparePictures(got.value.raster, await bench.files.picture(product), limit),
    'on white': white
      ? comparePictures(
          await decoded(bench, c.input, { ...STORED, alpha: 'white' }),
          await bench.files.picture(white),
          limit,
        )
      : '',
  });
}

function refusal({ expected }: CaseOf<'decode'>, got: Awaited<ReturnType<Bench['decode']>>): string {
  if (got.ok) return `decoded, although it is ${expected.error}`;
  const { message, facts } = got.fault;
  const words = expected.message_should_mention ?? [];
  const named = words.length === 0 || words.some((w) => message.toLowerCase().includes(w.toLowerCase()));
  return together({
    kind: facts?.['trouble'] === expected.error ? '' : `${String(facts?.['trouble'])} instead of ${expected.error}`,
    message: named ? '' : `"${message}" mentions none of ${words.join(', ')}`,
  });
}

/** A format that browsers cannot decode may be refused, if the message names it. */
function isClearRefusal(c: CaseOf<'decode'>, code: string, message: string): boolean {
  const extension = /\.([a-z0-9]+)$/i.exec(c.input)?.[1]?.toUpperCase() ?? '';
  const name = extension === 'TIF' ? 'TIFF' : extension;
  return c.params.browser === 'cannot decode' && code === 'unsupported' && name !== '' && message.includes(name);
}

export async function checkOrient(c: CaseOf<'orient'>, bench: Bench): Promise<string> {
  const limit = c.tolerance.max_abs ?? 0;
  const one = async (exif: PixelPolicy['exif']): Promise<string> =>
    comparePictures(
      await decoded(bench, c.input, { ...STORED, exif }),
      await bench.files.picture(c.expected[exif]),
      limit,
    );
  return together({ ignore: await one('ignore'), apply: await one('apply') });
}

export function checkNormalize({ params, expected, tolerance }: CaseOf<'normalize'>): string {
  const tables = valueTables({ rescale: params.rescale_factor, mean: params.mean, std: params.std });
  const parts = tables.map((table, channel) => {
    const got = params.input_values.map((v) => table[v] ?? NaN);
    const hex = expected.float32_hex?.[channel];
    if (!hex) return compareValues(got, expected.values[channel] ?? [], tolerance.max_abs ?? 0);
    const bits = got.map((x) => new Uint32Array(Float32Array.of(x).buffer)[0]?.toString(16).padStart(8, '0'));
    const wrong = bits.filter((b, i) => b !== hex[i]).length;
    return wrong === 0 ? '' : `${wrong} of ${hex.length} values have other bits`;
  });
  return together(Object.fromEntries(parts.map((p, i) => [`channel ${i}`, p])));
}

/** Orders in which a case may have been made: the one it names, else either (the reference's own class knows none). */
function ordersOf(c: CaseOf<'hf'>): readonly PassOrder[] {
  const named = c.params.pass_order ?? c.expected.pass_order;
  if (named) return [orderOf(named)];
  return /horizontal first/i.test(c.note ?? '') ? ['horizontal-first'] : ['horizontal-first', 'pillow13'];
}

export async function checkHf(c: CaseOf<'hf'>, bench: Bench): Promise<string> {
  const image = await bench.files.blob(c.input);
  const wanted = await bench.files.floats(c.expected.file);
  let short = '';
  for (const passOrder of ordersOf(c)) {
    const got = await bench.prepare(image, {
      modelType: '',
      preprocessor: { ...c.params, image_processor_type: c.params.class },
      processor: null,
      config: null,
      policy: { passOrder, exif: 'ignore', alpha: 'white' },
    });
    if (!got.ok) return got.fault.message;
    short = comparePrepared(c, got.value, wanted);
    if (short === '') return '';
  }
  return short;
}

function comparePrepared({ expected, tolerance }: CaseOf<'hf'>, got: ProcessedImage, wanted: Float32Array): string {
  const pixels = got.tensors['pixel_values'];
  if (pixels?.type !== 'float32') return 'there are no pixel_values';
  const extras = Object.entries(expected.extras).map(
    ([name, value]) => [name, compareExtra(name, value, got)] as const,
  );
  return together({
    shape: pixels.dims.join() === expected.shape.join() ? '' : `[${pixels.dims}] instead of [${expected.shape}]`,
    values: compareValues(pixels.data, wanted, tolerance.max_abs ?? 0),
    ...Object.fromEntries(extras),
  });
}

/** Grids, masks, sizes: a tensor's numbers, or its shape, sum and distinct values; rows and columns of tiles are in the layout. */
function compareExtra(name: string, value: unknown, got: ProcessedImage): string {
  if (name === 'rows' || name === 'cols') return compareValues([got.layout[name]], flatNumbers(value), 0);
  const tensor = got.tensors[name];
  if (!tensor) return 'is not given';
  const numbers = Array.from(tensor.data, Number);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return compareValues(numbers, flatNumbers(value), 0);
  const summary: Readonly<Record<string, readonly number[]>> = {
    shape: tensor.dims,
    sum: [numbers.reduce((a, b) => a + b, 0)],
    distinct: [...new Set(numbers)].sort((a, b) => a - b),
  };
  return together(
    Object.fromEntries(
      Object.entries(value).map(([key, x]) => {
        const have = summary[key];
        return [key, have ? compareValues(have, flatNumbers(x), 0) : 'is not known'];
      }),
    ),
  );
}
