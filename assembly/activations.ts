// tanh, the logistic function σ, and GELU with its derivative, element by element. All are made of one exponential.
//
//   σ(x) = e^{−|x|} / (1 + e^{−|x|}) for x < 0, 1 / (1 + e^{−|x|}) otherwise: no cancellation, gradual underflow; tested
//     against 2.5 ulp (worst seen: 2.19 f32, 1.95 f64).
//   tanh|x| = |x| + |x|·z·P(z) with z = x² below 0.625, where P interpolates (tanh √z/√z − 1)/z at Chebyshev nodes
//   (relative error 7e-18 for f64, 5e-10 for f32), and 1 − 2/(e^{2|x|} + 1) above; the sign is put back last; tested against
//     2 ulp (worst seen: 1.25 f32, 1.22 f64).
//   gelu x = x·σ(w), w = a·x + b·x³, a = √(8/π), b = 0.044715·a: relative error ≤ (5·|w| + 8)·u, since w is right to 5·u
//   and its error counts |w| times in e^w. Its derivative σ(w) + x·σ(w)·σ(−w)·(a + 3·b·x²) has zeros, so that its bound is
//   absolute: 16·u (worst seen: 2.9).
// Arguments beyond ±30, where gelu is 0 or x in either type, are moved to ±30 so that no 0·∞ arises.
import { expPolynomial, expReduced, expScaled, expShifted, vectorExp } from './exp';
import { multiplyAdd } from './multiplyAdd';

/** Writes what both types have, 7 vectors, then the coefficients of P. */
function writeCommon<T>(table: usize): void {
  v128.store(table, v128.splat<T>(<T>1), 0);
  v128.store(table, v128.splat<T>(<T>0.625), 16);
  v128.store(table, v128.splat<T>(<T>1.5957691216057308), 32); // a
  v128.store(table, v128.splat<T>(<T>0.07135481627260025), 48); // b
  v128.store(table, v128.splat<T>(<T>0.21406444881780073), 64); // 3·b
  v128.store(table, v128.splat<T>(<T>30), 80);
  v128.store(table, v128.splat<T>(<T>-30), 96);
}

/** Writes the f64 coefficients: 19 vectors from `table`. */
export function writeActivationF64(table: usize): void {
  writeCommon<f64>(table);
  v128.store(table, f64x2.splat(-0.3333333333333333), 112);
  v128.store(table, f64x2.splat(0.13333333333333042), 128);
  v128.store(table, f64x2.splat(-0.05396825396789699), 144);
  v128.store(table, f64x2.splat(0.021869488519008305), 160);
  v128.store(table, f64x2.splat(-0.008863235103240878), 176);
  v128.store(table, f64x2.splat(0.0035921217511549622), 192);
  v128.store(table, f64x2.splat(-0.0014557754120478055), 208);
  v128.store(table, f64x2.splat(0.0005896606577757043), 224);
  v128.store(table, f64x2.splat(-0.0002375906496055562), 240);
  v128.store(table, f64x2.splat(9.257116129556769e-5), 256);
  v128.store(table, f64x2.splat(-3.12011014257974e-5), 272);
  v128.store(table, f64x2.splat(6.485163482793113e-6), 288);
}

/** Writes the f32 coefficients: 13 vectors from `table`. */
export function writeActivationF32(table: usize): void {
  writeCommon<f32>(table);
  v128.store(table, f32x4.splat(-0.3333333432674408), 112);
  v128.store(table, f32x4.splat(0.13333304226398468), 128);
  v128.store(table, f32x4.splat(-0.053959257900714874), 144);
  v128.store(table, f32x4.splat(0.02176891826093197), 160);
  v128.store(table, f32x4.splat(-0.008343945257365704), 176);
  v128.store(table, f32x4.splat(0.002292744815349579), 192);
}

/** c₀ + z·c₁ + … by Horner's rule, `count` coefficients from `table`. */
function polynomial<T>(z: v128, table: usize, count: i32): v128 {
  let at = table + <usize>(count - 1) * 16;
  let p = v128.load(at);
  for (at -= 16; at >= table; at -= 16) p = multiplyAdd<T>(z, p, v128.load(at));
  return p;
}

