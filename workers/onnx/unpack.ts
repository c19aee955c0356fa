import { joinBytes } from '../../src/core/bytes.ts';
import { readNode, readTensor, type GraphNode, type GraphTensor } from './graph.ts';
import { fields, lengthField, numberField, text, textField, type Field } from '../../src/core/onnx/protobuf.ts';

/** A graph whose 4-bit weights became fp32 ones, which stand in a data file of their own (ONNX external data). */
export interface Unpacked {
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Nodes that were MatMulNBits and are MatMul. */
  readonly nodes: number;
}

/** A MatMulNBits node's weights: B [n, blocks, block / 2] low nibble first, scales [n, blocks], zero points two to a byte or 8 for all. */
export interface PackedWeights {
  readonly k: number;
  readonly n: number;
  readonly block: number;
  readonly values: Uint8Array;
  readonly scales: Float32Array;
  readonly zeros: Uint8Array | null;
}

interface Opened {
  readonly nodes: readonly GraphNode[];
  readonly tensors: ReadonlyMap<string, GraphTensor>;
  /** Names that the graph takes or gives. */
  readonly outer: ReadonlySet<string>;
}

const ATTRIBUTES = new Set(['K', 'N', 'bits', 'block_size', 'accuracy_level']);
const [FLOAT, UINT8] = [1, 2];

/**
 * Turns each MatMulNBits of 4 bits and fp32 scales into a MatMul with the same weights, so that the runtime need not unpack them in every run: its WASM
 * kernel does, and a run of one token then costs as much as one of thirty. Other nodes stay as they are.
 * @param model bytes of the .onnx file
 * @param dataPath name of the data file, as the session will know it
 * @param budget most bytes that the unpacked weights may take
 * @returns null where nothing is to be unpacked, where it would exceed the budget, or where the graph has parts that are not read here (subgraphs,
 *   functions, external data)
 */
export function unpackWeights(model: Uint8Array, dataPath: string, budget: number): Unpacked | null {
  const top = [...fields(model)];
  const graph = top.find((f) => f.number === 7);
  if (!graph || top.some((f) => f.number === 25)) return null;
  const opened = open(model, graph);
  if (opened.nodes.some((n) => n.graphs.length > 0) || [...opened.tensors.values()].some((t) => t.external))
    return null;
  const found = new Map<GraphNode, PackedWeights>();
  for (const node of opened.nodes) {
    const weights = packedWeights(model, node, opened);
    if (weights) found.set(node, weights);
  }
  const size = [...found.values()].reduce((sum, w) => sum + w.k * w.n, 0);
  if (size === 0 || size * 4 > budget) return null;

  const data = new Float32Array(size);
  const tensors: Uint8Array[] = [];
  const nodes = new Map<number, Uint8Array>();
  let at = 0;
  for (const [node, w] of found) {
    const name = `unpacked/${nodes.size}`;
    unpackTransposed(w, data.subarray(at, at + w.k * w.n));
    tensors.push(externalTensor(name, [w.k, w.n], dataPath, at * 4));
    nodes.set(node.field.start, matMul(node, name));
    at += w.k * w.n;
  }
  const gone = unused(opened, found);
  const body: Uint8Array[] = [];
  for (const f of fields(model, graph.from, graph.to))
    if (!gone.has(f.start)) body.push(nodes.get(f.start) ?? model.subarray(f.start, f.to));
  const parts = top.map((f) => (f === graph ? lengthField(7, ...body, ...tensors) : model.subarray(f.start, f.to)));
  return { graph: joinBytes(parts), data: new Uint8Array(data.buffer), nodes: found.size };
}

function open(model: Uint8Array, graph: Field): Opened {
  const nodes: GraphNode[] = [];
  const tensors = new Map<string, GraphTensor>();
  const outer = new Set<string>();
  for (const f of fields(model, graph.from, graph.to)) {
    if (f.number === 1) nodes.push(readNode(model, f));
    if (f.number === 5) {
      const tensor = readTensor(model, f);
      tensors.set(tensor.name, tensor);
    }
    if (f.number === 11 || f.number === 12)
      for (const v of fields(model, f.from, f.to)) if (v.number === 1) outer.add(text(model, v));
  }
  return { nodes, tensors, outer };
}

