import { judge, type Judged, type PairAnswers } from './counts.ts';
import { clusterBootstrap, components, type Cluster } from './interval.ts';
import { wilson, type Interval } from './comparison.ts';
import { round2 } from './rounding.ts';

/** The metrics that are shares of something countable, by their names in summary.json. */
export const RATE_NAMES = ['set', 'individual', 'confusion', 'invalid', 'precision'] as const;
export type RateName = (typeof RATE_NAMES)[number];

/** What one pair adds to a rate: successes and trials. */
function shareOf(j: Judged, rate: RateName): Cluster {
  const [one, two] = rate === 'invalid' ? j.invalid : j.right;
  switch (rate) {
    case 'set':
      return { k: Number(j.set), n: 1 };
    case 'individual':
    case 'invalid':
      return { k: Number(one) + Number(two), n: 2 };
    case 'confusion':
      return { k: Number(j.confused), n: Number(j.valid) };
    case 'precision':
      return { k: Number(j.set), n: Number(j.valid && !j.confused) };
  }
}

/** Successes and trials of a rate, one entry for each component of pairs that share images. */
export function rateClusters(answers: readonly PairAnswers[], rate: RateName): readonly Cluster[] {
  const out: { k: number; n: number }[] = [];
  components(answers.map((a) => a.pair)).forEach((c, i) => {
    const answer = answers[i];
    if (!answer) return;
    const cluster = (out[c] ??= { k: 0, n: 0 });
    const { k, n } = shareOf(judge(answer), rate);
    cluster.k += k;
    cluster.n += n;
  });
  return out;
}

/** A rate with its uncertainty, in percent. */
export interface RateEstimate {
  readonly value: number;
  readonly k: number;
  readonly n: number;
  /** 95%, cluster bootstrap over pairs that share images (seeded: the same every time). */
  readonly interval: Interval;
  /** 95%, Wilson: as if pairs were independent. Of `individual` and `invalid` it also takes the two questions of a pair for independent. */
  readonly wilson: Interval;
}

/** A rate of some pairs with both intervals; null where nothing is in its denominator. */
export function rateEstimate(answers: readonly PairAnswers[], rate: RateName): RateEstimate | null {
  const clusters = rateClusters(answers, rate);
  const k = clusters.reduce((s, c) => s + c.k, 0);
  const n = clusters.reduce((s, c) => s + c.n, 0);
  if (n === 0) return null;
  return {
    value: round2((k / n) * 100),
    k,
    n,
    interval: inPercent(clusterBootstrap(clusters)),
    wilson: inPercent(wilson(k, n)),
  };
}

/** An interval of fractions in percent with two decimals. */
export function inPercent({ low, high }: Interval): Interval {
  return { low: round2(low * 100), high: round2(high * 100) };
}
