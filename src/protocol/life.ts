/** What a worker posts once it holds its life lock (workers/life.ts). */
export const ALIVE = 'lookalike-alive';
