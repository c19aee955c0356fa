/** SHA-256 of MediConfusion's own question files (AIF4S/MediConfusion, a3045b0): dataset.json and dataset.csv. */
const QUESTIONS: ReadonlySet<string> = new Set([
  '36e5052ebe370aac7446f29cb1425fa47b1795b40e2e7a72462c93b5472c0d5f',
  'd99702d0140ecfccd00603251e65846ccc8dafe6ffc0f34d4e90c284d591a2e9',
]);

/** Its pairs, all of which the paper's numbers rest on. */
export const MEDICONFUSION_PAIRS = 176;

/** Whether a question file is MediConfusion's own, unchanged: only then do numbers compare with the paper's. */
export function isMediConfusion(questionsSha256: string): boolean {
  return QUESTIONS.has(questionsSha256);
}
