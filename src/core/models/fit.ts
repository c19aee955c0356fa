import type { Sizes } from './catalogue.ts';
import type { Dtype, DtypeMap } from './dtypes.ts';
import { tableSession } from './families/sessions.ts';

/** What a device allows, as far as the browser tells; null: it does not tell. Bytes. */
export interface DeviceLimits {
  readonly webgpu: boolean;
  readonly shaderF16: boolean;
  readonly maxBufferSize: number | null;
  readonly maxStorageBufferBindingSize: number | null;
  /** navigator.deviceMemory: coarse, and never above 8 GiB. */
  readonly memory: number | null;
  /** Quota less usage. */
  readonly freeStorage: number | null;
}

export interface Fit {
  readonly verdict: 'fits' | 'tight' | 'too-large' | 'unknown';
  /** Sentences; empty when it simply fits. */
  readonly reasons: readonly string[];
  readonly download: number | null;
  /** Weights and what running takes beside them, at a guess. */
  readonly memory: number | null;
}

/** wasm32's address space; sessions, activations and the copied .onnx bodies must fit in it. */
const WASM_LIMIT = 4 * 2 ** 30;
/** Running a model takes its weights and about a third more (KV states, activations, the runtime); at least 300 MB. */
const overhead = (weights: number): number => weights * 1.35 + 300e6;
/** Small dtypes whose kernels compute in f16. */
const NEEDS_F16: readonly Dtype[] = ['fp16', 'q4f16'];

/** Bytes of a choice of dtypes; null when the size of a session in it is not known. */
export function downloadBytes(
  entry: { readonly sizes: Readonly<Record<string, Sizes>>; readonly total: Sizes },
  dtypes: DtypeMap,
): number | null {
  const sessions = Object.entries(dtypes);
  const distinct = new Set(sessions.map(([, d]) => d));
  const [only] = distinct;
  let sum = 0;
  for (const [session, dtype] of sessions) {
    const bytes = entry.sizes[session]?.[dtype];
    if (bytes === undefined) return distinct.size === 1 && only !== undefined ? (entry.total[only] ?? null) : null;
    sum += bytes;
  }
  return sessions.length === 0 ? null : sum;
}

interface Finding {
  readonly verdict: 'tight' | 'too-large';
  readonly reason: string;
}

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * Whether a model in these dtypes fits a device, with the reasons. Guesses are on the careful side and say what they rest on.
 * @param device 'webgpu' or 'wasm', as the run would use it
 */
export function fit(
  entry: { readonly sizes: Readonly<Record<string, Sizes>>; readonly total: Sizes },
  dtypes: DtypeMap,
  device: 'webgpu' | 'wasm',
  limits: DeviceLimits,
): Fit {
  const download = downloadBytes(entry, dtypes);
  const memory = download === null ? null : overhead(download);
  const found: Finding[] = device === 'webgpu' ? gpuFindings(entry.sizes, dtypes, limits) : [];
  if (device === 'wasm' && memory !== null) {
    if (memory > WASM_LIMIT) found.push(large(`It needs about ${gb(memory)} and WASM ends at 4 GB.`));
    else if (memory > WASM_LIMIT / 2) found.push(tight(`It needs about ${gb(memory)} of the 4 GB that WASM can have.`));
  }
  if (memory !== null && limits.memory !== null) {
    // deviceMemory never says more than 8 GiB: above that only a warning is honest.
    if (memory > limits.memory && limits.memory < 8 * 2 ** 30)
      found.push(large(`It needs about ${gb(memory)} and this device has ${gb(limits.memory)} of memory.`));
    else if (memory > 0.6 * limits.memory)
      found.push(tight(`It needs about ${gb(memory)}, and the browser reports ${gb(limits.memory)} of memory.`));
  }
  if (download !== null && limits.freeStorage !== null && download > limits.freeStorage)
    found.push(large(`Its ${gb(download)} exceed the ${gb(limits.freeStorage)} that the browser allows to store.`));
  const reasons = found.map((f) => f.reason);
  if (found.some((f) => f.verdict === 'too-large')) return { verdict: 'too-large', reasons, download, memory };
  if (download === null)
    return {
      verdict: 'unknown',
      reasons: [...reasons, 'Its size is not known before the hub is asked.'],
      download,
      memory,
    };
  return { verdict: found.length > 0 ? 'tight' : 'fits', reasons, download, memory };
}

const large = (reason: string): Finding => ({ verdict: 'too-large', reason });
const tight = (reason: string): Finding => ({ verdict: 'tight', reason });

function gpuFindings(sizes: Readonly<Record<string, Sizes>>, dtypes: DtypeMap, limits: DeviceLimits): Finding[] {
  const found: Finding[] = [];
  if (!limits.webgpu) return [large('This browser offers no WebGPU here.')];
  const halves = Object.values(dtypes).filter((d) => NEEDS_F16.includes(d));
  if (halves.length > 0 && !limits.shaderF16)
    found.push(
      large(`The GPU has no shader-f16, which ${[...new Set(halves)].join(' and ')} needs: choose q4, q8 or fp32.`),
    );
  // The embedding table is one tensor, and so one buffer; other files are many tensors.
  const holder = tableSession(Object.keys(dtypes));
  const dtype = holder === undefined ? undefined : dtypes[holder];
  const table = holder === undefined || dtype === undefined ? undefined : sizes[holder]?.[dtype];
  if (table !== undefined && limits.maxBufferSize !== null && table > limits.maxBufferSize)
    found.push(
      large(`Its embedding table (${gb(table)}) exceeds the largest GPU buffer (${gb(limits.maxBufferSize)}).`),
    );
  else if (
    table !== undefined &&
    limits.maxStorageBufferBindingSize !== null &&
    table > limits.maxStorageBufferBindingSize
  )
    found.push(
      tight(
        `Its embedding table (${gb(table)}) exceeds what one GPU binding holds (${gb(limits.maxStorageBufferBindingSize)}).`,
      ),
    );
  return found;
}
