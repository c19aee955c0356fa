import { drawMarks } from '../../src/core/images/marks/draw.ts';
import { patternOf, type MarkCase } from './mark-patterns.ts';

/** SHA-256 of what the rasteriser makes of a case, hex. */
async function marksHash(c: MarkCase): Promise<string> {
  const { data } = drawMarks(patternOf(c), c.marks);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)));
  return [...hash].map((b) => b.toString(16).padStart(2, '0')).join('');
}

Object.assign(globalThis, { marksHash });
