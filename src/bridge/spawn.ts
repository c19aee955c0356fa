import type { EngineApi } from '../protocol/engine.ts';
import type { JudgeApi } from '../protocol/judge.ts';
import type { PixelsApi } from '../protocol/pixels.ts';
import { WorkerClient } from './worker.ts';

/* The one file that knows the workers' URLs. The bundler wants each `new Worker(new URL(...))` written out. */

const unique = (kind: string): string => `${kind}-${crypto.randomUUID()}`;

export function spawnEngine(): WorkerClient<EngineApi> {
  const name = unique('engine');
  const worker = new Worker(new URL('../../workers/engine/engine.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<EngineApi>(worker, 'engine worker', name);
}

export function spawnPixels(): WorkerClient<PixelsApi> {
  const name = unique('pixels');
  const worker = new Worker(new URL('../../workers/pixels/pixels.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return new WorkerClient<PixelsApi>(worker, 'image worker', name);
}

export function spawnJudge(): WorkerClient<JudgeApi> {
  const name = unique('judge');
  const worker = new Worker(new URL('../../workers/judge/judge.worker.ts', import.meta.url), { type: 'module', name });
  return new WorkerClient<JudgeApi>(worker, 'judge worker', name);
}
