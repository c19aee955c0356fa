/**
 * A basis whose first vectors hold most of what differs between embeddings, found from a sample. It only makes the search fast: whatever the
 * basis, the bound of `bound.ts` holds, as long as its vectors are orthonormal.
 */
export interface Basis {
  /** Numbers of an embedding. */
  readonly dims: number;
  /** Basis vectors. */
  readonly size: number;
  /** size rows of `dims` numbers, orthonormal to float32 rounding. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

const ROUNDS = 4;

/**
 * The leading eigenvectors of a covariance, by subspace iteration from fixed pseudo-random vectors, so that the same data have the same basis.
 * @param covariance dims * dims, symmetric
 */
export function leadingBasis(covariance: Float32Array, dims: number, size: number): Basis {
  let vectors = new Float64Array(size * dims);
  let seed = 12345;
  for (let i = 0; i < vectors.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    vectors[i] = seed / 2 ** 31 - 1;
  }
  orthonormalise(vectors, dims, size);
  for (let round = 0; round < ROUNDS; round++) {
    vectors = times(vectors, covariance, dims, size);
    orthonormalise(vectors, dims, size);
  }
  return { dims, size, vectors: Float32Array.from(sorted(vectors, covariance, dims, size)) };
}

/** Each vector times the covariance. */
function times(vectors: Float64Array, covariance: Float32Array, dims: number, size: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(size * dims);
  for (let v = 0; v < size; v++) {
    const row = out.subarray(v * dims, (v + 1) * dims);
    for (let i = 0; i < dims; i++) {
      const x = vectors[v * dims + i] as number;
      if (x === 0) continue;
      const from = covariance.subarray(i * dims, (i + 1) * dims);
      for (let j = 0; j < dims; j++) row[j] = (row[j] as number) + x * (from[j] as number);
    }
  }
  return out;
}

/** Modified Gram-Schmidt, twice for each vector; one that vanishes is replaced by the unit vector that is least covered. */
function orthonormalise(vectors: Float64Array, dims: number, size: number): void {
  for (let v = 0; v < size; v++) {
    const row = vectors.subarray(v * dims, (v + 1) * dims);
    const before = norm(row);
    reduce(vectors, row, v, dims);
    if (norm(row) <= 1e-9 * before || before === 0) {
      row.fill(0);
      row[leastCovered(vectors, v, dims)] = 1;
      reduce(vectors, row, v, dims);
    }
    const length = norm(row);
    for (let i = 0; i < dims; i++) row[i] = (row[i] as number) / length;
  }
}

function reduce(vectors: Float64Array, row: Float64Array, count: number, dims: number): void {
  for (let pass = 0; pass < 2; pass++)
    for (let u = 0; u < count; u++) {
      const other = vectors.subarray(u * dims, (u + 1) * dims);
      const along = dot(row, other);
      for (let i = 0; i < dims; i++) row[i] = (row[i] as number) - along * (other[i] as number);
    }
}

function leastCovered(vectors: Float64Array, count: number, dims: number): number {
  const covered = new Float64Array(dims);
  for (let u = 0; u < count; u++)
    for (let i = 0; i < dims; i++) covered[i] = (covered[i] as number) + (vectors[u * dims + i] as number) ** 2;
  return covered.indexOf(Math.min(...covered));
}

/** The vectors with the largest variance first, so that any number of leading ones is a good basis too. */
function sorted(vectors: Float64Array, covariance: Float32Array, dims: number, size: number): Float64Array {
  const image = times(vectors, covariance, dims, size);
  const row = (m: Float64Array, v: number): Float64Array => m.subarray(v * dims, (v + 1) * dims);
  const order = Array.from({ length: size }, (_, v) => ({ v, variance: dot(row(vectors, v), row(image, v)) }));
  order.sort((a, b) => b.variance - a.variance);
  const out = new Float64Array(size * dims);
  order.forEach(({ v }, to) => out.set(row(vectors, v), to * dims));
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
