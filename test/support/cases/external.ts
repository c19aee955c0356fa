import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { joinBytes } from '../../../src/core/bytes.ts';
import { fields, lengthField, numberField, textField } from '../../../src/core/onnx/protobuf.ts';

/** Weights smaller than this stay in the graph. */
const SMALLEST = 1024;

/**
 * Moves the weights of an ONNX graph into a data file beside it, as `onnx.save_model(..., save_as_external_data=True)` does.
 * @param file the graph, replaced in place
 * @param location name of the data file
 */
export function moveWeights(file: string, location: string): void {
  const model = new Uint8Array(readFileSync(file));
  const data: Uint8Array[] = [];
  let offset = 0;
  const tensor = (from: number, to: number): Uint8Array => {
    const parts = [...fields(model, from, to)];
    const raw = parts.find((f) => f.number === 9);
    if (!raw || raw.to - raw.from < SMALLEST) return lengthField(5, model.subarray(from, to));
    const entries = { location, offset: String(offset), length: String(raw.to - raw.from) };
    data.push(model.subarray(raw.from, raw.to));
    offset += raw.to - raw.from;
    return lengthField(
      5,
      ...parts.filter((f) => f !== raw).map((f) => model.subarray(f.start, f.to)),
      ...Object.entries(entries).map(([key, value]) => lengthField(13, textField(1, key), textField(2, value))),
      numberField(14, 1),
    );
  };
  const parts = [...fields(model)].map((top) => {
    if (top.number !== 7) return model.subarray(top.start, top.to);
    const body = [...fields(model, top.from, top.to)].map((f) =>
      f.number === 5 ? tensor(f.from, f.to) : model.subarray(f.start, f.to),
    );
    return lengthField(7, ...body);
  });
  writeFileSync(file, joinBytes(parts));
  writeFileSync(join(dirname(file), location), joinBytes(data));
}

/**
 * Rounds every weight matrix but the largest to its sign times its mean size, as a quantiser gone wrong leaves them.
 * @param file the graph
 * @param out where the damaged graph goes
 */
export function damageWeights(file: string, out: string): void {
  const model = Uint8Array.from(readFileSync(file));
  const matrices: Float32Array[] = [];
  for (const top of fields(model)) {
    if (top.number !== 7) continue;
    for (const f of fields(model, top.from, top.to)) {
      if (f.number !== 5) continue;
      const parts = [...fields(model, f.from, f.to)];
      const raw = parts.find((p) => p.number === 9);
      const dims = parts.filter((p) => p.number === 1);
      // A packed list of two dimensions is one field.
      const count =
        dims.length === 1 && dims[0]?.value === null
          ? [...model.subarray(dims[0].from, dims[0].to)].filter((b) => b < 128).length
          : dims.length;
      const float = parts.some((p) => p.number === 2 && p.value === 1);
      if (!raw || !float || count !== 2) continue;
      matrices.push(copyOf(model, raw.from, raw.to));
    }
  }
  const largest = Math.max(...matrices.map((m) => m.length));
  const bytes = Buffer.from(model);
  for (const m of matrices.filter((x) => x.length < largest)) {
    const at = bytes.indexOf(Buffer.from(m.buffer));
    const mean = m.reduce((sum, x) => sum + Math.abs(x), 0) / m.length;
    m.forEach((x, i) => bytes.writeFloatLE(Math.sign(x) * mean, at + i * 4));
  }
  writeFileSync(out, bytes);
}

function copyOf(model: Uint8Array, from: number, to: number): Float32Array {
  return new Float32Array(model.slice(from, to).buffer);
}
