import type { Device } from '../device.ts';
import { isDecoder } from './families/sessions.ts';
import { isDtype, type Dtype, type DtypeMap } from './dtypes.ts';
import { dtypesIn } from './folder.ts';

/** Which dtypes a model folder offers for each session file, and in which order they are tried when the user leaves it open. */

/** dtypes of each session file, from the file names under onnx/. */
export function dtypesOf(paths: readonly string[], sessions: readonly string[]): Record<string, readonly string[]> {
  const found = dtypesIn(paths);
  return Object.fromEntries(sessions.map((s) => [s, found[s] ?? []]));
}

/* Orders of preference. Quantised vision encoders lose features, so vision stays as fine as it comes. */
const DECODER_GPU_HALF: readonly Dtype[] = ['q4f16', 'q4', 'fp16', 'q8', 'fp32', 'int8', 'uint8', 'bnb4'];
const DECODER_FULL: readonly Dtype[] = ['q4', 'q8', 'fp32', 'int8', 'uint8', 'bnb4'];
const OTHER_GPU_HALF: readonly Dtype[] = ['fp16', 'fp32', 'q4f16', 'q4', 'q8', 'int8', 'uint8', 'bnb4'];
const OTHER_FULL: readonly Dtype[] = ['fp32', 'q8', 'q4', 'int8', 'uint8', 'bnb4'];

export interface DtypeChoice {
  readonly offered: Readonly<Record<string, readonly string[]>>;
  /** What the user asked: 'auto', one dtype, or file to dtype. */
  readonly asked: string | Readonly<Record<string, string>>;
  readonly device: Device;
  readonly half: boolean;
  /** dtypes of full precision that fit this device, finest first (full-precision.ts): `auto` takes them before any other. */
  readonly full?: readonly Dtype[];
}

/**
 * Candidates of file-to-dtype, best first. One dtype for all takes that dtype for the decoder; a file that the folder lacks in it is taken in fp32 (or fp16 for
 * q4f16), as published folders mix them; what was taken is recorded in run.json.
 * @returns an error sentence when a file cannot be had in the asked dtype
 */
export function chooseDtypes(
  c: DtypeChoice,
): { ok: true; value: readonly DtypeMap[] } | { ok: false; message: string } {
  const { asked } = c;
  if (asked === 'auto') return auto(c);
  const chosen: Record<string, Dtype> = {};
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

function fallbacks(wanted: string, loose: boolean): readonly Dtype[] {
  if (!isDtype(wanted)) return [];
  if (!loose) return [wanted];
  return wanted === 'q4f16' ? [wanted, 'fp16', 'q4', 'fp32'] : wanted === 'fp16' ? [wanted, 'fp32'] : [wanted, 'fp32'];
}

function preference(file: string, c: DtypeChoice): readonly Dtype[] {
  const half = c.device === 'webgpu' && c.half;
  const small = isDecoder(file) ? (half ? DECODER_GPU_HALF : DECODER_FULL) : half ? OTHER_GPU_HALF : OTHER_FULL;
  return [...new Set([...(c.full ?? []), ...small])];
}

/** Best first, then with the decoder in each other dtype that the folder has. */
function auto(c: DtypeChoice): ReturnType<typeof chooseDtypes> {
  const candidates: DtypeMap[] = [];
  const decoder = Object.keys(c.offered).find(isDecoder);
  const decoderDtypes =
    decoder === undefined
      ? [undefined]
      : [...new Set(preference(decoder, c))].filter((d) => c.offered[decoder]?.includes(d));
  for (const d of decoderDtypes) {
    const chosen: Record<string, Dtype> = {};
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
