/** Standard normal quantiles of a two-sided test at 5% and of 80% power. */
const Z_ALPHA = 1.959963984540054;
const Z_BETA = 0.8416212335729143;
/** What the numbers below are for; printed beside them. */
export const POWER_WORDS = '80% power, two-sided test at 5%';

/**
 * Pairs that show a difference between two runs on the same pairs (McNemar; Connor 1987, Biometrics 43, 207-211).
 * @param difference of the set accuracies, as a fraction, not 0
 * @param discordant share of pairs that only one of the two has right; at least the difference
 * @param designEffect by which shared images widen the variance; 1 for independent pairs
 * @throws RangeError where the difference is 0, or beyond what the discordant pairs allow
 */
export function pairsForDifference(difference: number, discordant: number, designEffect = 1): number {
  const d = Math.abs(difference);
  if (!(d > 0) || !(discordant >= d - 1e-12) || discordant > 1)
    throw new RangeError(`No number of pairs shows a difference of ${difference} with ${discordant} discordant.`);
  const root = Z_ALPHA * Math.sqrt(discordant) + Z_BETA * Math.sqrt(Math.max(0, discordant - d * d));
  return Math.ceil((root / d) ** 2 * Math.max(1, designEffect));
}

/**
 * Pairs that show that a set accuracy is not that of guessing (one share against a fixed one, normal approximation).
 * @param share true set accuracy, as a fraction
 * @param chance what guessing gives, as a fraction; not equal to `share`
 */
export function pairsAgainstChance(share: number, chance: number, designEffect = 1): number {
  const d = Math.abs(share - chance);
  if (!(d > 0)) throw new RangeError('No number of pairs shows a difference of 0.');
  const root = Z_ALPHA * Math.sqrt(chance * (1 - chance)) + Z_BETA * Math.sqrt(share * (1 - share));
  return Math.ceil((root / d) ** 2 * Math.max(1, designEffect));
}

/** Share of pairs that only one of two independent runs with these set accuracies has right. */
export function independentDiscordance(first: number, second: number): number {
  return first * (1 - second) + second * (1 - first);
}

/**
 * The smallest difference from a set accuracy that some pairs would show between two runs whose answers are independent; as a fraction.
 * @returns null where not even the largest possible one would show
 */
export function detectableDifference(share: number, pairs: number, designEffect = 1): number | null {
  // Towards the middle there is more room: from 90% a run can differ downwards only by much.
  const sign = share <= 0.5 ? 1 : -1;
  const shows = (d: number): boolean =>
    pairsForDifference(d, Math.max(d, independentDiscordance(share, share + sign * d)), designEffect) <= pairs;
  let [low, high] = [0, sign > 0 ? 1 - share : share];
  if (pairs < 1 || !shows(high)) return null;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (middle > 0 && shows(middle)) high = middle;
    else low = middle;
  }
  return high;
}
