/**
 * Operator checks: small graphs (public/certificate) with inputs made from seeds and stored expected outputs. This file is the pure part: what a
 * case is, how its inputs are made, and when an output is right. tools/make/certificate makes the graphs and the expectations.
 */
import { at, isObject } from '../json.ts';

/** How an input's values are made; the same in tools/make/certificate/fill.py. */
export type Fill =
  | { readonly kind: 'uniform'; readonly seed: number; readonly scale: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'range'; readonly start: number }
  /** Additive mask [..., rows, width]: row r sees the columns up to r + width - rows. */
  | { readonly kind: 'causal' };

export interface CaseInput {
  readonly name: string;
  /** `float` is float32, or float16 in the graph of half precision. */
  readonly type: 'float' | 'int32' | 'int64';
  readonly dims: readonly number[];
  readonly fill: Fill;
}

export interface CaseOutput {
  readonly name: string;
  readonly operator: string;
  /** Head counts and sizes, for people. */
  readonly words: string;
  readonly dims: readonly number[];
  /** Every `stride`-th element is kept in expected.bin, `count` float32 from element `offset` of that file. */
  readonly stride: number;
  readonly offset: number;
  readonly count: number;
  /** Largest absolute expected value, over all elements. */
  readonly peak: number;
}

export interface OperatorCase {
  readonly id: string;
  /** File `<graph>.onnx`, in half precision `<graph>_fp16.onnx`. */
  readonly graph: string;
  /** Tokens already in the keys and values. */
  readonly past: number;
  /** New tokens (patches, for convolutions). */
  readonly length: number;
  readonly inputs: readonly CaseInput[];
  readonly outputs: readonly CaseOutput[];
}

export interface OperatorManifest {
  readonly version: string;
  /** In the order in which they run: first what is known to fail. */
  readonly cases: readonly OperatorCase[];
}

/** What became of one output of one case. */
export interface CheckResult {
  readonly name: string;
  readonly operator: string;
  readonly length: number;
  /** Largest absolute error divided by the largest expected value; null when the graph did not run or gave what is not a number. */
  readonly error: number | null;
  readonly limit: number;
  readonly passed: boolean;
  readonly detail: string;
}

/**
 * Largest error, relative to the largest expected value, that is arithmetic and not a fault. The known fault is 0.35 and more
 * (docs/certificate.md has the measurements). float: 8e-7 measured. half: 7e-4 measured where sums are float32; a sum of 256 products kept in float16
 * walks about 3e-3 away, four standard deviations are 1.2e-2. level4, activations rounded to 8 bits: 4.5e-3 measured, four standard deviations 1.6e-2.
 */
const LIMITS = { float: 1e-4, half: 2e-2, level4: 2e-2 } as const;

export function operatorLimit(operator: string, half: boolean): number {
  if (operator.includes('level 4')) return LIMITS.level4;
  return half ? LIMITS.half : LIMITS.float;
}

const FLOAT32_MIN = -3.4028234663852886e38;
const FLOAT16_MIN = -65504;

