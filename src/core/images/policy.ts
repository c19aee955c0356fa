import { isMediConfusion } from '../benchmark/mediconfusion.ts';
import { DEFAULT_PIXEL_POLICY, type PixelPolicy } from './types.ts';

/**
 * The pixel policy that a benchmark's published results were made under: EXIF orientation applied, as people see images and as transformers' load_image does;
 * ignored for the MediConfusion checkout, whose code ignores it.
 * @param questionsSha256 of the benchmark's question file
 */
export function policyFor(questionsSha256: string): PixelPolicy {
  return isMediConfusion(questionsSha256) ? { ...DEFAULT_PIXEL_POLICY, exif: 'ignore' } : DEFAULT_PIXEL_POLICY;
}
