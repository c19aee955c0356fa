/** What a worker posts once it holds its life lock (workers/life.ts). */
export const ALIVE = 'lookalike-alive';
/** What a worker posts before and after it starts ONNX Runtime (workers/onnx/start.ts). */
export const RUNTIME_STARTING = 'lookalike-runtime-starting';
export const RUNTIME_STARTED = 'lookalike-runtime-started';
