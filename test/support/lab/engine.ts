import { wrap, type Remote } from 'comlink';
import type { EngineApi } from '../../../src/protocol/engine.ts';

/** Runs `work` on a fresh engine worker and ends the worker, whatever came of it. */
export async function withEngine<T>(work: (engine: Remote<EngineApi>) => Promise<T>): Promise<T> {
  const url = new URL('../../../workers/vlm/engine.worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  const died = new Promise<never>((_, reject) => {
    worker.onerror = (e) => {
      reject(new Error(`The engine worker died: ${e.message}`));
    };
  });
  try {
    return await Promise.race([work(wrap<EngineApi>(worker)), died]);
  } finally {
    worker.terminate();
  }
}
