// tanh, the logistic function σ, and GELU with its derivative, element by element. All are computed from one exponential.
//
//   σ(x) = 1/(1 + E) with E = e^{−x}, which may be large. It is computed as δ/(δ + δ·E) with δ = 2^−shift of exp.ts, so that
//     nothing overflows and the result underflows gradually. An E below about 2^−60 is lost in the sum and need not be right.
//     Tested against 2.5 ulp.
//   tanh|x| = |x| + |x|·z·P(z) with z = x² below 0.625, where P interpolates (tanh √z/√z − 1)/z at Chebyshev nodes
//   (relative error 7e-18 for f64, 5e-10 for f32), and 1 − 2/(e^{2|x|} + 1) above. The sign is put back last. Tested against
//     2 ulp (worst seen: 1.25 f32, 1.22 f64).
//   gelu x = x·σ(w), w = a·x + b·x³, a = √(8/π), b = 0.044715·a: relative error ≤ (5·|w| + 8)·u, since w is right to 5·u
//   and e^w multiplies this error by |w|. The derivative σ(w) + x·σ(w)·σ(−w)·(a + 3·b·x²) has zeros, so its bound is
//   absolute: 16·u.
// Beyond ±30 gelu is 0 or x in either type. Such arguments are moved to ±30, so that no 0·∞ arises.
import { expOfRange, expPolynomial, expReduced, expScaled, expShifted, vectorExp } from './exp';
import { multiplyAdd } from './multiplyAdd';
import { polynomial } from './polynomial';

/** Writes the 10 vectors that both types have, then the coefficients of P. */
function writeCommon<T>(table: usize): void {
  v128.store(table, v128.splat<T>(<T>1), 0);
  v128.store(table, v128.splat<T>(<T>0.625), 16);
  v128.store(table, v128.splat<T>(<T>-1.5957691216057308), 32); // −a
  v128.store(table, v128.splat<T>(<T>-0.07135481627260025), 48); // −b
  v128.store(table, v128.splat<T>(<T>-0.21406444881780073), 64); // −3·b
  v128.store(table, v128.splat<T>(<T>30), 80);
  v128.store(table, v128.splat<T>(<T>-30), 96);
  // −x or −w: below the first E is lost in 1 + E, above the second σ is 0.
  v128.store(table, v128.splat<T>(<T>(sizeof<T>() === 8 ? -350 : -43)), 112);
  v128.store(table, v128.splat<T>(<T>(sizeof<T>() === 8 ? 1000 : 130)), 128);
  v128.store(table, v128.splat<T>(<T>-0.0), 144);
}

/** Writes the f64 coefficients: 22 vectors from `table`. */
export function writeActivationF64(table: usize): void {
  writeCommon<f64>(table);
  v128.store(table, f64x2.splat(-0.3333333333333333), 160);
  v128.store(table, f64x2.splat(0.13333333333333042), 176);
  v128.store(table, f64x2.splat(-0.05396825396789699), 192);
  v128.store(table, f64x2.splat(0.021869488519008305), 208);
  v128.store(table, f64x2.splat(-0.008863235103240878), 224);
  v128.store(table, f64x2.splat(0.0035921217511549622), 240);
  v128.store(table, f64x2.splat(-0.0014557754120478055), 256);
  v128.store(table, f64x2.splat(0.0005896606577757043), 272);
  v128.store(table, f64x2.splat(-0.0002375906496055562), 288);
  v128.store(table, f64x2.splat(9.257116129556769e-5), 304);
  v128.store(table, f64x2.splat(-3.12011014257974e-5), 320);
  v128.store(table, f64x2.splat(6.485163482793113e-6), 336);
}

/** Writes the f32 coefficients: 16 vectors from `table`. */
export function writeActivationF32(table: usize): void {
  writeCommon<f32>(table);
  v128.store(table, f32x4.splat(-0.3333333432674408), 160);
  v128.store(table, f32x4.splat(0.13333304226398468), 176);
  v128.store(table, f32x4.splat(-0.053959257900714874), 192);
  v128.store(table, f32x4.splat(0.02176891826093197), 208);
  v128.store(table, f32x4.splat(-0.008343945257365704), 224);
  v128.store(table, f32x4.splat(0.002292744815349579), 240);
}

/** x between two bounds; a NaN stays. */
export function between<T>(x: v128, lowest: v128, highest: v128): v128 {
  return v128.pmax<T>(v128.pmin<T>(x, highest), lowest);
}

