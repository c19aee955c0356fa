import { expect, it } from 'vitest';
import { leadingBasis } from '../../../src/core/discovery/basis.ts';
import { normals } from '../../support/search.ts';

it('a basis is orthonormal to float32 rounding, for any covariance', () => {
  const next = normals(1);
  const dims = 30;
  const square = (fill: (i: number, j: number) => number): Float32Array =>
    Float32Array.from({ length: dims * dims }, (_, at) => fill(Math.floor(at / dims), at % dims));
  const diagonal = Array.from({ length: dims }, () => Math.abs(next()));
  for (const covariance of [
    square(() => 0),
    square((i, j) => (i === j ? 1 : 0)),
    square((i, j) => (i === j ? (diagonal[i] ?? 0) : 0)),
    square(() => 1),
  ])
    for (const size of [4, 30]) {
      const { vectors } = leadingBasis(covariance, dims, size);
      for (let a = 0; a < size; a++)
        for (let b = 0; b <= a; b++) {
          let dot = 0;
          for (let i = 0; i < dims; i++) dot += (vectors[a * dims + i] ?? 0) * (vectors[b * dims + i] ?? 0);
          expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-6);
        }
    }
});
