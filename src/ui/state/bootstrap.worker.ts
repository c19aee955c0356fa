import { clusterBootstrap, type Cluster } from '../../core/metrics/interval.ts';

/** Resampling takes tens of milliseconds a method, so it has a thread of its own. One answer for each question, in order. */
export interface BootstrapQuestion {
  readonly id: number;
  readonly clusters: readonly Cluster[];
}

addEventListener('message', ({ data }: MessageEvent<BootstrapQuestion>) => {
  postMessage({ id: data.id, ...clusterBootstrap(data.clusters) });
});