/** −|x|, at least the lowest argument of exp. */
function belowZero<T>(x: v128, lowest: v128): v128 {
  return v128.pmax<T>(v128.neg<T>(v128.abs<T>(x)), lowest);
}

/** σ(x) from e^{−|x|} and 1, both times 2^shift. */
function sigmoidOf<T>(x: v128, e: v128, whole: v128): v128 {
  const above = v128.bitselect(e, whole, v128.lt<T>(x, v128.splat<T>(<T>0)));
  return v128.div<T>(above, v128.add<T>(whole, e));
}

/** w. */
function geluArgument<T>(x: v128, a: v128, b: v128): v128 {
  return v128.mul<T>(x, multiplyAdd<T>(b, v128.mul<T>(x, x), a));
}

/** gelu′(x) from x, e = e^{−|w|} and 1, both times 2^shift, and w′: σ(w)·σ(−w) = e/(1 + e)². */
function geluSlopeOf<T>(x: v128, e: v128, slope: v128, one: v128, whole: v128): v128 {
  const inverse = v128.div<T>(one, v128.add<T>(whole, e));
  const above = v128.bitselect(e, whole, v128.lt<T>(x, v128.splat<T>(<T>0)));
  const both = v128.mul<T>(v128.mul<T>(e, inverse), v128.mul<T>(whole, inverse));
  return multiplyAdd<T>(v128.mul<T>(x, both), slope, v128.mul<T>(above, inverse));
}

// The steps of the exponential stand in the loops' bodies, their coefficients before them (see exp.ts).

/** out = tanh x over whole vectors. */
export function hyperbolicTangent<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const one = v128.load(table, 0);
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const size = v128.abs<T>(value);
    const e = vectorExp<T>(v128.add<T>(size, size), expTable);
    const large = v128.sub<T>(one, v128.div<T>(v128.add<T>(one, one), v128.add<T>(e, one)));
    const z = v128.mul<T>(size, size);
    const p = polynomial<T>(z, table + 112, sizeof<T>() === 8 ? 12 : 6);
    const small = multiplyAdd<T>(v128.mul<T>(size, z), p, size);
    const result = v128.bitselect(small, large, v128.lt<T>(size, v128.load(table, 16)));
    v128.store(out, v128.or(result, v128.xor(value, size)));
  }
}

/** out = σ(x) over whole vectors. */
export function logistic<T>(x: usize, out: usize, end: usize, expTable: usize): void {
  const lowest = v128.load(expTable);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const magic = v128.load(expTable, 80);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const whole = v128.load(expTable, 128);
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const d = belowZero<T>(value, lowest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s, one);
    v128.store(out, sigmoidOf<T>(value, e, whole));
  }
}

/** out = gelu x over whole vectors. */
export function gelu<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(expTable);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const magic = v128.load(expTable, 80);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const whole = v128.load(expTable, 128);
  const a = v128.load(table, 32);
  const b = v128.load(table, 48);
  const least = v128.load(table, 96);
  for (; out < end; x += 16, out += 16) {
    const value = v128.pmax<T>(v128.load(x), least);
    const d = belowZero<T>(geluArgument<T>(value, a, b), lowest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s, one);
    // w has the sign of x.
    v128.store(out, v128.mul<T>(value, sigmoidOf<T>(value, e, whole)));
  }
}

/** out = y·gelu′(x) over whole vectors. */
export function geluVjp<T>(x: usize, y: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(expTable);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const magic = v128.load(expTable, 80);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const whole = v128.load(expTable, 128);
  const a = v128.load(table, 32);
  const b = v128.load(table, 48);
  const most = v128.load(table, 80);
  const least = v128.load(table, 96);
  for (; out < end; x += 16, y += 16, out += 16) {
    const value = v128.pmax<T>(v128.pmin<T>(v128.load(x), most), least);
    const d = belowZero<T>(geluArgument<T>(value, a, b), lowest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s, one);
    const slope = multiplyAdd<T>(v128.load(table, 64), v128.mul<T>(value, value), a);
    v128.store(out, v128.mul<T>(v128.load(y), geluSlopeOf<T>(value, e, slope, one, whole)));
  }
}
