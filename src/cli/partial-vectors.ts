import * as v from 'valibot';
import type { VectorPorts } from '../app/embed-images.ts';
import { servedFiles } from '../files/served.ts';
import type { Report, ServedFolder } from './types.ts';

/** Embeddings on their way: what a stopped run goes on from. */
export const PARTIAL = 'embeddings.partial.jsonl';

const partialLine = v.object({ set: v.string(), sha256: v.string(), data: v.string() });

/** Embeddings as lines of a file of the output folder: appended as they come, read again by a run that goes on. */
export async function partialVectors(resume: ServedFolder | null, report: Report): Promise<VectorPorts> {
  const earlier = new Map<string, Map<string, Float32Array>>();
  const before = resume === null ? undefined : (await servedFiles(resume.base)).find((f) => f.path === PARTIAL);
  if (before)
    for (const line of (await (await before.blob()).text()).split('\n')) {
      const parsed = v.safeParse(partialLine, parseLine(line));
      if (!parsed.success) continue; // the last line of a run that was killed may be torn
      const { set, sha256: image, data } = parsed.output;
      earlier.set(set, (earlier.get(set) ?? new Map<string, Float32Array>()).set(image, fromBase64(data)));
    }
  return {
    kept: (set) => Promise.resolve(earlier.get(set) ?? new Map<string, Float32Array>()),
    keep: (set, vectors) => {
      const lines = [...vectors].map(([image, data]) => JSON.stringify({ set, sha256: image, data: toBase64(data) }));
      report({ type: 'append', path: PARTIAL, lines });
      return Promise.resolve();
    },
  };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

function toBase64(data: Float32Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}
function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
