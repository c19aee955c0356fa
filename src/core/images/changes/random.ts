/** Numbers from 0 to below 1 that a text fixes: FNV-1a seeds it, Mulberry32 goes on; whole numbers of 32 bits only, so that every engine gives the same. */
export function numbersFrom(seed: string): () => number {
  const next = wordsFrom(seed);
  return () => next() / 2 ** 32;
}

/** Numbers of 32 bits, without sign. */
export function wordsFrom(seed: string): () => number {
  let state = hashOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
