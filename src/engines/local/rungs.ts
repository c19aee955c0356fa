import { chooseDtypes, dtypesOf } from '../../core/models/choice.ts';
import { isDtype, type Dtype } from '../../core/models/dtypes.ts';
import { fullPrecision } from '../../core/models/full-precision.ts';
import { dataFilesOf, sessionPaths } from '../../core/models/folder.ts';
import { planLadder, type LadderRung } from '../../core/certificate/ladder.ts';
import { familyOf } from '../../core/models/families/registry.ts';
import { sessionFiles } from '../../core/models/families/sessions.ts';
import { fail, fault, ok, type Result } from '../../core/fault.ts';
import type { Device } from '../../core/device.ts';
import type { Capabilities } from './device.ts';
import type { ResolvedModel } from './model.ts';
import type { LocalConfig } from './parts.ts';

/** The rungs that this run may climb, from what was asked, what the folder offers and what the browser has. */
export function chooseRungs(
  config: Pick<LocalConfig, 'device' | 'dtype'>,
  model: ResolvedModel,
  caps: Capabilities,
): Result<readonly LadderRung[]> {
  const family = familyOf(model.config);
  if (!family.ok) return fail(family.fault);
  if (config.device === 'webgpu' && caps.adapter === null)
    return fail(
      fault(
        'no-device',
        'This browser offers no WebGPU adapter. Choose the device WASM or auto, or use a browser and GPU with WebGPU.',
      ),
    );
  const names = sessionFiles(family.value);
  const offered = dtypesOf(
    model.files.map((f) => f.path),
    names,
  );
  const half = caps.adapter?.half ?? false;
  const choose = (device: Device): ReturnType<typeof chooseDtypes> =>
    chooseDtypes({
      ...{ offered, asked: config.dtype, device, half },
      full: fullPrecision(bytesIn(model, names), { device, half, memory: caps.memory }).fits,
    });
  const [webgpu, wasm] = [choose('webgpu'), choose('wasm')];
  const needed = config.device === 'wasm' ? wasm : config.device === 'webgpu' ? webgpu : webgpu.ok ? webgpu : wasm;
  if (!needed.ok) return fail(fault('bad-model', needed.message));
  return ok(
    planLadder({
      device: config.device,
      dtypeAuto: config.dtype === 'auto',
      webgpuDtypes: webgpu.ok ? webgpu.value : [],
      wasmDtypes: wasm.ok ? wasm.value : [],
      adapter: caps.adapter,
    }),
  );
}

/** Bytes of the session files in a dtype, external data included. */
function bytesIn(model: ResolvedModel, names: readonly string[]): (dtype: Dtype) => number | null {
  const listed = model.files.map((f) => f.path);
  return (dtype) => {
    let sum = 0;
    for (const name of names) {
      const [graph = ''] = sessionPaths(name, dtype, model.config);
      if (!listed.includes(graph)) return null;
      const data = dataFilesOf(graph, listed);
      const files = model.files.filter((f) => f.path === graph || data.includes(f.path));
      sum += files.reduce((n, f) => n + f.size, 0);
    }
    return sum;
  };
}

/** Why `auto` took quantised weights where full precision is preferred; null where it did not. */
export function whyQuantised(
  dtypes: Readonly<Record<string, string>>,
  device: Device,
  model: ResolvedModel,
  caps: Capabilities,
): string | null {
  const family = familyOf(model.config);
  const chosen = Object.values(dtypes).filter(isDtype);
  if (!family.ok || chosen.every((d) => d === 'fp32' || d === 'fp16')) return null;
  const half = caps.adapter?.half ?? false;
  const { why } = fullPrecision(bytesIn(model, sessionFiles(family.value)), { device, half, memory: caps.memory });
  return `Full precision was not taken (${why ?? 'it failed its check here'}), so the scores are those of the quantised files.`;
}
