// Vector exponential: x = k·ln 2 + r with |r| ≤ ln 2 / 2,  e^x = 2^k·(1 + r + r²·P(r)).
//
// P interpolates (e^r − 1 − r) / r² at Chebyshev nodes (relative error of e^r: 1.7e-17 for f64, 1.1e-8 for f32), r is
// exact up to one rounding because the head of ln 2 has few enough bits for k·head to be exact, and the sum is formed as
// 1 + (x − k·head + (r²·P − k·tail)), so that this rounding does not enter it. What remains is half an ulp each for the
// last sum and, at half its weight, the one inside, and 0.2 for P: ≤ 1.1 ulp, tested against 1.5 (worst seen: 0.98 f32,
// 0.88 f64). e^NaN = NaN, e^+∞ = +∞, e^−∞ = 0; results overflow to +∞ and underflow gradually. 2^k is applied as
// 2^(k/2)·2^(k − k/2), so that neither factor leaves the normal range.
//
// Coefficients are read from a table the host owns, each as a whole vector: engines rebuild vector constants at every use
// and spend two instructions on a splatting load, one on a plain one.

/** Writes the f64 coefficients: 18 vectors from `table`. */
export function writeExpF64(table: usize): void {
  v128.store(table, f64x2.splat(709.8), 0);
  v128.store(table, f64x2.splat(-746.0), 16);
  v128.store(table, f64x2.splat(Math.LOG2E), 32); // 1 / ln 2
  v128.store(table, f64x2.splat(6755399441055744.0), 48); // 1.5·2^52: adding it rounds to an integer, found in the low bits
  v128.store(table, f64x2.splat(0.693147180559663), 64); // ln 2, head: 41 bits
  v128.store(table, f64x2.splat(2.8235290563031577e-13), 80); // ln 2, tail
  v128.store(table, f64x2.splat(0.5000000000000001), 96);
  v128.store(table, f64x2.splat(0.16666666666666669), 112);
  v128.store(table, f64x2.splat(0.04166666666662399), 128);
  v128.store(table, f64x2.splat(0.008333333333330051), 144);
  v128.store(table, f64x2.splat(0.0013888888917281794), 160);
  v128.store(table, f64x2.splat(0.00019841269863105968), 176);
  v128.store(table, f64x2.splat(2.480152119021773e-5), 192);
  v128.store(table, f64x2.splat(2.7557268378684192e-6), 208);
  v128.store(table, f64x2.splat(2.7620138719733994e-7), 224);
  v128.store(table, f64x2.splat(2.5100424157005067e-8), 240);
  v128.store(table, i64x2.splat(1023), 256);
  v128.store(table, f64x2.splat(1.0), 272);
}

/** Writes the f32 coefficients: 13 vectors from `table`. */
export function writeExpF32(table: usize): void {
  v128.store(table, f32x4.splat(88.8), 0);
  v128.store(table, f32x4.splat(-104.0), 16);
  v128.store(table, f32x4.splat(1.4426950216293335), 32);
  v128.store(table, f32x4.splat(12582912.0), 48); // 1.5·2^23
  v128.store(table, f32x4.splat(0.693145751953125), 64); // 15 bits
  v128.store(table, f32x4.splat(1.428606765330187e-6), 80);
  v128.store(table, f32x4.splat(0.5), 96);
  v128.store(table, f32x4.splat(0.16666576266288757), 112);
  v128.store(table, f32x4.splat(0.041666556149721146), 128);
  v128.store(table, f32x4.splat(0.008363203145563602), 144);
  v128.store(table, f32x4.splat(0.0013926213141530752), 160);
  v128.store(table, i32x4.splat(127), 176);
  v128.store(table, f32x4.splat(1.0), 192);
}

function expF64(argument: v128, table: usize): v128 {
  // pmin and pmax keep a NaN in their first operand.
  const x = f64x2.pmax(f64x2.pmin(argument, v128.load(table, 0)), v128.load(table, 16));
  const round = v128.load(table, 48);
  const k = f64x2.sub(f64x2.add(f64x2.mul(x, v128.load(table, 32)), round), round);
  const head = f64x2.sub(x, f64x2.mul(k, v128.load(table, 64)));
  const tail = f64x2.mul(k, v128.load(table, 80));
  const r = f64x2.sub(head, tail);
  const r2 = f64x2.mul(r, r);
  // Estrin's scheme: pairs, then pairs of pairs; a short chain of operations matters more than their number.
  const r4 = f64x2.mul(r2, r2);
  const p0 = f64x2.add(v128.load(table, 96), f64x2.mul(r, v128.load(table, 112)));
  const p2 = f64x2.add(v128.load(table, 128), f64x2.mul(r, v128.load(table, 144)));
  const p4 = f64x2.add(v128.load(table, 160), f64x2.mul(r, v128.load(table, 176)));
  const p6 = f64x2.add(v128.load(table, 192), f64x2.mul(r, v128.load(table, 208)));
  const p8 = f64x2.add(v128.load(table, 224), f64x2.mul(r, v128.load(table, 240)));
  const low = f64x2.add(p0, f64x2.mul(r2, p2));
  const high = f64x2.add(f64x2.add(p4, f64x2.mul(r2, p6)), f64x2.mul(r4, p8));
  const p = f64x2.add(low, f64x2.mul(r4, high));
  const e = f64x2.add(v128.load(table, 272), f64x2.add(head, f64x2.sub(f64x2.mul(r2, p), tail)));
  const bias = v128.load(table, 256);
  // Any integer near k/2 does.
  const half = f64x2.add(f64x2.mul(k, v128.load(table, 96)), round);
  const rest = f64x2.add(f64x2.sub(k, f64x2.sub(half, round)), round);
  const scaled = f64x2.mul(e, i64x2.shl(i64x2.add(half, bias), 52));
  return f64x2.mul(scaled, i64x2.shl(i64x2.add(rest, bias), 52));
}

function expF32(argument: v128, table: usize): v128 {
  const x = f32x4.pmax(f32x4.pmin(argument, v128.load(table, 0)), v128.load(table, 16));
  const round = v128.load(table, 48);
  const k = f32x4.sub(f32x4.add(f32x4.mul(x, v128.load(table, 32)), round), round);
  const head = f32x4.sub(x, f32x4.mul(k, v128.load(table, 64)));
  const tail = f32x4.mul(k, v128.load(table, 80));
  const r = f32x4.sub(head, tail);
  const r2 = f32x4.mul(r, r);
  const p0 = f32x4.add(v128.load(table, 96), f32x4.mul(r, v128.load(table, 112)));
  const p2 = f32x4.add(v128.load(table, 128), f32x4.mul(r, v128.load(table, 144)));
  const high = f32x4.add(p2, f32x4.mul(r2, v128.load(table, 160)));
  const p = f32x4.add(p0, f32x4.mul(r2, high));
  const e = f32x4.add(v128.load(table, 192), f32x4.add(head, f32x4.sub(f32x4.mul(r2, p), tail)));
  const bias = v128.load(table, 176);
  const half = f32x4.add(f32x4.mul(k, v128.load(table, 96)), round);
  const rest = f32x4.add(f32x4.sub(k, f32x4.sub(half, round)), round);
  const scaled = f32x4.mul(e, i32x4.shl(i32x4.add(half, bias), 23));
  return f32x4.mul(scaled, i32x4.shl(i32x4.add(rest, bias), 23));
}

/** e^x per lane; `table` holds the coefficients of T. */
export function vectorExp<T>(x: v128, table: usize): v128 {
  if (sizeof<T>() === 8) return expF64(x, table);
  return expF32(x, table);
}
