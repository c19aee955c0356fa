import { fail, fault, ok, type Result } from '../fault.ts';

/** Rows of numbers as they lie in memory: data.length = rows * columns. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array<ArrayBuffer>;
}

interface Header {
  readonly type: 'f2' | 'f4' | 'f8';
  readonly columnsFirst: boolean;
  readonly rows: number;
  readonly columns: number;
  /** Where the numbers begin. */
  readonly offset: number;
}

const BYTES = { f2: 2, f4: 4, f8: 8 } as const;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The header of a NumPy file (numpy.lib.format, versions 1 to 3). */
function readHeader(name: string, bytes: Uint8Array): Result<Header> {
  const bad = (what: string): Result<never> => fail(fault('unreadable', `${name}: ${what}`, { file: name }));
  if (bytes.length < 12 || MAGIC.some((b, i) => bytes[i] !== b))
    return bad('this is not a NumPy file. Save the embeddings with numpy.save.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = wide ? 12 : 10;
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined)
    return bad('its NumPy header cannot be read: the file is damaged, or holds a record array.');
  const type = /^[<|=](f[248])$/.exec(descr)?.[1];
  if (type !== 'f2' && type !== 'f4' && type !== 'f8')
    return bad(`its numbers are of the type ${descr}; float32, float64 or float16 in little-endian order are read.`);
  const sides = shape.split(',').filter((s) => s.trim() !== '');
  const [rows, columns] = sides.map(Number);
  if (sides.length !== 2 || rows === undefined || columns === undefined || !(columns >= 1))
    return bad(`its shape is (${shape.trim()}); embeddings are a table with one row for each image.`);
  return ok({ type, columnsFirst: order === 'True', rows, columns, offset: start + length });
}

/**
 * A NumPy file as rows of float32. float64 and float16 are converted; Fortran order is turned round; every number must be finite.
 * @param name of the file, for what is said of it
 */
export function readNpy(name: string, file: ArrayBuffer): Result<Matrix> {
  const header = readHeader(name, new Uint8Array(file));
  if (!header.ok) return header;
  const { type, columnsFirst, rows, columns, offset } = header.value;
  const length = rows * columns;
  if (file.byteLength - offset < length * BYTES[type])
    return fail(
      fault('unreadable', `${name}: the file ends before its ${rows} rows of ${columns} numbers do. Copy it again.`, {
        file: name,
      }),
    );
  const numbers = toFloats(type, file, offset, length);
  const data = columnsFirst ? transposed(numbers, rows, columns) : numbers;
  return finite(name, { rows, columns, data });
}

/** The same table, where every number of it is finite. @param name of the file, for what is said of it */
export function finite(name: string, matrix: Matrix): Result<Matrix> {
  const { columns, data } = matrix;
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return ok(matrix);
  return fail(
    fault(
      'unreadable',
      `${name}: row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1} is ${data[at]}; an embedding is made of finite numbers. Embed that image again.`,
      { file: name, row: Math.floor(at / columns) + 1 },
    ),
  );
}

function toFloats(type: Header['type'], file: ArrayBuffer, offset: number, length: number): Float32Array<ArrayBuffer> {
  if (type === 'f4')
    return offset % 4 === 0 ? new Float32Array(file, offset, length) : new Float32Array(file.slice(offset), 0, length);
  const bytes = file.slice(offset, offset + length * BYTES[type]);
  return type === 'f8' ? Float32Array.from(new Float64Array(bytes)) : Float32Array.from(new Uint16Array(bytes), half);
}

/** The value of an IEEE half. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function transposed(numbers: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(rows * columns);
  for (let c = 0; c < columns; c++) for (let r = 0; r < rows; r++) data[r * columns + c] = numbers[c * rows + r] ?? 0;
  return data;
}

/** The header that numpy.save writes before the numbers of a float32 table in row order, padded to 64 bytes. */
export function npyHeader(rows: number, columns: number): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = new Uint8Array(10 + length);
  head.set([...MAGIC, 1, 0, length & 0xff, length >>> 8]);
  head.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  return head;
}
