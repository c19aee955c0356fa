import { toRgb } from '../../../src/core/images/colour.ts';
import type { Raster } from '../../../src/core/images/types.ts';

/** '' when no value is further off than `limit`; else how many are, and by how much. */
export function compareValues(got: ArrayLike<number>, wanted: ArrayLike<number>, limit: number, unit = ''): string {
  if (got.length !== wanted.length) return `${got.length} values instead of ${wanted.length}`;
  let most = 0;
  let many = 0;
  for (let i = 0; i < got.length; i++) {
    const off = Math.abs(Number(got[i]) - Number(wanted[i]));
    if (!(off <= limit)) many++;
    if (!(off <= most)) most = off;
  }
  return many === 0 ? '' : `${many} of ${got.length} values differ by more than ${limit}${unit}, by up to ${most}`;
}

/** Compares two pictures; a grey one equals an RGB one of the same greys. */
export function comparePictures(got: Raster, wanted: Raster, limit: number): string {
  if (got.width !== wanted.width || got.height !== wanted.height)
    return `${got.width} x ${got.height} pixels instead of ${wanted.width} x ${wanted.height}`;
  return compareValues(toRgb(got, 'drop').data, toRgb(wanted, 'drop').data, limit, ' levels');
}

/** Every number in nested arrays, in order; anything else is an error. */
export function flatNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [Number(value)];
  if (Array.isArray(value)) return value.flatMap(flatNumbers);
  throw new Error(`an expected value is not a number: ${JSON.stringify(value)}`);
}

/** Joins what falls short under names; '' when nothing does. */
export function together(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .filter(([, short]) => short !== '')
    .map(([name, short]) => `${name}: ${short}`)
    .join('; ');
}
