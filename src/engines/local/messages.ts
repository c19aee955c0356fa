import { DEFAULT_CHAT } from '../../core/chat/settings.ts';
import { COMPUTED_ALONE } from '../../core/certificate/scales.ts';
import type { Device } from '../../core/device.ts';
import { scaledByRun } from '../../core/models/dtypes.ts';
import type { Certified } from './certify.ts';
import type { Capabilities } from './device.ts';
import type { LocalConfig } from './parts.ts';

const THINKING_WORDS = {
  off: 'The model can think before it answers and is told not to.',
  on: 'The model is told to think: written answers are read behind the thought, likelihoods behind an empty one.',
  auto: 'The model can think before it answers; its chat template decides whether it does.',
} as const;

/**
 * Sentences about the way the run took: the rung, a fallen device or dtype, what must be said beside this family's scores.
 * @param quantised why `auto` took quantised weights; null where it did not
 */
export function rungMessages(
  config: Pick<LocalConfig, 'device' | 'dtype' | 'chat'>,
  { certificate, loaded }: Certified,
  firstDevice: Device,
  capabilities: Capabilities,
  quantised: string | null,
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
    if (quantised !== null) out.push(quantised);
  }
  if (scaledByRun(certificate.dtype)) out.push(COMPUTED_ALONE);
  const chat = config.chat ?? DEFAULT_CHAT;
  if (loaded.template?.writesDate)
    out.push(
      `The chat template writes today's date: it is given ${chat.date}, so that prompts are the same every day.`,
    );
  if (loaded.template?.knowsThinking) out.push(THINKING_WORDS[chat.thinking]);
  else if (chat.thinking === 'on')
    out.push(
      "This model's chat template cannot be told to think, so prompts are as without it; written answers have the room of a thought.",
    );
  if (loaded.caveat) out.push(loaded.caveat);
  return out;
}
