import type { Benchmark } from '../benchmark/types.ts';
import { isPlain, orderMethods } from '../methods/registry.ts';
import type { ResultRecord } from '../records/record.ts';
import { agreement, answeredByBoth, rightBy, type Agreement, type BothAnswers, type RightBy } from './agreement.ts';
import { holm, mcnemarExact, type Interval } from './comparison.ts';
import { indexRecords, judge, pairAnswers } from './counts.ts';
import { components, uniform } from './interval.ts';
import { quantile } from './quantile.ts';
import { percentOfTotal, round2 } from './rounding.ts';

/** One run of several that answered the same benchmark. */
export interface RunAnswers {
  readonly title: string;
  readonly records: readonly ResultRecord[];
}

/** Two runs under one method, or one run under two, over the pairs that both scored. */
export interface PairedRow {
  /** Of the first and of the second: the same where runs are compared. */
  readonly methods: readonly [string, string];
  /** Places of the two runs in the list. */
  readonly runs: readonly [number, number];
  readonly pairs: number;
  /** Set accuracy of each over these pairs, in percent. */
  readonly set: readonly [number, number];
  /** Second less first, in percentage points, with its 95% interval by cluster bootstrap over pairs that share images. */
  readonly difference: number;
  readonly interval: Interval;
  readonly right: RightBy;
  readonly agreement: Agreement;
  /** Exact McNemar, two-sided: as it is, and with Holm's adjustment over all rows of the comparison. */
  readonly p: number;
  readonly adjusted: number;
}

const RESAMPLES = 5000;
const SEED = 0x0d_1f;

/**
 * Every two runs under every method that both have, answer by answer. Methods asked under a condition are compared too, as methods of their own. Holm's
 * adjustment is over all rows that are returned: one family of tests.
 */
export function compareRuns(benchmark: Pick<Benchmark, 'pairs'>, runs: readonly RunAnswers[]): readonly PairedRow[] {
  const indexes = runs.map((r) => indexRecords(r.records));
  const methods = orderMethods(runs.flatMap((r) => r.records.map((x) => x.method)));
  const twos = runs.flatMap((_, i) => runs.slice(i + 1).map((__, j): readonly [number, number] => [i, i + 1 + j]));
  const rows = twos.flatMap(([i, j]) =>
    methods.flatMap((method): Omit<PairedRow, 'adjusted'>[] => {
      const [first, second] = [i, j].map((k) => pairAnswers(benchmark, indexes[k] ?? new Map(), method));
      const both = answeredByBoth(first ?? [], second ?? []);
      return both.length === 0 ? [] : [rowOf([method, method], [i, j], both)];
    }),
  );
  return adjusted(rows);
}

/** Every two methods of one run, in the same way; what is asked under a condition is left out. */
export function compareMethods(benchmark: Pick<Benchmark, 'pairs'>, run: RunAnswers): readonly PairedRow[] {
  const index = indexRecords(run.records);
  const methods = orderMethods(run.records.map((x) => x.method)).filter(isPlain);
  const rows = methods.flatMap((one, i) =>
    methods.slice(i + 1).flatMap((two) => {
      const both = answeredByBoth(pairAnswers(benchmark, index, one), pairAnswers(benchmark, index, two));
      return both.length === 0 ? [] : [rowOf([one, two], [0, 0], both)];
    }),
  );
  return adjusted(rows);
}

function adjusted(rows: readonly Omit<PairedRow, 'adjusted'>[]): readonly PairedRow[] {
  const p = holm(rows.map((r) => r.p));
  return rows.map((r, i) => ({ ...r, adjusted: p[i] ?? 1 }));
}

function rowOf(
  methods: PairedRow['methods'],
  runs: readonly [number, number],
  both: readonly BothAnswers[],
): Omit<PairedRow, 'adjusted'> {
  const right = rightBy(both);
  const n = both.length;
  const [one, two] = [right.both.length + right.onlyFirst.length, right.both.length + right.onlySecond.length];
  return {
    methods,
    runs,
    pairs: n,
    set: [percentOfTotal(one, n), percentOfTotal(two, n)],
    difference: round2(((two - one) / n) * 100),
    interval: differenceInterval(both),
    right,
    agreement: agreement(both),
    p: mcnemarExact(right.onlyFirst.length, right.onlySecond.length),
  };
}

/** 95% interval of the difference of set accuracies, second less first, in percentage points: whole components are drawn, both runs together. */
function differenceInterval(both: readonly BothAnswers[]): Interval {
  const clusters: { gain: number; n: number }[] = [];
  components(both.map((b) => b.first.pair)).forEach((c, i) => {
    const answers = both[i];
    if (!answers) return;
    const cluster = (clusters[c] ??= { gain: 0, n: 0 });
    cluster.n++;
    cluster.gain += Number(judge(answers.second).set) - Number(judge(answers.first).set);
  });
  const random = uniform(SEED);
  const values = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let gain = 0;
    let n = 0;
    for (let i = 0; i < clusters.length; i++) {
      const c = clusters[Math.floor(random() * clusters.length)];
      gain += c?.gain ?? 0;
      n += c?.n ?? 0;
    }
    values[r] = (gain / n) * 100;
  }
  values.sort();
  return { low: round2(quantile(values, 0.025)), high: round2(quantile(values, 0.975)) };
}
