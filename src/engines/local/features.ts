import { imageKey, type ImageRef } from '../../core/images/ref.ts';
import type { PixelPolicy } from '../../core/images/types.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { rolesOf } from '../../core/models/families/registry.ts';
import type { ResolvedModel } from './model.ts';

/**
 * What an image's features depend on: the vision session's weights and dtype, the settings that make pixels, the device, and the image. Prompts are not
 * among them, so that a second run with another prompt set needs no image encode.
 */
export function featureKey(model: ResolvedModel, rung: LadderRung, policy: PixelPolicy, image: ImageRef): string {
  const { vision } = rolesOf(model.config);
  const deciding = model.files
    .filter((f) => f.path.startsWith(`onnx/${vision}`) || /^(pre)?processor_config\.json$|^config\.json$/.test(f.path))
    .map((f) => f.sha256);
  const { device, dtype, settings } = rung;
  return JSON.stringify([imageKey(image), dtype[vision], device, settings, policy, deciding]);
}