/** The weights of a node that can be unpacked; null for every other node. */
function packedWeights(model: Uint8Array, node: GraphNode, { tensors, outer }: Opened): PackedWeights | null {
  if (node.operator !== 'MatMulNBits' || node.domain !== 'com.microsoft') return null;
  if ([...node.attributes.keys()].some((a) => !ATTRIBUTES.has(a))) return null;
  const [k, n, block] = ['K', 'N', 'block_size'].map((a) => node.attributes.get(a) ?? 0);
  if (!k || !n || !block || block % 2 !== 0 || (node.attributes.get('bits') ?? 4) !== 4) return null;
  // An ordering of columns (input 4) or a bias (5) is left to the runtime's own kernel.
  if (node.inputs.slice(4).some((name) => name !== '')) return null;
  const blocks = Math.ceil(k / block);
  const raw = (index: number, type: number, length: number): Uint8Array | null => {
    const t = tensors.get(node.inputs[index] ?? '');
    if (!t?.raw || outer.has(t.name) || t.type !== type || t.raw.to - t.raw.from !== length) return null;
    return model.subarray(t.raw.from, t.raw.to);
  };
  const values = raw(1, UINT8, (n * blocks * block) / 2);
  const scales = raw(2, FLOAT, n * blocks * 4);
  const hasZeros = (node.inputs[3] ?? '') !== '';
  const zeros = hasZeros ? raw(3, UINT8, n * Math.ceil(blocks / 2)) : null;
  if (!values || !scales || (hasZeros && !zeros)) return null;
  // Copied, for numbers in the file need not begin where a Float32Array may.
  return { k, n, block, values, scales: new Float32Array(Uint8Array.from(scales).buffer), zeros };
}

/** Rows that are unpacked together: their values of one column fill a cache line. */
const ROWS = 16;

/**
 * Weights as fp32 [k, n], (value - zero point) * scale rounded once, as the runtime's kernel makes them.
 * @param out k * n numbers
 */
function unpackTransposed(w: PackedWeights, out: Float32Array): void {
  const { k, n, block, values, scales, zeros } = w;
  const blocks = Math.ceil(k / block);
  const rowBytes = (blocks * block) / 2;
  const zeroBytes = Math.ceil(blocks / 2);
  const zero = new Float64Array(ROWS);
  const scale = new Float64Array(ROWS);
  for (let first = 0; first < n; first += ROWS) {
    const rows = Math.min(ROWS, n - first);
    for (let b = 0; b < blocks; b++) {
      for (let r = 0; r < rows; r++) {
        const pair = zeros ? (zeros[(first + r) * zeroBytes + (b >> 1)] ?? 0) : 0x88;
        zero[r] = b % 2 === 0 ? pair & 15 : pair >> 4;
        scale[r] = scales[(first + r) * blocks + b] ?? 0;
      }
      const end = Math.min(k, (b + 1) * block);
      for (let column = b * block; column < end; column += 2) {
        const to = column * n + first;
        const second = column + 1 < end;
        for (let r = 0; r < rows; r++) {
          const byte = values[(first + r) * rowBytes + (column >> 1)] ?? 0;
          const z = zero[r] ?? 0;
          const s = scale[r] ?? 0;
          out[to + r] = ((byte & 15) - z) * s;
          if (second) out[to + n + r] = ((byte >> 4) - z) * s;
        }
      }
    }
  }
}

/** TensorProto: dims 1, data_type 2, name 8, external_data 13 (key 1, value 2), data_location 14. */
function externalTensor(name: string, dims: readonly number[], path: string, offset: number): Uint8Array {
  const length = dims.reduce((a, b) => a * b, 4);
  const entries = Object.entries({ location: path, offset: String(offset), length: String(length) });
  return lengthField(
    5,
    ...dims.map((d) => numberField(1, d)),
    numberField(2, FLOAT),
    textField(8, name),
    ...entries.map(([key, value]) => lengthField(13, textField(1, key), textField(2, value))),
    numberField(14, 1),
  );
}

/** NodeProto of the node's name and output: input 1, output 2, name 3, op_type 4. */
function matMul(node: GraphNode, weights: string): Uint8Array {
  return lengthField(
    1,
    ...[node.inputs[0] ?? '', weights].map((i) => textField(1, i)),
    ...node.outputs.map((o) => textField(2, o)),
    textField(3, node.name),
    textField(4, 'MatMul'),
  );
}

/** Where the fields of those initializers begin that only unpacked nodes used. */
function unused({ nodes, tensors, outer }: Opened, found: ReadonlyMap<GraphNode, unknown>): Set<number> {
  const used = new Set([...outer, ...nodes.filter((n) => !found.has(n)).flatMap((n) => n.inputs)]);
  const names = [...found.keys()].flatMap((n) => n.inputs.slice(1)).filter((name) => !used.has(name));
  return new Set(names.flatMap((name) => tensors.get(name)?.field.start ?? []));
}
