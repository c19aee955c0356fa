import { doubtful, testSentence } from '../methods/judge-test.ts';
import type { RunInfo } from '../records/run-info.ts';

/** What a method's name carries in a table where its judge failed the self-test. */
export const DOUBTFUL_MARK = ' †';

/** Dtypes whose weights are not the original's to within rounding. */
const QUANTISED: ReadonlySet<string> = new Set(['q4', 'q4f16', 'q8', 'int8', 'uint8', 'bnb4']);

/** One sentence where scores are those of quantised files, saying which; null where none is. */
export function quantisedRemark(run: RunInfo): string | null {
  const own = Object.entries(run.model.dtype).flatMap(([file, dtype]) =>
    QUANTISED.has(dtype) ? [`${file} in ${dtype}`] : [],
  );
  const judge =
    run.judge && run.judge.kind === 'model' && QUANTISED.has(run.judge.dtype)
      ? [`the judge in ${run.judge.dtype}`]
      : [];
  const files = [...own, ...judge];
  if (files.length === 0) return null;
  return `Quantised weights (${files.join(', ')}): these are the scores of these files, not of the original model, whose log p may differ by several units and whose choices may differ.`;
}

/** Whether a method rests on a judge whose self-test stayed below its limit. */
export function isDoubtful(run: Pick<RunInfo, 'judge'> | null, method: string): boolean {
  const test = run?.judge && run.judge.kind !== 'person' ? run.judge.test : undefined;
  const { scores, likelihood } = doubtful(test);
  const base = method.split('+')[0];
  return base === 'ff' ? scores : base === 'ff-likelihood' && likelihood;
}

/** What must be said of the judge under a table: its self-test, and what a mark means. */
export function judgeRemarks(run: Pick<RunInfo, 'judge'>): readonly string[] {
  const test = run.judge && run.judge.kind !== 'person' ? run.judge.test : undefined;
  if (!test) return [];
  const low = Object.values(doubtful(test)).some(Boolean);
  return [
    testSentence(test),
    ...(low
      ? [
          `${DOUBTFUL_MARK.trim()} This judge reads fewer than 90% of known answers rightly: the numbers so marked say more of the judge than of the model.`,
        ]
      : []),
  ];
}
