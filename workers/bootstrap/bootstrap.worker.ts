import { expose } from 'comlink';
import { clusterBootstrap } from '../../src/core/statistics/interval.ts';
import type { BootstrapApi } from '../../src/protocol/bootstrap.ts';
import { guarded } from '../guarded.ts';
import { holdLife } from '../life.ts';

/** Resampling takes tens of milliseconds a method, so it has a thread of its own. */
const api: BootstrapApi = { interval: (clusters) => guarded(async () => clusterBootstrap(clusters)) };

holdLife();
expose(api);
