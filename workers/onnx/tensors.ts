import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import type { PlainTensor } from '../../src/core/images/types.ts';

/** int64 tensor from plain numbers. */
export function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

export function fromPlain(t: PlainTensor): Tensor {
  if (t.type === 'float32') return new Tensor('float32', t.data, t.dims);
  if (t.type === 'int64') return new Tensor('int64', t.data, t.dims);
  return new Tensor('bool', t.data, t.dims);
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  bool: 1,
  uint8: 1,
  int8: 1,
};

export function byteLength(t: Tensor): number {
  return t.size * (ELEMENT_BYTES[t.type] ?? 4);
}

/** IEEE half to float64. */
function fromHalf(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >> 10) & 0x1f;
  const fraction = h & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Nearest IEEE half of a float, ties to even. */
export function toHalf(x: number): number {
  FLOAT[0] = x;
  const bits = BITS[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | (Number.isNaN(x) ? 0x7e00 : 0x7c00);
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const full = fraction | 0x800000;
    const shift = 14 - exponent;
    return sign | roundShift(full, shift);
  }
  return sign | ((exponent << 10) + roundShift(fraction, 13));
}
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const floor = value >>> shift;
  return rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor;
}

/** The values of a float tensor on the CPU as float32, copying only when its type is another. */
export async function floats(t: Tensor): Promise<Float32Array> {
  const data = await t.getData();
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Float32Array.from(data as unknown as ArrayLike<number>); // Float16Array where the browser has it
}

/** Writes float32 rows into a float tensor's CPU data at a row offset. */
export function writeRows(target: Tensor, row: number, width: number, rows: Float32Array): void {
  const data = target.data;
  if (data instanceof Uint16Array) {
    for (let i = 0; i < rows.length; i++) data[row * width + i] = toHalf(rows[i] as number);
  } else (data as Float32Array).set(rows, row * width);
}

/** The float type that a session takes under a name; float32 where its metadata does not say. */
export function floatType(session: InferenceSession, name: string): 'float32' | 'float16' {
  const meta = session.inputMetadata.find((m) => m.name === name);
  return meta?.isTensor && meta.type === 'float16' ? 'float16' : 'float32';
}

/** A float tensor of float32 values. */
export function floatTensor(values: Float32Array, dims: readonly number[], type: 'float32' | 'float16'): Tensor {
  return type === 'float32' ? new Tensor(type, values, dims) : new Tensor(type, Uint16Array.from(values, toHalf), dims);
}
