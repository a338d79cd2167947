// Vector exponential: x = k·ln 2 + r with |r| ≤ ln 2 / 2,  e^x = 2^k·(1 + r + r²·P(r)).
//
// P interpolates (e^r − 1 − r) / r² at Chebyshev nodes (relative error of e^r: 1.7e-17 for f64, 1.1e-8 for f32), r is
// exact up to one rounding because the head of ln 2 has few enough bits for k·head to be exact. Adding up the
// roundings (r, r²·P, two sums) gives ≤ 1.5 ulp; a subnormal result is rounded once more, ≤ 2 ulp. e^NaN = NaN,
// e^+∞ = +∞, e^−∞ = 0; results overflow to +∞ and underflow gradually. 2^k is applied as 2^(k/2)·2^(k − k/2), so that
// neither factor leaves the normal range.
//
// Coefficients are read from a table the host owns: engines rebuild vector constants at every use, a load is cheaper.

/** Writes the f64 coefficients: 18 × 8 bytes from `table`. */
export function writeExpF64(table: usize): void {
  f64.store(table, 709.8, 0);
  f64.store(table, -746.0, 8);
  f64.store(table, Math.LOG2E, 16); // 1 / ln 2
  f64.store(table, 6755399441055744.0, 24); // 1.5·2^52: adding it rounds to an integer, found in the low bits
  f64.store(table, 0.693147180559663, 32); // ln 2, head: 41 bits
  f64.store(table, 2.8235290563031577e-13, 40); // ln 2, tail
  f64.store(table, 0.5000000000000001, 48);
  f64.store(table, 0.16666666666666669, 56);
  f64.store(table, 0.04166666666662399, 64);
  f64.store(table, 0.008333333333330051, 72);
  f64.store(table, 0.0013888888917281794, 80);
  f64.store(table, 0.00019841269863105968, 88);
  f64.store(table, 2.480152119021773e-5, 96);
  f64.store(table, 2.7557268378684192e-6, 104);
  f64.store(table, 2.7620138719733994e-7, 112);
  f64.store(table, 2.5100424157005067e-8, 120);
  i64.store(table, 1023, 128);
  f64.store(table, 1.0, 136);
}

/** Writes the f32 coefficients: 13 × 4 bytes from `table`. */
export function writeExpF32(table: usize): void {
  f32.store(table, 88.8, 0);
  f32.store(table, -104.0, 4);
  f32.store(table, 1.4426950216293335, 8);
  f32.store(table, 12582912.0, 12); // 1.5·2^23
  f32.store(table, 0.693145751953125, 16); // 15 bits
  f32.store(table, 1.428606765330187e-6, 20);
  f32.store(table, 0.5, 24);
  f32.store(table, 0.16666576266288757, 28);
  f32.store(table, 0.041666556149721146, 32);
  f32.store(table, 0.008363203145563602, 36);
  f32.store(table, 0.0013926213141530752, 40);
  i32.store(table, 127, 44);
  f32.store(table, 1.0, 48);
}

function expF64(argument: v128, table: usize): v128 {
  // pmin and pmax keep a NaN in their first operand.
  const x = f64x2.pmax(f64x2.pmin(argument, v128.load64_splat(table, 0)), v128.load64_splat(table, 8));
  const round = v128.load64_splat(table, 24);
  const k = f64x2.sub(f64x2.add(f64x2.mul(x, v128.load64_splat(table, 16)), round), round);
  const head = f64x2.sub(x, f64x2.mul(k, v128.load64_splat(table, 32)));
  const tail = f64x2.mul(k, v128.load64_splat(table, 40));
  const r = f64x2.sub(head, tail);
  const r2 = f64x2.mul(r, r);
  // P = even(r²) + r·odd(r²): two short chains instead of one long one.
  let even = f64x2.add(v128.load64_splat(table, 96), f64x2.mul(r2, v128.load64_splat(table, 112)));
  let odd = f64x2.add(v128.load64_splat(table, 104), f64x2.mul(r2, v128.load64_splat(table, 120)));
  even = f64x2.add(v128.load64_splat(table, 80), f64x2.mul(r2, even));
  odd = f64x2.add(v128.load64_splat(table, 88), f64x2.mul(r2, odd));
  even = f64x2.add(v128.load64_splat(table, 64), f64x2.mul(r2, even));
  odd = f64x2.add(v128.load64_splat(table, 72), f64x2.mul(r2, odd));
  even = f64x2.add(v128.load64_splat(table, 48), f64x2.mul(r2, even));
  odd = f64x2.add(v128.load64_splat(table, 56), f64x2.mul(r2, odd));
  const p = f64x2.add(even, f64x2.mul(r, odd));
  const e = f64x2.add(v128.load64_splat(table, 136), f64x2.add(head, f64x2.sub(f64x2.mul(r2, p), tail)));
  const bias = v128.load64_splat(table, 128);
  // Any integer near k/2 does.
  const half = f64x2.add(f64x2.mul(k, v128.load64_splat(table, 48)), round);
  const rest = f64x2.add(f64x2.sub(k, f64x2.sub(half, round)), round);
  const scaled = f64x2.mul(e, i64x2.shl(i64x2.add(half, bias), 52));
  return f64x2.mul(scaled, i64x2.shl(i64x2.add(rest, bias), 52));
}

function expF32(argument: v128, table: usize): v128 {
  const x = f32x4.pmax(f32x4.pmin(argument, v128.load32_splat(table, 0)), v128.load32_splat(table, 4));
  const round = v128.load32_splat(table, 12);
  const k = f32x4.sub(f32x4.add(f32x4.mul(x, v128.load32_splat(table, 8)), round), round);
  const head = f32x4.sub(x, f32x4.mul(k, v128.load32_splat(table, 16)));
  const tail = f32x4.mul(k, v128.load32_splat(table, 20));
  const r = f32x4.sub(head, tail);
  const r2 = f32x4.mul(r, r);
  const odd = f32x4.add(v128.load32_splat(table, 28), f32x4.mul(r2, v128.load32_splat(table, 36)));
  let even = f32x4.add(v128.load32_splat(table, 32), f32x4.mul(r2, v128.load32_splat(table, 40)));
  even = f32x4.add(v128.load32_splat(table, 24), f32x4.mul(r2, even));
  const p = f32x4.add(even, f32x4.mul(r, odd));
  const e = f32x4.add(v128.load32_splat(table, 48), f32x4.add(head, f32x4.sub(f32x4.mul(r2, p), tail)));
  const bias = v128.load32_splat(table, 44);
  const half = f32x4.add(f32x4.mul(k, v128.load32_splat(table, 24)), round);
  const rest = f32x4.add(f32x4.sub(k, f32x4.sub(half, round)), round);
  const scaled = f32x4.mul(e, i32x4.shl(i32x4.add(half, bias), 23));
  return f32x4.mul(scaled, i32x4.shl(i32x4.add(rest, bias), 23));
}

/** e^x per lane; `table` holds the coefficients of T. */
export function vectorExp<T>(x: v128, table: usize): v128 {
  if (sizeof<T>() === 8) return expF64(x, table);
  return expF32(x, table);
}
