import { expect, it } from 'vitest';
import { blobsOf, readable } from '../../../src/app/read-images.ts';
import { fault, FaultError, type FaultCode } from '../../../src/core/fault.ts';

const whole = { blob: () => Promise.resolve(new Blob(['x'])) };
const failing = (code: FaultCode) => ({ blob: () => Promise.reject(new FaultError(fault(code, `It is ${code}.`))) });

it('an image whose file has gone keeps its fault, and the others are read', async () => {
  const read = await blobsOf([whole, failing('not-found'), whole]);
  expect(read.map((r) => r.ok)).toEqual([true, false, true]);
  expect(read[1]).toMatchObject({ fault: { message: 'It is not-found.' } });
  expect(readable(read)).toHaveLength(2);
});

it('a folder that may not be read any more ends the whole: no image of it can be had', async () => {
  await expect(blobsOf([whole, failing('storage')])).rejects.toThrow('It is storage.');
});
