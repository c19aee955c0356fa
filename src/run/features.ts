import type { PixelPolicy } from '../core/pixels/types.ts';
import type { FeatureData } from '../protocol/engine.ts';
import type { LadderRung } from '../core/certificate/ladder.ts';
import type { ResolvedModel } from './ports.ts';

/** Bytes that kept image features may hold together; the least recently used go first. */
export const FEATURE_BUDGET = 1024 * 1024 * 1024;

/**
 * What an image's features depend on: the vision session's weights and dtype, the settings that make pixels, the device, and the image. Prompts are not
 * among them, so that a second run with another prompt set needs no image encode.
 */
export function featureKey(model: ResolvedModel, rung: LadderRung, policy: PixelPolicy, imageSha256: string): string {
  const vision = model.files
    .filter((f) => /^onnx\/vision_encoder|^(pre)?processor_config\.json$|^config\.json$/.test(f.path))
    .map((f) => f.sha256);
  const { device, dtype, settings } = rung;
  return JSON.stringify([imageSha256, dtype['vision_encoder'], device, settings, policy, vision]);
}

/** Kept features, if they still have their shape; anything else is none. */
export function readFeatures(value: unknown): FeatureData | null {
  const f = value as Partial<FeatureData> | null;
  const whole =
    f !== null &&
    typeof f === 'object' &&
    f.data instanceof Float32Array &&
    typeof f.rows === 'number' &&
    typeof f.width === 'number' &&
    f.data.length === f.rows * f.width &&
    typeof f.layout === 'object' &&
    Array.isArray(f.notes) &&
    typeof f.extra === 'object';
  return whole ? (f as FeatureData) : null;
}
