import * as v from 'valibot';
import { fault, FaultError } from '../../src/core/fault.ts';

/** The compiled loops of the search (tools/make/search/kernel.mjs says what each does). Addresses and strides in bytes. */
export interface Kernel {
  scan(
    rows: number,
    limits: number,
    count: number,
    columns: number,
    biases: number,
    groups: number,
    bytes: number,
    out: number,
  ): number;
  dots(list: number, count: number, a: number, b: number, stride: number, out: number): void;
  multiply(a: number, rows: number, b: number, columns: number, stride: number, out: number, outStride: number): void;
}

const callable = v.custom<(...numbers: number[]) => number>((f) => typeof f === 'function');
const exported = v.object({ scan: callable, dots: callable, multiply: callable });

/** Where the check puts its bytes, limits, biases and results. */
const CHECK = { x: 1024, y: 2048, limits: 3072, biases: 3136, out: 3200, bytes: 64, tiles: 400 } as const;

/** Compares tiles of pseudo-random bytes with plain arithmetic. */
function scansRightly(scan: Kernel['scan'], memory: WebAssembly.Memory): boolean {
  const bytes = new Int8Array(memory.buffer);
  const ints = new Int32Array(memory.buffer);
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 24;
  for (let tile = 0; tile < CHECK.tiles; tile++) {
    for (let i = 0; i < 4 * CHECK.bytes; i++) bytes[CHECK.x + i] = Math.max(-127, next() - 128);
    for (let i = 0; i < 8 * CHECK.bytes; i++) bytes[CHECK.y + i] = next() >> 1;
    const sums = Array.from({ length: 32 }, (_, p) => sumOf(bytes, p >> 3, p & 7));
    const limit = sums[tile % 32] ?? 0;
    ints.fill(limit, CHECK.limits / 4, CHECK.limits / 4 + 4);
    ints.fill(0, CHECK.biases / 4, CHECK.biases / 4 + 8);
    const wanted = sums.flatMap((sum, p) => (sum >= limit ? [((p >> 3) << 16) | (p & 7)] : []));
    const count = scan(CHECK.x, CHECK.limits, 4, CHECK.y, CHECK.biases, 1, CHECK.bytes, CHECK.out);
    const found = [...ints.subarray(CHECK.out / 4, CHECK.out / 4 + count)].sort((a, b) => a - b);
    if (found.join() !== wanted.join()) return false;
  }
  return true;
}

function sumOf(bytes: Int8Array, row: number, column: number): number {
  let sum = 0;
  for (let i = 0; i < CHECK.bytes; i++)
    sum += (bytes[CHECK.x + row * CHECK.bytes + i] ?? 0) * (bytes[CHECK.y + (i >> 2) * 32 + column * 4 + (i & 3)] ?? 0);
  return sum;
}

export type KernelFile = 'relaxed-shared' | 'relaxed-own' | 'plain-shared' | 'plain-own';

/**
 * Makes the kernel over a memory: the one with relaxed SIMD where the browser has it, which gives the same integers.
 * It is checked over a memory of its own: workers that share one are opened at the same time.
 * @param read bytes of a kernel's file
 * @throws FaultError 'unsupported' where the browser has no SIMD; 'device-wrong' where no kernel computes rightly
 */
export async function openKernel(
  memory: WebAssembly.Memory,
  shared: boolean,
  read: (file: KernelFile) => Promise<BufferSource>,
): Promise<Kernel> {
  let wrong = false;
  for (const kind of ['relaxed', 'plain'] as const) {
    const bytes = await read(`${kind}-${shared ? 'shared' : 'own'}`);
    if (!WebAssembly.validate(bytes)) continue;
    const module = await WebAssembly.compile(bytes);
    // A WebAssembly compiler may have a fault of its own (V8 11.3 had one here): what the filter gives is checked before it is believed.
    const scratch = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
    if (scansRightly((await exportsOf(module, scratch)).scan, scratch)) return exportsOf(module, memory);
    wrong = true;
  }
  throw new FaultError(wrong ? WRONG : NO_SIMD);
}

async function exportsOf(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernel> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return v.parse(exported, exports);
}

const NO_SIMD = fault(
  'unsupported',
  'This browser has no WebAssembly SIMD, which the pair search needs. Use a current browser.',
);
const WRONG = fault(
  'device-wrong',
  'This browser computes the loops of the pair search wrongly, so nothing was searched. Use another browser, or another version of it.',
);
