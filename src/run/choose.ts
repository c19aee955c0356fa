import { chooseDtypes, dtypesOf, SMALL_BYTES } from '../core/certificate/dtypes.ts';
import { planLadder, type LadderRung } from '../core/certificate/ladder.ts';
import { familyOf } from '../core/families/registry.ts';
import { sessionFiles } from '../core/families/sessions.ts';
import { fail, fault, ok, type Result } from '../core/fault.ts';
import type { Capabilities } from './device.ts';
import type { ResolvedModel } from './ports.ts';
import type { RunConfig } from './types.ts';

/** The rungs that this run may climb, from what was asked, what the folder offers and what the browser has. */
export function chooseRungs(
  config: RunConfig,
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
  const small = fp32Bytes(model, names) <= SMALL_BYTES;
  const choose = (device: 'webgpu' | 'wasm'): ReturnType<typeof chooseDtypes> =>
    chooseDtypes({ offered, asked: config.dtype, device, half: caps.adapter?.half ?? false, small });
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

/** Bytes of the fp32 session files; Infinity when the folder lacks one. */
function fp32Bytes(model: ResolvedModel, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const files = model.files.filter(
      (f) => f.path === `onnx/${name}.onnx` || f.path.startsWith(`onnx/${name}.onnx_data`),
    );
    return files.length === 0 ? Infinity : sum + files.reduce((n, f) => n + f.size, 0);
  }, 0);
}
