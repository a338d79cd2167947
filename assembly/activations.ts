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
import { vectorExp } from './exp';

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
  for (at -= 16; at >= table; at -= 16) p = v128.add<T>(v128.load(at), v128.mul<T>(z, p));
  return p;
}

function vectorTanh<T>(x: v128, table: usize, expTable: usize): v128 {
  const one = v128.load(table, 0);
  const size = v128.abs<T>(x);
  const e = vectorExp<T>(v128.add<T>(size, size), expTable);
  const large = v128.sub<T>(one, v128.div<T>(v128.add<T>(one, one), v128.add<T>(e, one)));
  const z = v128.mul<T>(size, size);
  const p = polynomial<T>(z, table + 112, sizeof<T>() === 8 ? 12 : 6);
  const small = v128.add<T>(size, v128.mul<T>(v128.mul<T>(size, z), p));
  const result = v128.bitselect(small, large, v128.lt<T>(size, v128.load(table, 16)));
  return v128.or(result, v128.xor(x, size));
}

function vectorSigmoid<T>(x: v128, table: usize, expTable: usize): v128 {
  const one = v128.load(table, 0);
  const e = vectorExp<T>(v128.neg<T>(v128.abs<T>(x)), expTable);
  const above = v128.bitselect(e, one, v128.lt<T>(x, v128.splat<T>(<T>0)));
  return v128.div<T>(above, v128.add<T>(one, e));
}

function vectorGelu<T>(argument: v128, table: usize, expTable: usize): v128 {
  const x = v128.pmax<T>(argument, v128.load(table, 96));
  const cubic = v128.mul<T>(v128.load(table, 48), v128.mul<T>(x, x));
  const w = v128.mul<T>(x, v128.add<T>(v128.load(table, 32), cubic));
  return v128.mul<T>(x, vectorSigmoid<T>(w, table, expTable));
}

function vectorGeluSlope<T>(argument: v128, table: usize, expTable: usize): v128 {
  const x = v128.pmax<T>(v128.pmin<T>(argument, v128.load(table, 80)), v128.load(table, 96));
  const one = v128.load(table, 0);
  const a = v128.load(table, 32);
  const square = v128.mul<T>(x, x);
  const w = v128.mul<T>(x, v128.add<T>(a, v128.mul<T>(v128.load(table, 48), square)));
  // With e = e^{−|w|}: σ(w)·σ(−w) = e/(1 + e)².
  const e = vectorExp<T>(v128.neg<T>(v128.abs<T>(w)), expTable);
  const whole = v128.add<T>(one, e);
  const sigma = v128.div<T>(v128.bitselect(e, one, v128.lt<T>(x, v128.splat<T>(<T>0))), whole);
  const both = v128.div<T>(e, v128.mul<T>(whole, whole));
  const slope = v128.add<T>(a, v128.mul<T>(v128.load(table, 64), square));
  return v128.add<T>(sigma, v128.mul<T>(v128.mul<T>(x, both), slope));
}

/** out = tanh x over whole vectors. */
export function hyperbolicTangent<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorTanh<T>(v128.load(x), table, expTable));
}

/** out = σ(x) over whole vectors. */
export function logistic<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorSigmoid<T>(v128.load(x), table, expTable));
}

/** out = gelu x over whole vectors. */
export function gelu<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorGelu<T>(v128.load(x), table, expTable));
}

/** out = gelu′(x) over whole vectors. */
export function geluSlope<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorGeluSlope<T>(v128.load(x), table, expTable));
}
