// Vector natural logarithm: x = 2^k·m with √½ ≤ m < √2, f = m − 1, s = f / (2 + f), z = s²:
//   log x = k·ln 2 + f − f²/2 + s·(f²/2 + z·Q(z)),   Q(z) = (2·artanh(s)/s − 2) / z = 2/3 + 2/5·z + …
//
// Q interpolates at Chebyshev nodes (relative error of the logarithm below 0.05 ulp); f is exact, the head of ln 2 has
// few enough bits for k·head to be exact, and the two large terms cancel only when k = 0, where f − f²/2 carries the
// value: ≤ 1 ulp (worst seen: 0.84 f32, 0.75 f64), tested against 1.5. log 0 = −∞, log of a negative number = NaN, log +∞ = +∞;
// subnormal arguments are scaled into the normal range first.

/** Writes the f64 coefficients: 19 vectors from `table`. */
export function writeLogF64(table: usize): void {
  v128.store(table, f64x2.splat(2.2250738585072014e-308), 0); // smallest normal number
  v128.store(table, f64x2.splat(18014398509481984.0), 16); // 2^54
  v128.store(table, f64x2.splat(54.0), 32);
  v128.store(table, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000), 48); // bits of 1 − bits of √½
  v128.store(table, i64x2.splat(0x4330000000000000), 64); // bits of 2^52
  v128.store(table, f64x2.splat(4503599627370496.0 + 1023.0), 80);
  v128.store(table, i64x2.splat(0x000fffffffffffff), 96);
  v128.store(table, i64x2.splat(0x3fe6a09e00000000), 112); // bits of √½, the lower half cut off
  v128.store(table, f64x2.splat(0.693147180559663), 128); // ln 2, head: 41 bits
  v128.store(table, f64x2.splat(2.8235290563031577e-13), 144); // ln 2, tail
  v128.store(table, f64x2.splat(0.666666666666667), 160);
  v128.store(table, f64x2.splat(0.3999999999989827), 176);
  v128.store(table, f64x2.splat(0.2857142862653362), 192);
  v128.store(table, f64x2.splat(0.22222211043776857), 208);
  v128.store(table, f64x2.splat(0.18182895750119193), 224);
  v128.store(table, f64x2.splat(0.1533150161114533), 240);
  v128.store(table, f64x2.splat(0.1461916613488797), 256);
  v128.store(table, f64x2.splat(0.5), 272);
  v128.store(table, f64x2.splat(1.0), 288);
}

/** Writes the f32 coefficients: 14 vectors from `table`. */
export function writeLogF32(table: usize): void {
  v128.store(table, f32x4.splat(1.1754943508222875e-38), 0);
  v128.store(table, f32x4.splat(33554432.0), 16); // 2^25
  v128.store(table, f32x4.splat(25.0), 32);
  v128.store(table, i32x4.splat(0x3f800000 - 0x3f3504f3), 48);
  v128.store(table, i32x4.splat(127), 64);
  v128.store(table, i32x4.splat(0x007fffff), 80);
  v128.store(table, i32x4.splat(0x3f3504f3), 96);
  v128.store(table, f32x4.splat(0.693145751953125), 112); // 15 bits
  v128.store(table, f32x4.splat(1.428606765330187e-6), 128);
  v128.store(table, f32x4.splat(0.6666668653488159), 144);
  v128.store(table, f32x4.splat(0.399887353181839), 160);
  v128.store(table, f32x4.splat(0.2958202362060547), 176);
  v128.store(table, f32x4.splat(0.5), 192);
  v128.store(table, f32x4.splat(1.0), 208);
}

