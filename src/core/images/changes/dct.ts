/** The slow-but-accurate whole-number transforms of libjpeg (jfdctint.c, jidctint.c), in place on 8 x 8 blocks. */
const BITS = 13;
const PASS = 2;
const F = {
  f0298: 2446,
  f0390: 3196,
  f0541: 4433,
  f0765: 6270,
  f0899: 7373,
  f1175: 9633,
  f1501: 12299,
  f1847: 15137,
  f1961: 16069,
  f2053: 16819,
  f2562: 20995,
  f3072: 25172,
} as const;

const round = (v: number, bits: number): number => (v + (1 << (bits - 1))) >> bits;

/** Samples around 0 to coefficients, eight times too large. */
export function forward(block: Int32Array): void {
  for (let i = 0; i < 8; i++) forwardLine(block, i * 8, 1, true);
  for (let i = 0; i < 8; i++) forwardLine(block, i, 8, false);
}

/** Coefficients to samples around 0. */
export function backward(block: Int32Array): void {
  for (let i = 0; i < 8; i++) backwardLine(block, i, 8, BITS - PASS);
  for (let i = 0; i < 8; i++) backwardLine(block, i * 8, 1, BITS + PASS + 3);
}

function forwardLine(b: Int32Array, at: number, step: number, first: boolean): void {
  const v = (i: number): number => b[at + i * step] ?? 0;
  const set = (i: number, x: number): void => void (b[at + i * step] = x);
  const [s0, s1, s2, s3] = [v(0) + v(7), v(1) + v(6), v(2) + v(5), v(3) + v(4)];
  const [d0, d1, d2, d3] = [v(3) - v(4), v(2) - v(5), v(1) - v(6), v(0) - v(7)];
  const [e0, e1, e2, e3] = [s0 + s3, s1 + s2, s1 - s2, s0 - s3];
  const bits = first ? BITS - PASS : BITS + PASS;
  set(0, first ? (e0 + e1) << PASS : round(e0 + e1, PASS));
  set(4, first ? (e0 - e1) << PASS : round(e0 - e1, PASS));
  const even = (e2 + e3) * F.f0541;
  set(2, round(even + e3 * F.f0765, bits));
  set(6, round(even - e2 * F.f1847, bits));
  const [z1, z2] = [-(d0 + d3) * F.f0899, -(d1 + d2) * F.f2562];
  const z5 = (d0 + d2 + d1 + d3) * F.f1175;
  const [z3, z4] = [z5 - (d0 + d2) * F.f1961, z5 - (d1 + d3) * F.f0390];
  set(7, round(d0 * F.f0298 + z1 + z3, bits));
  set(5, round(d1 * F.f2053 + z2 + z4, bits));
  set(3, round(d2 * F.f3072 + z2 + z3, bits));
  set(1, round(d3 * F.f1501 + z1 + z4, bits));
}

function backwardLine(b: Int32Array, at: number, step: number, bits: number): void {
  const v = (i: number): number => b[at + i * step] ?? 0;
  const set = (i: number, x: number): void => void (b[at + i * step] = round(x, bits));
  const even = (v(2) + v(6)) * F.f0541;
  const [t2, t3] = [even - v(6) * F.f1847, even + v(2) * F.f0765];
  const [t0, t1] = [(v(0) + v(4)) << BITS, (v(0) - v(4)) << BITS];
  const [e0, e3, e1, e2] = [t0 + t3, t0 - t3, t1 + t2, t1 - t2];
  const [o0, o1, o2, o3] = [v(7), v(5), v(3), v(1)];
  const [z1, z2] = [-(o0 + o3) * F.f0899, -(o1 + o2) * F.f2562];
  const z5 = (o0 + o2 + o1 + o3) * F.f1175;
  const [z3, z4] = [z5 - (o0 + o2) * F.f1961, z5 - (o1 + o3) * F.f0390];
  const [p0, p1] = [o0 * F.f0298 + z1 + z3, o1 * F.f2053 + z2 + z4];
  const [p2, p3] = [o2 * F.f3072 + z2 + z3, o3 * F.f1501 + z1 + z4];
  set(0, e0 + p3);
  set(7, e0 - p3);
  set(1, e1 + p2);
  set(6, e1 - p2);
  set(2, e2 + p1);
  set(5, e2 - p1);
  set(3, e3 + p0);
  set(4, e3 - p0);
}
