import { Tensor, type InferenceSession } from 'onnxruntime-web/webgpu';
import { fault, FaultError } from '../../src/core/fault.ts';
import type { Head } from './head.ts';
import { byteLength, floats, int64 } from '../onnx/tensors.ts';

/**
 * What the decoder remembers of the tokens so far: keys and values, or convolution and recurrent states. Immutable: one state can be extended
 * many times. Its owner disposes it; `extend` never does.
 */
export interface State {
  readonly length: number;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly bytes: number;
  dispose(): void;
}

/** One run's input: embeddings [1, n, hidden] (with whatever else the embedding session gave) or token ids [1, n]. */
export interface Step {
  readonly count: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Rows of position ids for these tokens, each of length `count`. */
  readonly positions: readonly (readonly number[])[];
}

/** Logits of the last `rows` tokens of a step, float32 [rows, vocabulary]. */
export interface Logits {
  readonly rows: number;
  row(index: number): Float32Array;
}

export interface Decoder {
  /** Rows of position ids that the session takes; 0 when it takes none. */
  readonly positionRows: number;
  empty(): State;
  extend(state: State, step: Step, keep: number): Promise<{ logits: Logits; state: State }>;
}

type Metadata = InferenceSession['inputMetadata'][number];

/**
 * What a session takes is read from the session, not assumed from the family (docs/runtime.md).
 * @param head makes logits of the session's hidden states, where it gives no logits itself
 */
export function createDecoder(
  session: InferenceSession,
  constant: Readonly<Record<string, Tensor>> = {},
  head: Head | null = null,
): Decoder {
  const names = new Set(session.inputNames);
  const metadata = new Map(session.inputMetadata.map((m) => [m.name, m]));
  const pastNames = session.inputNames.filter((n) => n.startsWith('past'));
  const present = presentNames(session.outputNames);
  const positionRows = names.has('position_ids') ? positionRowsOf(metadata.get('position_ids')) : 0;

  function empty(): State {
    return makeState(0, new Map(pastNames.map((n) => [n, emptyTensor(metadata.get(n), n)])));
  }

  async function extend(state: State, step: Step, keep: number): Promise<{ logits: Logits; state: State }> {
    const total = state.length + step.count;
    const feeds: Record<string, Tensor> = { ...constant };
    for (const [name, tensor] of Object.entries(step.feeds)) if (names.has(name)) feeds[name] = tensor;
    for (const [name, tensor] of state.tensors) feeds[name] = tensor;
    // The mask covers prefix and suffix: one of the suffix alone runs without an error and gives other numbers (docs/runtime.md).
    if (names.has('attention_mask')) feeds['attention_mask'] = int64(new Array<number>(total).fill(1), [1, total]);
    if (positionRows > 0)
      feeds['position_ids'] = positionTensor(step.positions, step.count, metadata.get('position_ids'));
    if (names.has('num_logits_to_keep'))
      feeds['num_logits_to_keep'] = new Tensor('int64', BigInt64Array.of(BigInt(keep)), []);
    if (names.has('use_cache_branch')) feeds['use_cache_branch'] = new Tensor('bool', [state.length > 0], [1]);
    const missing = session.inputNames.filter((n) => feeds[n] === undefined);
    if (missing.length > 0)
      throw new FaultError(
        fault('unsupported', `The decoder wants inputs that Lookalike does not know: ${missing.join(', ')}.`),
      );
    const outputs = await session.run(feeds);
    const tensors = new Map<string, Tensor>();
    const borrowed = new Set<string>();
    for (const [output, past] of present) {
      const t = outputs[output];
      // Encoder keys and values come back as empty constants once they are cached: the old ones stay.
      const kept = past.includes('.encoder.') && state.length > 0 ? state.tensors.get(past) : undefined;
      if (kept) {
        t?.dispose();
        tensors.set(past, kept);
        borrowed.add(past);
      } else if (t) tensors.set(past, t);
    }
    const logits = head === null ? outputs['logits'] : await head(outputs, keep);
    return { logits: await readLogits(logits, step.count), state: makeState(total, tensors, borrowed) };
  }
  return { positionRows, empty, extend };
}

/** Output name to the input name that takes it in the next run (transformers.js: getPastKeyValues). */
function presentNames(outputNames: readonly string[]): ReadonlyMap<string, string> {
  const special = ['ssm', 'conv', 'recurrent', 'compressor', 'indexer'];
  const map = new Map<string, string>();
  for (const name of outputNames) {
    if (!name.startsWith('present')) continue;
    const kind = special.find((s) => name.startsWith(`present_${s}`));
    map.set(name, kind ? name.replace(`present_${kind}`, `past_${kind}`) : name.replace('present', 'past_key_values'));
  }
  return map;
}

/** `borrowed` tensors belong to an earlier state, which outlives this one and disposes them. */
export function makeState(
  length: number,
  tensors: ReadonlyMap<string, Tensor>,
  borrowed: ReadonlySet<string> = new Set(),
): State {
  let bytes = 0;
  const owned = [...tensors].filter(([name]) => !borrowed.has(name)).map(([, t]) => t);
  for (const t of owned) bytes += byteLength(t);
  return {
    length,
    tensors,
    bytes,
    dispose: () => {
      for (const t of owned) t.dispose();
    },
  };
}

/** The state before the first token: symbolic batch dimensions are 1, all other symbolic ones 0. */
function emptyTensor(meta: Metadata | undefined, name: string): Tensor {
  if (!meta?.isTensor) throw new FaultError(fault('unsupported', `The decoder's input ${name} is not a tensor.`));
  const dims = meta.shape.map((d) => (typeof d === 'number' ? d : d.startsWith('batch') ? 1 : 0));
  const size = dims.reduce((a, b) => a * b, 1);
  if (meta.type === 'float16') return new Tensor('float16', new Uint16Array(size), dims);
  return new Tensor('float32', new Float32Array(size), dims);
}

function positionRowsOf(meta: Metadata | undefined): number {
  if (!meta?.isTensor || meta.shape.length !== 3) return 1;
  const first = meta.shape[0];
  return typeof first === 'number' && first > 0 ? first : 3;
}

function positionTensor(rows: readonly (readonly number[])[], count: number, meta: Metadata | undefined): Tensor {
  const flat = rows.flat();
  return meta?.isTensor && meta.shape.length === 3 ? int64(flat, [rows.length, 1, count]) : int64(flat, [1, count]);
}

async function readLogits(t: Tensor | undefined, count: number): Promise<Logits> {
  if (!t) throw new FaultError(fault('unsupported', 'The decoder gives no logits.'));
  const width = t.dims.at(-1) ?? 0;
  const rows = t.dims.length === 2 ? (t.dims[0] ?? 0) : (t.dims[1] ?? 0);
  if (rows < 1 || rows > count)
    throw new FaultError(fault('runtime', `The decoder gave ${rows} rows of logits for ${count} tokens.`));
  const data = await floats(t);
  t.dispose();
  return { rows, row: (i) => data.subarray(i * width, (i + 1) * width) };
}
