import { InferenceSession } from 'onnxruntime-web/webgpu';
import { RUNTIME_STARTED, RUNTIME_STARTING } from '../../src/protocol/life.ts';

/** A graph of one Identity. */
const SMALLEST = 'CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0=';

let started: Promise<void> | null = null;

/**
 * Starts ONNX Runtime in this worker: its code is fetched and compiled, its threads are spawned. Whoever owns the worker is told when this begins and
 * when it is done: a start that hangs (seen in Firefox 153 after a reload) is ended there and tried in a fresh worker (src/bridge/worker.ts).
 * The realm must have been configured (`configureBackend`).
 */
export function startRuntime(): Promise<void> {
  return (started ??= start());
}

async function start(): Promise<void> {
  self.postMessage(RUNTIME_STARTING);
  try {
    const model = Uint8Array.from(atob(SMALLEST), (c) => c.charCodeAt(0));
    const session = await InferenceSession.create(model, { executionProviders: ['wasm'] });
    await session.release();
  } finally {
    self.postMessage(RUNTIME_STARTED);
  }
}
