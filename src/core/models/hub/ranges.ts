/** Bytes [start, end) of part `index` of a file. */
export function partRange(size: number, partBytes: number, index: number): { start: number; end: number } {
  const start = index * partBytes;
  return { start, end: Math.min(size, start + partBytes) };
}

/** How many parts a file has; an empty file has one, empty. */
export function partCount(size: number, partBytes: number): number {
  return Math.max(1, Math.ceil(size / partBytes));
}

/** `bytes a-b/total`; null when it is not that. */
export function readContentRange(header: string | null): { start: number; end: number; total: number | null } | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header?.trim() ?? '');
  if (!match) return null;
  return { start: Number(match[1]), end: Number(match[2]) + 1, total: match[3] === '*' ? null : Number(match[3]) };
}

/** Seconds to wait after so many failures in a row without a byte between: 1, 2, 4, ... 60, spread by `random` (0 to 1). */
export function backoff(failures: number, random: number): number {
  return Math.min(60, 2 ** Math.max(0, failures - 1)) * (0.75 + random / 2);
}
