import type { Letter } from '../benchmark/types.ts';
import type { JudgedAnswer } from './ff.ts';

/** How free answers are judged, beside who judges them; stored with the run. */
export interface JudgingOptions {
  /** Let the judge write its explanation and keep it; else decoding ends once both scores can be read. */
  readonly explain: boolean;
  /** An answer that is an option word for word is decided without asking the judge. Off where published numbers are to be repeated. */
  readonly byRule: boolean;
  /** Pairs of the judge's self-test; 0: it is not tested. */
  readonly selfTest: number;
  /** 'auto', or the dtype of the judge's weights. */
  readonly dtype: string;
}

/** As the benchmark's own code judges. */
export const PUBLISHED_JUDGING: JudgingOptions = { explain: false, byRule: false, selfTest: 12, dtype: 'auto' };

/** Note of a free answer that is empty: it is invalid, and no judge is asked. */
export const NO_ANSWER = 'no-answer';
/** Note of a free answer that was decided by comparing words. */
export const JUDGED_BY_RULE = 'judged-by-rule';

/** The option that an answer is word for word; null for every other answer, and where the options do not differ so. */
export function sameAsOption({ response, options }: Pick<JudgedAnswer, 'response' | 'options'>): Letter | null {
  const [answer, a, b] = [response, options.A, options.B].map(words);
  if (a === b || answer === '') return null;
  return answer === a ? 'A' : answer === b ? 'B' : null;
}

/** An answer's words, without what writers add to them: case, spacing, a full stop at the end. */
function words(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/\.$/, '');
}
