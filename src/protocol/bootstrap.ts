import type { Result } from '../core/fault.ts';
import type { Interval } from '../core/statistics/comparison.ts';
import type { Cluster } from '../core/statistics/interval.ts';

export interface BootstrapApi {
  /** The interval of a mean by resampling whole clusters, as core/statistics makes it. */
  interval(clusters: readonly Cluster[]): Promise<Result<Interval>>;
}
