/**
 * Makes the WebAssembly kernels of the pair search: `node tools/make/search/kernel.mjs` writes workers/search/kernels/*.wasm (a unit test compares the
 * committed bytes with what this program makes). Four of them: with shared memory or its own, with relaxed SIMD (Chrome) or plain SIMD (everywhere).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROWS = [0, 1, 2, 3];
const HALVES = [0, 1];

/**
 * Sums of products of four signed bytes (x) with four bytes of 0 to 127 (y), added to `acc`, all in lanes of 32 bits.
 * @param {boolean} relaxed
 * @param {string} x
 * @param {string} y
 * @param {string} acc
 */
function dotBytes(relaxed, x, y, acc) {
  if (relaxed) return `(i32x4.relaxed_dot_i8x16_i7x16_add_s ${x} ${y} ${acc})`;
  // Each half holds two lanes' products; pairs are added twice, the second time across the halves.
  const half = (/** @type {string} */ which) =>
    `(i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_${which}_i8x16_s ${x} ${y}))`;
  return `(call $fold ${half('low')} ${half('high')} ${acc})`;
}

const FOLD = `
  (func $fold (param $low v128) (param $high v128) (param $acc v128) (result v128)
    (i32x4.add (local.get $acc) (i32x4.add
      (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $low) (local.get $high))
      (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $low) (local.get $high)))))`;

/**
 * One tile: four rows of x against eight of y. Lanes whose upper bound reaches the limit are written out.
 * @param {boolean} relaxed
 */
function scan(relaxed) {
  const acc = (/** @type {number} */ r, /** @type {number} */ h) => `$a${r}${h}`;
  const locals = ROWS.flatMap((r) => HALVES.map((h) => `(local ${acc(r, h)} v128)`)).join(' ');
  const zero = ROWS.flatMap((r) => HALVES.map((h) => `(local.set ${acc(r, h)} (v128.const i32x4 0 0 0 0))`)).join(' ');
  const step = ROWS.map(
    (r) => `
          (local.set $x (v128.load32_splat (i32.add (local.get $xp) (i32.mul (local.get $k) (i32.const ${r})))))
          ${HALVES.map((h) => `(local.set ${acc(r, h)} ${dotBytes(relaxed, '(local.get $x)', `(local.get $y${h})`, `(local.get ${acc(r, h)})`)})`).join(' ')}`,
  ).join('');
  const compare = ROWS.flatMap((r) =>
    HALVES.map(
      (h) =>
        `(local.set ${acc(r, h)} (i32x4.ge_s (i32x4.add (local.get ${acc(r, h)}) (v128.load offset=${h * 16} (local.get $yb))) (v128.load32_splat offset=${r * 4} (local.get $limit))))`,
    ),
  ).join('\n        ');
  const any = ROWS.flatMap((r) => HALVES.map((h) => `(local.get ${acc(r, h)})`)).reduce(
    (a, b) => `(v128.or ${a} ${b})`,
  );
  const write = ROWS.flatMap((r) =>
    HALVES.map(
      (h) =>
        `(local.set $out (call $emit (i32x4.bitmask (local.get ${acc(r, h)})) (i32.add (local.get $i) (i32.const ${r})) (i32.add (local.get $j) (i32.const ${h * 4})) (local.get $out)))`,
    ),
  ).join('\n          ');
  return `
  (func $emit (param $mask i32) (param $i i32) (param $j i32) (param $out i32) (result i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $mask)))
      (i32.store (local.get $out) (i32.or (i32.shl (local.get $i) (i32.const 16)) (i32.add (local.get $j) (i32.ctz (local.get $mask)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
      (br $next)))
    (local.get $out))
  (func (export "scan") (param $x0 i32) (param $limits i32) (param $rows i32) (param $y0s i32) (param $biases i32) (param $groups i32) (param $k i32) (param $to i32) (result i32)
    (local $i i32) (local $j i32) (local $xp i32) (local $yp i32) (local $end i32) (local $limit i32) (local $yb i32) (local $out i32)
    (local $x v128) (local $y0 v128) (local $y1 v128) ${locals}
    (local.set $out (local.get $to))
    (local.set $limit (local.get $limits))
    (loop $rowsLoop
      (local.set $j (i32.const 0))
      (local.set $yp (local.get $y0s))
      (local.set $yb (local.get $biases))
      (loop $groupsLoop
        ${zero}
        (local.set $xp (local.get $x0))
        (local.set $end (i32.add (local.get $x0) (local.get $k)))
        (loop $steps
          (local.set $y0 (v128.load (local.get $yp)))
          (local.set $y1 (v128.load offset=16 (local.get $yp)))${step}
          (local.set $yp (i32.add (local.get $yp) (i32.const 32)))
          (local.set $xp (i32.add (local.get $xp) (i32.const 4)))
          (br_if $steps (i32.lt_u (local.get $xp) (local.get $end))))
        ${compare}
        (if (v128.any_true ${any}) (then
          ${write}))
        (local.set $j (i32.add (local.get $j) (i32.const 8)))
        (local.set $yb (i32.add (local.get $yb) (i32.const 32)))
        (br_if $groupsLoop (i32.lt_u (local.get $j) (i32.shl (local.get $groups) (i32.const 3)))))
      (local.set $x0 (i32.add (local.get $x0) (i32.shl (local.get $k) (i32.const 2))))
      (local.set $limit (i32.add (local.get $limit) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $rowsLoop (i32.lt_u (local.get $i) (local.get $rows))))
    (i32.shr_u (i32.sub (local.get $out) (local.get $to)) (i32.const 2)))`;
}

