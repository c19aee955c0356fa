import { at } from '../json.ts';
import { scaledByRun } from '../models/dtypes.ts';
import { compareOutcomes, type Comparable } from './compare.ts';
import { logprobLimit } from './limits.ts';
import type { Check } from './types.ts';

/* Models whose language part is in 8 bits (docs/certificate.md, "8 bits"). */

/** What a run says of such a model. */
export const COMPUTED_ALONE =
  'Weights in 8 bits round activations by one scale for all tokens of a run, so every sequence is computed in a run of its own. That takes longer than sharing what prompts have in common; q4 and fp32 share it.';

/**
 * (c) The run's own way against the other one. The shared prefix must give what a full forward gives. In 8 bits the two differ by right arithmetic: each
 * sequence is computed in a run of its own, and the check says how far apart they are, for nothing finer can be told of such a model.
 * @param what the question that was asked both ways
 * @param own log p as the run computes them
 * @param other by full forwards; in 8 bits by the shared prefix
 */
export function forwardCheck(
  what: 'First item' | 'First prompt',
  own: readonly Comparable[],
  other: readonly Comparable[],
  dtype: Readonly<Record<string, string>>,
): Check {
  const name = `${what}: shared prefix against full forward`;
  const compared = compareOutcomes('full-forward', name, own, other, logprobLimit(dtype));
  const { error } = compared;
  if (!scaledByRun(dtype) || error === null) return compared;
  return {
    ...compared,
    kind: 'scales',
    name: `${what}: runs of other tokens`,
    passed: true,
    detail: `By other groups of tokens in a run log p differs by up to ${error.toExponential(1)}, since 8 bits round by one scale a run. Every sequence is computed in a run of its own.`,
  };
}

/** How often over the spread two right computations of an 8-bit model may differ: both are single draws of the same rounding. */
const DRAWS = 2;

/**
 * How far log p of the same model may lie apart on two devices: the limit of its number formats, or what 8 bits leave open.
 * @param certificates of runs of it, of any version: their checks are looked through
 */
export function deviceLimit(dtype: Readonly<Record<string, string>>, ...certificates: readonly unknown[]): number {
  return Math.max(logprobLimit(dtype), ...certificates.map(leftOpen));
}

function leftOpen(certificate: unknown): number {
  const checks = at(certificate, 'checks');
  if (!Array.isArray(checks)) return 0;
  const found = checks.flatMap((c: unknown) => (at(c, 'kind') === 'scales' ? [at(c, 'error')] : []));
  return DRAWS * Math.max(0, ...found.filter((e) => typeof e === 'number'));
}