/** Counter-based 32-bit hash ("lowbias32") of a seed and an index. */
function hash32(seed: number, index: number): number {
  let x = (Math.imul(seed, 0x9e3779b9) + index) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The values of an input, row by row. Uniform values are multiples of scale / 1024 in [-scale, scale): exact in float16 and float32.
 * @param half decides the mask's smallest number only
 */
export function fillInput(input: Pick<CaseInput, 'dims' | 'fill'>, half: boolean): Float32Array {
  const out = new Float32Array(sizeOf(input.dims));
  const f = input.fill;
  if (f.kind === 'uniform') {
    for (let i = 0; i < out.length; i++) out[i] = (((hash32(f.seed, i) >>> 21) - 1024) / 1024) * f.scale;
  } else if (f.kind === 'constant') out.fill(f.value);
  else if (f.kind === 'range') for (let i = 0; i < out.length; i++) out[i] = f.start + i;
  else {
    const width = input.dims.at(-1) ?? 0;
    const rows = input.dims.at(-2) ?? 0;
    const least = half ? FLOAT16_MIN : FLOAT32_MIN;
    for (let i = 0; i < out.length; i++) {
      const row = Math.floor(i / width) % rows;
      if (i % width > row + width - rows) out[i] = least;
    }
  }
  return out;
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

/**
 * Compares an output with its stored sample.
 * @param got all elements of the output
 * @param expected the whole of expected.bin as float32
 */
export function compareOutput(
  c: OperatorCase,
  output: CaseOutput,
  got: Float32Array,
  expected: Float32Array,
  half: boolean,
): CheckResult {
  const limit = operatorLimit(output.operator, half);
  const facts = { name: checkName(c, output), operator: output.operator, length: c.length, limit };
  const size = sizeOf(output.dims);
  if (got.length !== size)
    return { ...facts, error: null, passed: false, detail: `It gave ${got.length} numbers where ${size} belong.` };
  const broken = got.findIndex((x) => !Number.isFinite(x));
  if (broken >= 0)
    return { ...facts, error: null, passed: false, detail: `Element ${broken} is ${String(got[broken])}.` };
  let largest = 0;
  let where = 0;
  for (let i = 0; i < output.count; i++) {
    const d = Math.abs((got[i * output.stride] as number) - (expected[output.offset + i] as number));
    if (d > largest) [largest, where] = [d, i * output.stride];
  }
  const error = largest / output.peak;
  const detail = `The largest error is ${error.toExponential(1)} of the largest value, at element ${where} of ${size}; ${limit.toExponential(0)} is allowed.`;
  return { ...facts, error, passed: error <= limit, detail };
}

/** The result of a case that could not be run at all. */
export function brokenCase(c: OperatorCase, reason: string, half: boolean): CheckResult[] {
  return c.outputs.map((o) => ({
    name: checkName(c, o),
    operator: o.operator,
    length: c.length,
    error: null,
    limit: operatorLimit(o.operator, half),
    passed: false,
    detail: `It did not run: ${reason}`,
  }));
}

function checkName(c: OperatorCase, o: CaseOutput): string {
  const tokens = c.past > 0 ? `${c.past} + ${c.length}` : String(c.length);
  return `${o.operator} (${o.words}), ${tokens}`;
}

/** index.json as it was read, or null when it is not one. `floats`: how many numbers expected.bin holds. */
export function readManifest(value: unknown, floats: number): OperatorManifest | null {
  const version = at(value, 'version');
  const cases = at(value, 'cases');
  if (typeof version !== 'string' || !Array.isArray(cases)) return null;
  const read = cases.map((c) => readCase(c, floats));
  const whole = read.filter((c) => c !== null);
  return whole.length === read.length && whole.length > 0 ? { version, cases: whole } : null;
}

function readCase(c: unknown, floats: number): OperatorCase | null {
  if (!isObject(c)) return null;
  const { id, graph, past, length } = c;
  if (typeof id !== 'string' || typeof graph !== 'string' || !isCount(past) || !isCount(length)) return null;
  const inputs = listOf(c['inputs'], readInput);
  const outputs = listOf(c['outputs'], (o) => readOutput(o, floats));
  return inputs === null || outputs === null ? null : { id, graph, past, length, inputs, outputs };
}

function readInput(i: unknown): CaseInput | null {
  if (!isObject(i)) return null;
  const { name, type } = i;
  const dims = listOf(i['dims'], count);
  const fill = readFill(i['fill']);
  if (typeof name !== 'string' || dims === null || fill === null) return null;
  return type === 'float' || type === 'int32' || type === 'int64' ? { name, type, dims, fill } : null;
}

function readFill(f: unknown): Fill | null {
  if (!isObject(f)) return null;
  const { kind, seed, scale, value, start } = f;
  if (kind === 'causal') return { kind };
  if (kind === 'uniform' && isCount(seed) && typeof scale === 'number') return { kind, seed, scale };
  if (kind === 'constant' && typeof value === 'number') return { kind, value };
  return kind === 'range' && isCount(start) ? { kind, start } : null;
}

function readOutput(o: unknown, floats: number): CaseOutput | null {
  if (!isObject(o)) return null;
  const { name, operator, words, stride, offset, peak } = o;
  const n = o['count'];
  const dims = listOf(o['dims'], count);
  if (typeof name !== 'string' || typeof operator !== 'string' || typeof words !== 'string' || dims === null)
    return null;
  if (!isCount(stride) || !isCount(offset) || !isCount(n) || typeof peak !== 'number' || !(peak > 0)) return null;
  const whole = n > 0 && (n - 1) * stride < sizeOf(dims) && n * stride >= sizeOf(dims) && offset + n <= floats;
  return whole ? { name, operator, words, dims, stride, offset, count: n, peak } : null;
}

function isCount(v: unknown): v is number {
  return Number.isInteger(v) && (v as number) >= 0;
}

function count(v: unknown): number | null {
  return isCount(v) ? v : null;
}

function listOf<T>(v: unknown, read: (x: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(v)) return null;
  const out: T[] = [];
  for (const x of v) {
    const r = read(x);
    if (r === null) return null;
    out.push(r);
  }
  return out;
}
