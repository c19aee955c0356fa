/**
 * Names of the nodes of some operators in an ONNX graph (ModelProto.graph, field 7; GraphProto.node, field 1; NodeProto.name 3, op_type 4), read by
 * protobuf's field lengths, so that weights are stepped over and not parsed.
 * @param bytes of the .onnx file
 * @param operators such as 'Cos'
 */
export function nodeNames(bytes: Uint8Array, operators: ReadonlySet<string>): readonly string[] {
  const names: string[] = [];
  for (const [graph, from, to] of fields(bytes, 0, bytes.length)) {
    if (graph !== 7) continue;
    for (const [node, start, end] of fields(bytes, from, to)) if (node === 1) take(bytes, start, end, operators, names);
  }
  return names;
}

function take(bytes: Uint8Array, from: number, to: number, operators: ReadonlySet<string>, names: string[]): void {
  let [name, operator] = ['', ''];
  for (const [field, start, end] of fields(bytes, from, to)) {
    if (field === 3) name = text(bytes, start, end);
    if (field === 4) operator = text(bytes, start, end);
  }
  if (name !== '' && operators.has(operator)) names.push(name);
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to));
}

/** Length-delimited fields of a message: number, start and end of their content. Other kinds are stepped over. */
function* fields(bytes: Uint8Array, from: number, to: number): Generator<readonly [number, number, number]> {
  let at = from;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('The graph ends in the middle of a number.');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < to) {
    const key = varint();
    const kind = key % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      yield [Math.floor(key / 8), at, at + length];
      at += length;
    } else throw new RangeError(`The graph holds a field of an unknown kind (${kind}).`);
  }
}