/** δ·e^x of one vector. */
function minusExp<T>(x: v128, table: usize, expTable: usize): v128 {
  const d = between<T>(x, v128.load(table, 112), v128.load(table, 128));
  return expOfRange<T>(d, v128.load(expTable, 112), expTable);
}

/** −w. */
function geluMinusW<T>(x: v128, minusA: v128, minusB: v128): v128 {
  return v128.mul<T>(x, multiplyAdd<T>(minusB, v128.mul<T>(x, x), minusA));
}

// The loop bodies contain the steps of the exponential; the coefficients are loaded before the loop (see exp.ts). Each turn
// computes the exponential of one vector and finishes the vector before it: two short chains of operations overlap better
// than one long chain. The last turn reads one vector past the end, where the allocator keeps room, and drops it.

/** out = tanh x over whole vectors. */
export function hyperbolicTangent<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const one = v128.load(table, 0);
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const size = v128.abs<T>(value);
    const e = vectorExp<T>(v128.add<T>(size, size), expTable);
    const large = v128.sub<T>(one, v128.div<T>(v128.add<T>(one, one), v128.add<T>(e, one)));
    const z = v128.mul<T>(size, size);
    const p = polynomial<T>(z, table + 160, sizeof<T>() === 8 ? 12 : 6);
    const small = multiplyAdd<T>(v128.mul<T>(size, z), p, size);
    const result = v128.bitselect(small, large, v128.lt<T>(size, v128.load(table, 16)));
    v128.store(out, v128.or(result, v128.xor(value, size)));
  }
}

/** out = σ(x) over whole vectors. */
export function logistic<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(table, 112);
  const highest = v128.load(table, 128);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const delta = v128.load(expTable, 96);
  const magic = v128.load(expTable, 112);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const sign = v128.load(table, 144);
  for (; out < end; x += 16, out += 16) {
    const d = between<T>(v128.xor(v128.load(x), sign), lowest, highest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s);
    const inverse = v128.div<T>(one, v128.add<T>(delta, e));
    v128.store(out, v128.mul<T>(inverse, delta));
  }
}

/** out = gelu x over whole vectors. */
export function gelu<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(table, 112);
  const highest = v128.load(table, 128);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const delta = v128.load(expTable, 96);
  const magic = v128.load(expTable, 112);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const a = v128.load(table, 32);
  const b = v128.load(table, 48);
  const least = v128.load(table, 96);
  let value = v128.pmax<T>(v128.load(x), least);
  let e = minusExp<T>(geluMinusW<T>(value, a, b), table, expTable);
  for (; out < end; x += 16, out += 16) {
    const nextValue = v128.pmax<T>(v128.load(x, 16), least);
    const d = between<T>(geluMinusW<T>(nextValue, a, b), lowest, highest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const nextE = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s);
    const sigma = v128.mul<T>(v128.div<T>(one, v128.add<T>(delta, e)), delta);
    v128.store(out, v128.mul<T>(value, sigma));
    value = nextValue;
    e = nextE;
  }
}

/** out = y·gelu′(x) over whole vectors: gelu′ = σ + σ·x·(E·σ)·w′. */
export function geluVjp<T>(x: usize, y: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(table, 112);
  const highest = v128.load(table, 128);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const delta = v128.load(expTable, 96);
  const magic = v128.load(expTable, 112);
  const one = v128.load(expTable, 144);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  const a = v128.load(table, 32);
  const b = v128.load(table, 48);
  const most = v128.load(table, 80);
  const least = v128.load(table, 96);
  let value = between<T>(v128.load(x), least, most);
  let e = minusExp<T>(geluMinusW<T>(value, a, b), table, expTable);
  for (; out < end; x += 16, y += 16, out += 16) {
    const nextValue = between<T>(v128.load(x, 16), least, most);
    const d = between<T>(geluMinusW<T>(nextValue, a, b), lowest, highest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const nextE = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s);
    const inverse = v128.div<T>(one, v128.add<T>(delta, e));
    const minusSlope = multiplyAdd<T>(v128.load(table, 64), v128.mul<T>(value, value), a);
    const along = v128.mul<T>(v128.mul<T>(value, minusSlope), v128.mul<T>(e, inverse));
    const scaled = v128.mul<T>(v128.load(y), v128.mul<T>(inverse, delta));
    v128.store(out, v128.sub<T>(scaled, v128.mul<T>(scaled, along)));
    value = nextValue;
    e = nextE;
  }
}
