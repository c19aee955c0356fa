import { fields, text, type Field } from '../../src/core/onnx/protobuf.ts';

/**
 * Names of the nodes of some operators in an ONNX graph and in the graphs that its nodes hold (ModelProto.graph, field 7; GraphProto.node, field 1), read by
 * protobuf's field lengths, so that weights are stepped over and not parsed.
 * @param bytes of the .onnx file
 * @param operators such as 'Cos'
 */
export function nodeNames(bytes: Uint8Array, operators: ReadonlySet<string>): readonly string[] {
  const names: string[] = [];
  const collect = (graph: Field): void => {
    for (const f of fields(bytes, graph.from, graph.to)) {
      if (f.number !== 1) continue;
      const node = readNode(bytes, f);
      if (node.name !== '' && operators.has(node.operator)) names.push(node.name);
      node.graphs.forEach(collect);
    }
  };
  for (const field of fields(bytes)) if (field.number === 7) collect(field);
  return names;
}

/** A node of a graph (NodeProto), as far as we read it. */
export interface GraphNode {
  readonly field: Field;
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole-number attributes by name; null for those of other kinds. */
  readonly attributes: ReadonlyMap<string, number | null>;
  /** Attributes that are graphs of their own, which may use the outer graph's values. */
  readonly graphs: readonly Field[];
}

export function readNode(bytes: Uint8Array, field: Field): GraphNode {
  let [name, operator, domain] = ['', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const graphs: Field[] = [];
  const attributes = new Map<string, number | null>();
  for (const f of fields(bytes, field.from, field.to)) {
    if (f.number === 1) inputs.push(text(bytes, f));
    if (f.number === 2) outputs.push(text(bytes, f));
    if (f.number === 3) name = text(bytes, f);
    if (f.number === 4) operator = text(bytes, f);
    if (f.number === 7) domain = text(bytes, f);
    if (f.number !== 5) continue;
    let [key, value]: [string, number | null] = ['', null];
    for (const a of fields(bytes, f.from, f.to)) {
      if (a.number === 1) key = text(bytes, a);
      if (a.number === 3) value = a.value;
      if (a.number === 6 || a.number === 11) graphs.push(a);
    }
    attributes.set(key, value);
  }
  return { field, name, operator, domain, inputs, outputs, attributes, graphs };
}

/** An initializer (TensorProto), as far as we read it. */
export interface GraphTensor {
  readonly field: Field;
  readonly name: string;
  /** TensorProto.DataType: 1 float, 2 uint8. */
  readonly type: number;
  /** The bytes, where they stand in the file as such (raw_data). */
  readonly raw: Field | null;
  /** The bytes are in another file. */
  readonly external: boolean;
}

export function readTensor(bytes: Uint8Array, field: Field): GraphTensor {
  let [name, type, external]: [string, number, boolean] = ['', 0, false];
  let raw: Field | null = null;
  for (const f of fields(bytes, field.from, field.to)) {
    if (f.number === 2) type = f.value ?? 0;
    if (f.number === 8) name = text(bytes, f);
    if (f.number === 9) raw = f;
    if (f.number === 13 || (f.number === 14 && f.value === 1)) external = true;
  }
  return { field, name, type, raw, external };
}
