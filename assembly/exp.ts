// Vector exponential: x = k·ln 2 + r with |r| ≤ ln 2 / 2,  e^x = 2^k·(1 + r + r²·P(r)).
//
// P interpolates (e^r − 1 − r) / r² at Chebyshev nodes (relative error of e^r: 1.7e-17 for f64, 1.1e-8 for f32). k·head is
// exact because the head of ln 2 has few enough bits, so r has one rounding, which costs a quarter of an ulp of the result.
// r + r²·P costs another quarter, the last sum half an ulp and P 0.2 ulp: ≤ 1.3 ulp altogether, tested against 1.5.
// e^NaN = NaN, e^+∞ = +∞, e^−∞ = 0; results overflow to +∞ and underflow gradually.
//
// To find k, x / ln 2 is added to a number so large that the sum is rounded to an integer. The number is chosen so that the low
// bits of the sum are the exponent field of 2^(k + shift). No factor leaves the normal range; the last step multiplies by 2^−shift.
// The shift is 64 (512 for f64) for x ≤ 0 and −64 for x > 0.
//
// The table's vectors are: 0 the lowest argument; 1 the highest; 2 1/ln 2; 3 and 4 −ln 2 in two parts; 5 the large number and
// 6 2^−shift for x ≤ 0; 7 and 8 the same for x > 0; 9 one; 10 … the coefficients of P.
//
// The exponential is split into steps that are small enough for the compiler to inline into a loop's body. Around a call of a
// function every register would have to be saved. The loops read the coefficients before they start. A table that the host owns
// holds each coefficient as a whole vector, because engines rebuild vector constants at every use.
import { multiplyAdd } from './multiplyAdd';

/** Writes the f64 coefficients: 20 vectors from `table`. */
export function writeExpF64(table: usize): void {
  v128.store(table, f64x2.splat(-746.0), 0);
  v128.store(table, f64x2.splat(709.8), 16);
  v128.store(table, f64x2.splat(Math.LOG2E), 32); // 1 / ln 2
  v128.store(table, f64x2.splat(-0.693147180559663), 48); // −ln 2, head: 41 bits
  v128.store(table, f64x2.splat(-2.8235290563031577e-13), 64); // −ln 2, tail
  v128.store(table, f64x2.splat(6755399441055744.0 + 1535.0), 80); // 1.5·2^52 + 1023 + 512
  v128.store(table, f64x2.splat(7.458340731200207e-155), 96); // 2^−512
  v128.store(table, f64x2.splat(6755399441055744.0 + 511.0), 112);
  v128.store(table, f64x2.splat(1.3407807929942597e154), 128); // 2^512
  v128.store(table, f64x2.splat(1.0), 144);
  v128.store(table, f64x2.splat(0.5000000000000001), 160);
  v128.store(table, f64x2.splat(0.16666666666666669), 176);
  v128.store(table, f64x2.splat(0.04166666666662399), 192);
  v128.store(table, f64x2.splat(0.008333333333330051), 208);
  v128.store(table, f64x2.splat(0.0013888888917281794), 224);
  v128.store(table, f64x2.splat(0.00019841269863105968), 240);
  v128.store(table, f64x2.splat(2.480152119021773e-5), 256);
  v128.store(table, f64x2.splat(2.7557268378684192e-6), 272);
  v128.store(table, f64x2.splat(2.7620138719733994e-7), 288);
  v128.store(table, f64x2.splat(2.5100424157005067e-8), 304);
}

/** Writes the f32 coefficients: 15 vectors from `table`. */
export function writeExpF32(table: usize): void {
  v128.store(table, f32x4.splat(-104.0), 0);
  v128.store(table, f32x4.splat(88.8), 16);
  v128.store(table, f32x4.splat(1.4426950216293335), 32);
  v128.store(table, f32x4.splat(-0.693145751953125), 48); // 15 bits
  v128.store(table, f32x4.splat(-1.428606765330187e-6), 64);
  v128.store(table, f32x4.splat(12582912.0 + 191.0), 80); // 1.5·2^23 + 127 + 64
  v128.store(table, f32x4.splat(5.421010862427522e-20), 96); // 2^−64
  v128.store(table, f32x4.splat(12582912.0 + 63.0), 112);
  v128.store(table, f32x4.splat(18446744073709552000.0), 128); // 2^64
  v128.store(table, f32x4.splat(1.0), 144);
  v128.store(table, f32x4.splat(0.5), 160);
  v128.store(table, f32x4.splat(0.16666576266288757), 176);
  v128.store(table, f32x4.splat(0.041666556149721146), 192);
  v128.store(table, f32x4.splat(0.008363203145563602), 208);
  v128.store(table, f32x4.splat(0.0013926213141530752), 224);
}

