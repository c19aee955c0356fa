import type { Device, DeviceChoice } from '../device.ts';
import type { DtypeMap } from '../models/dtypes.ts';
import type { RungSettings } from './types.ts';

/** One way to run a model on a device. */
export interface LadderRung {
  readonly name: string;
  readonly device: Device;
  readonly dtype: DtypeMap;
  readonly settings: RungSettings;
}

export interface LadderRequest {
  readonly device: DeviceChoice;
  /** true: the dtype was left to Lookalike, so another one may be tried. */
  readonly dtypeAuto: boolean;
  /** Candidates in order of preference; the first is the one asked for. */
  readonly webgpuDtypes: readonly DtypeMap[];
  readonly wasmDtypes: readonly DtypeMap[];
  /** The adapter that WebGPU would use; null when there is none. `fallback`: it is software. */
  readonly adapter: { readonly fallback: boolean } | null;
}

const PLAIN: RungSettings = { hideSubgroups: false, fp32Accumulation: false };
const SAFE: readonly { readonly name: string; readonly settings: RungSettings }[] = [
  { name: 'as it is', settings: PLAIN },
  { name: 'subgroups hidden', settings: { hideSubgroups: true, fp32Accumulation: false } },
  { name: 'subgroups hidden, fp32 accumulation', settings: { hideSubgroups: true, fp32Accumulation: true } },
];

/**
 * The rungs to try, in order; the first that passes its checks is taken. An explicit device or dtype is never changed: only `auto` falls to
 * another dtype or to WASM (docs/results.md). On a software adapter `auto` is WASM, which is as right and faster.
 */
export function planLadder(request: LadderRequest): readonly LadderRung[] {
  const wasm = request.wasmDtypes
    .slice(0, request.dtypeAuto ? undefined : 1)
    .map((dtype): LadderRung => ({ name: 'WASM', device: 'wasm', dtype, settings: PLAIN }));
  if (request.device === 'wasm') return wasm;
  const usable = request.adapter !== null && (request.device === 'webgpu' || !request.adapter.fallback);
  const dtypes = request.webgpuDtypes.slice(0, request.dtypeAuto ? undefined : 1);
  const gpu = usable
    ? dtypes.flatMap((dtype) =>
        SAFE.map(({ name, settings }): LadderRung => ({ name, device: 'webgpu', dtype, settings })),
      )
    : [];
  return request.device === 'webgpu' ? gpu : [...gpu, ...wasm];
}