function logF64(x: v128, table: usize): v128 {
  const tiny = f64x2.lt(x, v128.load(table, 0));
  const normal = v128.bitselect(f64x2.mul(x, v128.load(table, 16)), x, tiny);
  const shifted = i64x2.add(normal, v128.load(table, 48));
  // k: the exponent field as a double, by placing it below 2^52.
  let k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), v128.load(table, 64)), v128.load(table, 80));
  k = f64x2.sub(k, v128.and(tiny, v128.load(table, 32)));
  const one = v128.load(table, 288);
  const m = i64x2.add(v128.and(shifted, v128.load(table, 96)), v128.load(table, 112));
  const f = f64x2.sub(m, one);
  const s = f64x2.div(f, f64x2.add(f, f64x2.add(one, one)));
  const z = f64x2.mul(s, s);
  let q = f64x2.add(v128.load(table, 240), f64x2.mul(z, v128.load(table, 256)));
  q = f64x2.add(v128.load(table, 224), f64x2.mul(z, q));
  q = f64x2.add(v128.load(table, 208), f64x2.mul(z, q));
  q = f64x2.add(v128.load(table, 192), f64x2.mul(z, q));
  q = f64x2.add(v128.load(table, 176), f64x2.mul(z, q));
  q = f64x2.add(v128.load(table, 160), f64x2.mul(z, q));
  const halfSquare = f64x2.mul(f64x2.mul(f, f), v128.load(table, 272));
  const small = f64x2.add(
    f64x2.mul(s, f64x2.add(halfSquare, f64x2.mul(z, q))),
    f64x2.mul(k, v128.load(table, 144)),
  );
  const result = f64x2.sub(f64x2.mul(k, v128.load(table, 128)), f64x2.sub(f64x2.sub(halfSquare, small), f));
  // +∞ and NaN are their own logarithm; all bits set is a NaN.
  const infinite = f64x2.splat(Infinity);
  const own = v128.or(f64x2.eq(x, infinite), f64x2.ne(x, x));
  const zero = f64x2.splat(0);
  const positive = v128.or(v128.bitselect(x, result, own), f64x2.lt(x, zero));
  return v128.bitselect(f64x2.neg(infinite), positive, f64x2.eq(x, zero));
}

function logF32(x: v128, table: usize): v128 {
  const tiny = f32x4.lt(x, v128.load(table, 0));
  const normal = v128.bitselect(f32x4.mul(x, v128.load(table, 16)), x, tiny);
  const shifted = i32x4.add(normal, v128.load(table, 48));
  let k = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(shifted, 23), v128.load(table, 64)));
  k = f32x4.sub(k, v128.and(tiny, v128.load(table, 32)));
  const one = v128.load(table, 208);
  const m = i32x4.add(v128.and(shifted, v128.load(table, 80)), v128.load(table, 96));
  const f = f32x4.sub(m, one);
  const s = f32x4.div(f, f32x4.add(f, f32x4.add(one, one)));
  const z = f32x4.mul(s, s);
  let q = f32x4.add(v128.load(table, 160), f32x4.mul(z, v128.load(table, 176)));
  q = f32x4.add(v128.load(table, 144), f32x4.mul(z, q));
  const halfSquare = f32x4.mul(f32x4.mul(f, f), v128.load(table, 192));
  const small = f32x4.add(
    f32x4.mul(s, f32x4.add(halfSquare, f32x4.mul(z, q))),
    f32x4.mul(k, v128.load(table, 128)),
  );
  const result = f32x4.sub(f32x4.mul(k, v128.load(table, 112)), f32x4.sub(f32x4.sub(halfSquare, small), f));
  const infinite = f32x4.splat(Infinity);
  const own = v128.or(f32x4.eq(x, infinite), f32x4.ne(x, x));
  const zero = f32x4.splat(0);
  const positive = v128.or(v128.bitselect(x, result, own), f32x4.lt(x, zero));
  return v128.bitselect(f32x4.neg(infinite), positive, f32x4.eq(x, zero));
}

/** log x per lane; `table` holds the coefficients of T. */
export function vectorLog<T>(x: v128, table: usize): v128 {
  if (sizeof<T>() === 8) return logF64(x, table);
  return logF32(x, table);
}
