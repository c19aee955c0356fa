import { largestDifference } from '../../core/certificate/compare.ts';
import type { Comparable } from '../../core/certificate/compare.ts';
import type { LadderRung } from '../../core/certificate/ladder.ts';
import { finerDtypes, precisionLimit } from '../../core/certificate/precision.ts';
import type { Check } from '../../core/certificate/types.ts';
import { dtypesOf } from '../../core/models/choice.ts';
import { DTYPE_SUFFIX, type Dtype } from '../../core/models/dtypes.ts';
import { dataFilesOf } from '../../core/models/folder.ts';

interface Listed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** The question in the finer dtype on WASM: its log p, or why there is none. */
export type ScoreFiner = (rung: LadderRung) => Promise<readonly Comparable[] | string>;

/** Bytes of finer weights above which they are not loaded for the comparison. */
const MOST_BYTES = 700 * 1024 * 1024;

/**
 * (d) The first question in the run's weights against finer ones of the same folder: a file that was damaged when it was quantised computes alike on every
 * device, so nothing else shows it. It never fails a rung: tables say how far off the weights are.
 * @returns null where the folder has nothing finer
 */
export async function checkPrecision(
  rung: LadderRung,
  model: Listed,
  outcomes: readonly Comparable[],
  scoreFiner: ScoreFiner,
): Promise<Check | null> {
  const paths = model.files.map((f) => f.path);
  const dtype = finerDtypes(rung.dtype, dtypesOf(paths, Object.keys(rung.dtype)));
  if (dtype === null) return null;
  const limit = precisionLimit(rung.dtype);
  const named = Object.entries(dtype).filter(([session, d]) => rung.dtype[session] !== d);
  const words = named.map(([session, d]) => `${session} in ${d}`).join(', ');
  const base = {
    kind: 'precision' as const,
    name: 'First item: these weights against finer ones',
    limit,
    passed: true,
  };
  const not = (why: string): Check => ({ ...base, error: null, detail: `Not made: ${why}` });
  const bytes = Object.entries(dtype).reduce((n, [session, d]) => n + bytesOf(model, paths, session, d), 0);
  if (bytes > MOST_BYTES) return not('the finer weights are too large for WASM here.');
  const finer = await scoreFiner({ ...rung, name: 'WASM', device: 'wasm', dtype });
  if (typeof finer === 'string') return not(`WASM could not score the item with ${words} (${finer})`);
  const error = largestDifference(outcomes, finer);
  if (error === null) return not(`the two computations gave nothing that can be compared.`);
  const detail = `With ${words}, log p differs by up to ${error.toPrecision(2)}; above ${limit} every table says so.`;
  return { ...base, error, detail };
}

function bytesOf(model: Listed, paths: readonly string[], session: string, dtype: Dtype): number {
  const graph = `onnx/${session}${DTYPE_SUFFIX[dtype]}.onnx`;
  const own = [graph, ...dataFilesOf(graph, paths)];
  return model.files.reduce((n, f) => n + (own.includes(f.path) ? f.size : 0), 0);
}
