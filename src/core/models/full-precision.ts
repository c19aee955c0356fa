import type { Device } from '../device.ts';
import type { Dtype } from './dtypes.ts';
import { fit, type DeviceLimits } from './fit.ts';

/** Bytes of a model's session files in a dtype; null where the folder lacks one of them. */
export type BytesIn = (dtype: Dtype) => number | null;

export interface FullPrecision {
  /** The dtypes of full precision that fit here, finest first. */
  readonly fits: readonly Dtype[];
  /** Why none does; null where one does. */
  readonly why: string | null;
}

/** What is not known here is no obstacle: storage is paid already, and adapters tell nothing of their memory. */
const UNTOLD = { maxBufferSize: null, maxStorageBufferBindingSize: null, freeStorage: null };

/**
 * Whether a model may run with the weights that its makers published (fp32; fp16 where the GPU has shader-f16), so that its scores are the model's and
 * not those of a quantised file: only where they fit comfortably (`fit`).
 * @param memory bytes that the browser reports (navigator.deviceMemory); null: it does not tell
 */
export function fullPrecision(
  bytes: BytesIn,
  { device, half, memory }: { readonly device: Device; readonly half: boolean; readonly memory: number | null },
): FullPrecision {
  const dtypes: readonly Dtype[] = device === 'webgpu' && half ? ['fp32', 'fp16'] : ['fp32'];
  const limits: DeviceLimits = { ...UNTOLD, webgpu: device === 'webgpu', shaderF16: half, memory };
  const tried = dtypes.map((dtype) => ({ dtype, ...tryDtype(bytes(dtype), dtype, device, limits) }));
  const fits = tried.filter((t) => t.why === null).map((t) => t.dtype);
  return { fits, why: fits.length > 0 ? null : tried.map((t) => `${t.dtype}: ${t.why ?? ''}`).join(' ') };
}

function tryDtype(
  bytes: number | null,
  dtype: Dtype,
  device: Device,
  limits: DeviceLimits,
): { readonly why: string | null } {
  if (bytes === null) return { why: 'The folder has not all files in it.' };
  const { verdict, reasons } = fit(
    { sizes: { model: { [dtype]: bytes } }, total: {} },
    { model: dtype },
    device,
    limits,
  );
  return { why: verdict === 'fits' ? null : reasons.join(' ') };
}