const SUM = (/** @type {string} */ v) =>
  `(f32.add (f32.add (f32x4.extract_lane 0 ${v}) (f32x4.extract_lane 2 ${v})) (f32.add (f32x4.extract_lane 1 ${v}) (f32x4.extract_lane 3 ${v})))`;
const PARTS = [0, 1, 2, 3];

/** Dot products in float32 of the listed pairs of rows. Four sums of four lanes each: the same number on every machine. */
const DOTS = `
  (func (export "dots") (param $list i32) (param $n i32) (param $a i32) (param $b i32) (param $stride i32) (param $out i32)
    (local $last i32) (local $p i32) (local $q i32) (local $end i32) (local $v i32) ${PARTS.map((p) => `(local $s${p} v128)`).join(' ')}
    (local.set $last (i32.add (local.get $list) (i32.shl (local.get $n) (i32.const 2))))
    (block $done (loop $pairs
      (br_if $done (i32.ge_u (local.get $list) (local.get $last)))
      (local.set $v (i32.load (local.get $list)))
      (local.set $p (i32.add (local.get $a) (i32.mul (i32.shr_u (local.get $v) (i32.const 16)) (local.get $stride))))
      (local.set $q (i32.add (local.get $b) (i32.mul (i32.and (local.get $v) (i32.const 65535)) (local.get $stride))))
      (local.set $end (i32.add (local.get $p) (local.get $stride)))
      ${PARTS.map((p) => `(local.set $s${p} (v128.const f32x4 0 0 0 0))`).join(' ')}
      (loop $steps
        ${PARTS.map((p) => `(local.set $s${p} (f32x4.add (local.get $s${p}) (f32x4.mul (v128.load offset=${p * 16} (local.get $p)) (v128.load offset=${p * 16} (local.get $q)))))`).join('\n        ')}
        (local.set $p (i32.add (local.get $p) (i32.const 64)))
        (local.set $q (i32.add (local.get $q) (i32.const 64)))
        (br_if $steps (i32.lt_u (local.get $p) (local.get $end))))
      (local.set $s0 (f32x4.add (f32x4.add (local.get $s0) (local.get $s1)) (f32x4.add (local.get $s2) (local.get $s3))))
      (f32.store (local.get $out) ${SUM('(local.get $s0)')})
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $list (i32.add (local.get $list) (i32.const 4)))
      (br $pairs))))`;

/** out[i][j] = row i of a times row j of b, four j at a time. */
const MULTIPLY = `
  (func (export "multiply") (param $a i32) (param $n i32) (param $b i32) (param $m i32) (param $stride i32) (param $out i32) (param $outStride i32)
    (local $i i32) (local $j i32) (local $p i32) (local $q i32) (local $end i32) (local $x v128) ${PARTS.map((p) => `(local $s${p} v128)`).join(' ')}
    (block $done (loop $rows
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $p (local.get $a))
        (local.set $end (i32.add (local.get $a) (local.get $stride)))
        (local.set $q (i32.add (local.get $b) (i32.mul (local.get $j) (local.get $stride))))
        ${PARTS.map((p) => `(local.set $s${p} (v128.const f32x4 0 0 0 0))`).join(' ')}
        (loop $steps
          (local.set $x (v128.load (local.get $p)))
          ${PARTS.map((p) => `(local.set $s${p} (f32x4.add (local.get $s${p}) (f32x4.mul (local.get $x) (v128.load (i32.add (local.get $q) (i32.mul (local.get $stride) (i32.const ${p})))))))`).join('\n          ')}
          (local.set $p (i32.add (local.get $p) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (br_if $steps (i32.lt_u (local.get $p) (local.get $end))))
        ${PARTS.map((p) => `(f32.store offset=${p * 4} (i32.add (local.get $out) (i32.shl (local.get $j) (i32.const 2))) ${SUM(`(local.get $s${p})`)})`).join('\n        ')}
        (local.set $j (i32.add (local.get $j) (i32.const 4)))
        (br_if $columns (i32.lt_u (local.get $j) (local.get $m))))
      (local.set $a (i32.add (local.get $a) (local.get $stride)))
      (local.set $out (i32.add (local.get $out) (local.get $outStride)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $rows))))`;

/**
 * The text of one kernel. `scan`: x rows (multiple of 4) of k signed bytes, y groups of 8 rows interleaved by 4 bytes, biases of y, limits of x.
 * @param {boolean} relaxed
 * @param {boolean} shared
 */
export function kernelText(relaxed, shared) {
  const memory = shared ? '(memory 1 65536 shared)' : '(memory 1 65536)';
  return `(module (import "env" "memory" ${memory})${relaxed ? '' : FOLD}${scan(relaxed)}${DOTS}${MULTIPLY})`;
}

/** All kernels by file name. */
export async function kernels() {
  const wabt = await (await import('wabt')).default();
  const made = new Map();
  for (const relaxed of [true, false])
    for (const shared of [true, false]) {
      const name = `${relaxed ? 'relaxed' : 'plain'}-${shared ? 'shared' : 'own'}.wasm`;
      const features = { simd: true, threads: true, relaxed_simd: relaxed, bulk_memory: true };
      const parsed = wabt.parseWat(name, kernelText(relaxed, shared), features);
      made.set(name, parsed.toBinary({}).buffer);
      parsed.destroy();
    }
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'workers', 'search', 'kernels');
  mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of await kernels()) writeFileSync(join(dir, name), bytes);
}
