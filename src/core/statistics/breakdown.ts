import type { Benchmark, Pair } from '../benchmark/types.ts';
import type { ResultRecord } from '../records/record.ts';
import { countPairs, indexRecords, pairAnswers, type Counts } from './counts.ts';
import { overall, type Rates } from './summary.ts';

/** A method's numbers over some of the pairs. */
export interface GroupRates extends Rates {
  readonly group: string;
  readonly counts: Counts;
}

/**
 * A method's metrics by group of pairs (by failure pattern, for one). A pair counts in each of its groups; groups without a scored pair are there, with
 * zero counts.
 * @param groups in the order wanted
 */
export function breakdown(
  benchmark: Pick<Benchmark, 'pairs'>,
  records: readonly ResultRecord[],
  method: string,
  groups: readonly string[],
  groupsOf: (pair: Pair) => readonly string[],
): readonly GroupRates[] {
  const answers = pairAnswers(benchmark, indexRecords(records), method);
  return groups.map((group) => {
    const own = answers.filter((a) => groupsOf(a.pair).includes(group));
    const counts = countPairs(own);
    return { group, counts, ...overall(counts) };
  });
}
