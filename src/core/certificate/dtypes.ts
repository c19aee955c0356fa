import { dtypesIn } from '../catalogue/folder.ts';

/** Which dtypes a model folder offers for each session file, and in which order they are tried when the user leaves it open. */

/** dtypes of each session file, from the file names under onnx/. */
export function dtypesOf(paths: readonly string[], sessions: readonly string[]): Record<string, readonly string[]> {
  const found = dtypesIn(paths);
  return Object.fromEntries(sessions.map((s) => [s, found[s] ?? []]));
}

/** Below this many bytes of fp32 sessions 'auto' takes fp32. */
export const SMALL_BYTES = 256 * 1024 * 1024;
/* Orders of preference. Quantised vision encoders lose features (models.md, medgemma), so vision stays as fine as it comes. */
const DECODER_GPU_HALF = ['q4f16', 'q4', 'fp16', 'q8', 'fp32', 'int8', 'uint8', 'bnb4'];
const DECODER_FULL = ['q4', 'q8', 'fp32', 'int8', 'uint8', 'bnb4'];
const OTHER_GPU_HALF = ['fp16', 'fp32', 'q4f16', 'q4', 'q8', 'int8', 'uint8', 'bnb4'];
const OTHER_FULL = ['fp32', 'q8', 'q4', 'int8', 'uint8', 'bnb4'];

export interface DtypeChoice {
  readonly offered: Readonly<Record<string, readonly string[]>>;
  /** What the user asked: 'auto', one dtype, or file to dtype. */
  readonly asked: string | Readonly<Record<string, string>>;
  readonly device: 'webgpu' | 'wasm';
  readonly half: boolean;
  /** The folder is small enough in fp32 that nothing is gained by a coarser dtype. */
  readonly small?: boolean;
}

/**
 * Candidates of file-to-dtype, best first. One dtype for all takes that dtype for the decoder; a file that the folder lacks in it is taken in fp32 (or fp16 for
 * q4f16), as published folders mix them; what was taken is recorded in run.json.
 * @returns an error sentence when a file cannot be had in the asked dtype
 */
export function chooseDtypes(
  c: DtypeChoice,
): { ok: true; value: readonly Record<string, string>[] } | { ok: false; message: string } {
  const { asked } = c;
  if (asked === 'auto') return auto(c);
  const chosen: Record<string, string> = {};
  for (const [file, have] of Object.entries(c.offered)) {
    const wanted = typeof asked === 'string' ? asked : asked[file];
    const found =
      wanted === undefined
        ? preference(file, c).find((d) => have.includes(d))
        : fallbacks(wanted, typeof asked === 'string' && !isDecoder(file)).find((d) => have.includes(d));
    if (found === undefined)
      return {
        ok: false,
        message: `The model folder has no ${file} in ${wanted ?? 'any known dtype'}${have.length > 0 ? `; it has ${have.join(', ')}` : ''}.`,
      };
    chosen[file] = found;
  }
  return { ok: true, value: [chosen] };
}

function isDecoder(file: string): boolean {
  return file === 'decoder_model_merged' || file === 'model';
}

function fallbacks(wanted: string, loose: boolean): readonly string[] {
  if (!loose) return [wanted];
  return wanted === 'q4f16' ? [wanted, 'fp16', 'q4', 'fp32'] : wanted === 'fp16' ? [wanted, 'fp32'] : [wanted, 'fp32'];
}

function preference(file: string, c: DtypeChoice): readonly string[] {
  if (c.small) return ['fp32', ...DECODER_FULL];
  const half = c.device === 'webgpu' && c.half;
  if (isDecoder(file)) return half ? DECODER_GPU_HALF : DECODER_FULL;
  return half ? OTHER_GPU_HALF : OTHER_FULL;
}

/** Best first, then with the decoder in each other dtype that the folder has. */
function auto(c: DtypeChoice): ReturnType<typeof chooseDtypes> {
  const candidates: Record<string, string>[] = [];
  const decoder = Object.keys(c.offered).find(isDecoder);
  const decoderDtypes =
    decoder === undefined
      ? [undefined]
      : [...new Set(preference(decoder, c))].filter((d) => c.offered[decoder]?.includes(d));
  for (const d of decoderDtypes) {
    const chosen: Record<string, string> = {};
    for (const [file, have] of Object.entries(c.offered)) {
      const found = file === decoder ? d : preference(file, c).find((x) => have.includes(x));
      if (found === undefined)
        return {
          ok: false,
          message: `The model folder has no ${file} that runs on ${c.device === 'webgpu' ? 'WebGPU' : 'WASM'}${have.length > 0 ? ` (it has ${have.join(', ')})` : ''}.`,
        };
      chosen[file] = found;
    }
    candidates.push(chosen);
  }
  if (candidates.length === 0)
    return { ok: false, message: `The model folder has no ${decoder ?? 'decoder'} that runs here.` };
  return { ok: true, value: candidates };
}
