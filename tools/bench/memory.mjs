/** Memory of a program and all that it starts, from /proc (Linux). */
import { readFileSync, readdirSync } from 'node:fs';

/** How often memory is looked at, in milliseconds. */
const EVERY = 250;

/**
 * Watches a program and its descendants until it is told to stop.
 * @param {number} pid
 * @returns {() => number | null} stops; the most bytes that they held together (proportional set size, so that shared pages count once); null where /proc does not tell
 */
export function watchMemory(pid) {
  let peak = 0;
  const look = () => {
    peak = Math.max(
      peak,
      [pid, ...descendants(pid)].reduce((sum, p) => sum + heldBy(p), 0),
    );
  };
  const timer = setInterval(look, EVERY);
  return () => {
    clearInterval(timer);
    return peak > 0 ? peak : null;
  };
}

/** @param {number} pid @returns {number[]} */
function descendants(pid) {
  const children = new Map();
  for (const name of entries('/proc')) {
    const parent = /^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1];
    if (parent) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  /** @type {(of: number) => number[]} */
  const below = (of) => (children.get(of) ?? []).flatMap((/** @type {number} */ c) => [c, ...below(c)]);
  return below(pid);
}

/** @param {string} path */
function entries(path) {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** @param {number} pid */
function heldBy(pid) {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
