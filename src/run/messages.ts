import type { Certified } from './certify.ts';
import type { Capabilities } from './device.ts';
import type { RunConfig } from './types.ts';

/** Sentences about the way the run took: the rung, a fallen device or dtype, what must be said beside this family's scores. */
export function rungMessages(
  config: RunConfig,
  { certificate, loaded }: Certified,
  firstDevice: 'webgpu' | 'wasm',
  capabilities: Capabilities,
): readonly string[] {
  const out: string[] = [];
  if (certificate.overridden)
    out.push('The device failed its check and you chose to run all the same: these numbers are not certified.');
  else if (certificate.rung !== 'as it is' && certificate.device === 'webgpu')
    out.push(`The device failed its check as it is and passes with ${certificate.rung}: the run uses that.`);
  if (config.device === 'auto' && certificate.device === 'wasm') {
    if (firstDevice === 'webgpu') out.push('WebGPU failed its check, so the run uses WASM.');
    else
      out.push(
        capabilities.adapter
          ? 'The WebGPU adapter is software, so the run uses WASM.'
          : 'There is no WebGPU here, so the run uses WASM.',
      );
  }
  if (config.dtype === 'auto') {
    const chosen = Object.entries(certificate.dtype).map(([file, dtype]) => `${file} ${dtype}`);
    out.push(`Weights: ${chosen.join(', ')}.`);
  }
  if (loaded.caveat) out.push(loaded.caveat);
  return out;
}
