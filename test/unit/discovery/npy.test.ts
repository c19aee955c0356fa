import { describe, expect, it } from 'vitest';
import { npyHeader, readNpy } from '../../../src/core/discovery/npy.ts';

/** A NumPy file with any header. */
function npy(header: string, numbers: ArrayBufferView): ArrayBuffer {
  const text = `${header.padEnd(117)}\n`;
  const head = new Uint8Array([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    text.length,
    0,
    ...new TextEncoder().encode(text),
  ]);
  const bytes = new Uint8Array(head.length + numbers.byteLength);
  bytes.set(head);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), head.length);
  return bytes.buffer;
}
const header = (descr: string, fortran: boolean, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
const message = (file: ArrayBuffer): string => {
  const read = readNpy('med.npy', file);
  return read.ok ? '' : read.fault.message;
};

describe('readNpy', () => {
  it('reads float32 rows, and what it writes itself', () => {
    const data = new Float32Array([1, 2, 3, 4, 5, 6]);
    const head = npyHeader(2, 3);
    expect(head.length % 64).toBe(0);
    const bytes = new Uint8Array(head.length + 24);
    bytes.set(head);
    bytes.set(new Uint8Array(data.buffer), head.length);
    for (const file of [npy(header('<f4', false, '2, 3'), data), bytes.buffer])
      expect(readNpy('med.npy', file)).toEqual({ ok: true, value: { rows: 2, columns: 3, data } });
  });
  it('reads float64, float16 and Fortran order as the rows they mean', () => {
    const want = [1, -2.5, 0.25, 4, 0, 65504];
    const half = new Uint16Array([0x3c00, 0xc100, 0x3400, 0x4400, 0x0000, 0x7bff]);
    const turned = new Float32Array([1, 4, -2.5, 0, 0.25, 65504]);
    for (const file of [
      npy(header('<f8', false, '2, 3'), new Float64Array(want)),
      npy(header('<f2', false, '2, 3'), half),
      npy(header('<f4', true, '2, 3'), turned),
    ]) {
      const read = readNpy('med.npy', file);
      expect(read.ok && [...read.value.data]).toEqual(want);
    }
  });
  it('names file, row and column of a number that is not finite', () => {
    const file = npy(header('<f4', false, '2, 2'), new Float32Array([1, 2, NaN, 4]));
    expect(message(file)).toBe(
      'med.npy: row 2, column 1 is NaN; an embedding is made of finite numbers. Embed that image again.',
    );
  });
  it('refuses what it cannot read, each in a sentence', () => {
    expect(message(new TextEncoder().encode('not numpy at all').buffer)).toContain('not a NumPy file');
    expect(message(npy(header('>f4', false, '1, 1'), new Float32Array(1)))).toContain('of the type >f4');
    expect(message(npy(header('<i8', false, '1, 1'), new Float64Array(1)))).toContain('of the type <i8');
    expect(message(npy(header('<f4', false, '6,'), new Float32Array(6)))).toContain('shape is (6,)');
    expect(message(npy(header('<f4', false, '4, 4'), new Float32Array(6)))).toContain('ends before its 4 rows of 4');
  });
});
