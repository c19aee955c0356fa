import { DEFAULT_PIXEL_POLICY, type PixelPolicy } from './types.ts';

/** SHA-256 of MediConfusion's own question files (AIF4S/MediConfusion, a3045b0): dataset.json and dataset.csv. */
const MEDICONFUSION: ReadonlySet<string> = new Set([
  '36e5052ebe370aac7446f29cb1425fa47b1795b40e2e7a72462c93b5472c0d5f',
  'd99702d0140ecfccd00603251e65846ccc8dafe6ffc0f34d4e90c284d591a2e9',
]);

/**
 * The pixel policy that a benchmark's published results were made under: EXIF orientation applied, as people see images and as transformers' load_image does;
 * ignored for the MediConfusion checkout, whose code ignores it.
 * @param questionsSha256 of the benchmark's question file
 */
export function policyFor(questionsSha256: string): PixelPolicy {
  return MEDICONFUSION.has(questionsSha256) ? { ...DEFAULT_PIXEL_POLICY, exif: 'ignore' } : DEFAULT_PIXEL_POLICY;
}