/** Step 1: magic + k. x lies in the range where e^x is a number. */
export function expShifted<T>(x: v128, log2e: v128, magic: v128): v128 {
  return multiplyAdd<T>(x, log2e, magic);
}

/** Step 2: r. */
export function expReduced<T>(x: v128, shifted: v128, magic: v128, head: v128, tail: v128): v128 {
  const k = v128.sub<T>(shifted, magic);
  return multiplyAdd<T>(k, tail, multiplyAdd<T>(k, head, x));
}

/** Step 3: P(r) by Estrin's scheme, because a short chain of operations matters more than their number. f64 has five more terms. */
export function expPolynomial<T>(
  r: v128,
  c0: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  c4: v128,
  table: usize,
): v128 {
  const r2 = v128.mul<T>(r, r);
  const p0 = multiplyAdd<T>(r, c1, c0);
  const p2 = multiplyAdd<T>(r, c3, c2);
  if (sizeof<T>() === 4) return multiplyAdd<T>(r2, multiplyAdd<T>(r2, c4, p2), p0);
  const p4 = multiplyAdd<T>(r, v128.load(table, 240), c4);
  const p6 = multiplyAdd<T>(r, v128.load(table, 272), v128.load(table, 256));
  const p8 = multiplyAdd<T>(r, v128.load(table, 304), v128.load(table, 288));
  const r4 = v128.mul<T>(r2, r2);
  const high = multiplyAdd<T>(r4, p8, multiplyAdd<T>(r2, p6, p4));
  return multiplyAdd<T>(r4, high, multiplyAdd<T>(r2, p2, p0));
}

/** Step 4: e^r − 1 = r + r²·P. */
export function expRest<T>(r: v128, p: v128): v128 {
  return multiplyAdd<T>(v128.mul<T>(r, r), p, r);
}

/** 2^(k + shift), whose exponent field is in the low bits. */
export function expPower<T>(shifted: v128): v128 {
  return sizeof<T>() === 8 ? i64x2.shl(shifted, 52) : i32x4.shl(shifted, 23);
}

/**
 * Step 5: 2^(k + shift)·(1 + r + r²·P). Callers that want e^x multiply it by 2^−shift. One operation multiplies by the power and
 * adds it. Since the product is exact, this rounds like 1 + (r + r²·P).
 */
export function expScaled<T>(r: v128, p: v128, shifted: v128): v128 {
  const power = expPower<T>(shifted);
  return multiplyAdd<T>(expRest<T>(r, p), power, power);
}

/** 2^(k + shift)·e^r of one vector of arguments ≤ 0, for the ends of rows. */
export function expBelow<T>(argument: v128, table: usize): v128 {
  return expOfRange<T>(v128.pmax<T>(argument, v128.load(table)), v128.load(table, 80), table);
}

/** All steps for one vector whose arguments lie in the range of its large number. */
export function expOfRange<T>(x: v128, magic: v128, table: usize): v128 {
  const shifted = expShifted<T>(x, v128.load(table, 32), magic);
  const r = expReduced<T>(x, shifted, magic, v128.load(table, 48), v128.load(table, 64));
  const p = expPolynomial<T>(
    r,
    v128.load(table, 160),
    v128.load(table, 176),
    v128.load(table, 192),
    v128.load(table, 208),
    v128.load(table, 224),
    table,
  );
  return expScaled<T>(r, p, shifted);
}

/** e^x per lane; `table` holds the coefficients of T. */
export function vectorExp<T>(argument: v128, table: usize): v128 {
  // pmin and pmax keep a NaN in their first operand.
  const x = v128.pmax<T>(v128.pmin<T>(argument, v128.load(table, 16)), v128.load(table));
  const positive = v128.gt<T>(x, v128.splat<T>(<T>0));
  const magic = v128.bitselect(v128.load(table, 112), v128.load(table, 80), positive);
  const unscale = v128.bitselect(v128.load(table, 128), v128.load(table, 96), positive);
  return v128.mul<T>(expOfRange<T>(x, magic, table), unscale);
}
