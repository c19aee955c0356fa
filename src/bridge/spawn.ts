import type { EngineApi } from '../protocol/engine.ts';
import type { PixelsApi } from '../protocol/pixels.ts';
import { WorkerClient } from './worker.ts';

/** The one file that knows the workers' URLs. */
export function spawnEngine(): WorkerClient<EngineApi> {
  const worker = new Worker(new URL('../../workers/engine/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  return new WorkerClient<EngineApi>(worker, 'engine worker');
}

export function spawnPixels(): WorkerClient<PixelsApi> {
  const worker = new Worker(new URL('../../workers/pixels/pixels.worker.ts', import.meta.url), {
    type: 'module',
    name: 'pixels',
  });
  return new WorkerClient<PixelsApi>(worker, 'image worker');
}
