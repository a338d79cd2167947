// Vector natural logarithm: x = 2^k·m with √½ ≤ m < √2, f = m − 1, s = f / (2 + f), z = s²:
//   log x = k·ln 2 + f − f²/2 + s·(f²/2 + z·Q(z)),   Q(z) = (2·artanh(s)/s − 2) / z = 2/3 + 2/5·z + …
//
// Q interpolates at Chebyshev nodes (relative error of the logarithm below 0.05 ulp). f is exact, and the head of ln 2 has
// few enough bits for k·head to be exact. The two large terms cancel only when k = 0, where f − f²/2 carries the value. The
// error is ≤ 1 ulp (worst seen: 0.84 f32, 0.75 f64), tested against 1.5. log 0 = −∞, log of a negative number = NaN,
// log +∞ = +∞. Subnormal arguments are first scaled into the normal range.

/** Writes the f64 coefficients: 19 vectors from `table`. */
export function writeLogF64(table: usize): void {
  v128.store(table, f64x2.splat(2.2250738585072014e-308), 0); // smallest normal number
  v128.store(table, f64x2.splat(18014398509481984.0), 16); // 2^54
  v128.store(table, f64x2.splat(54.0), 32);
  v128.store(table, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000), 48); // bits of 1 − bits of √½
  v128.store(table, i64x2.splat(0x4330000000000000), 64); // bits of 2^52
  v128.store(table, i64x2.splat(0x000fffffffffffff), 80);
  v128.store(table, i64x2.splat(0x3fe6a09e00000000), 96); // bits of √½, the lower half cut off
  v128.store(table, f64x2.splat(0.693147180559663), 112); // ln 2, head: 41 bits
  v128.store(table, f64x2.splat(2.8235290563031577e-13), 128); // ln 2, tail
  v128.store(table, f64x2.splat(0.5), 144);
  v128.store(table, f64x2.splat(1.0), 160);
  v128.store(table, f64x2.splat(0.666666666666667), 176);
  v128.store(table, f64x2.splat(0.3999999999989827), 192);
  v128.store(table, f64x2.splat(0.2857142862653362), 208);
  v128.store(table, f64x2.splat(0.22222211043776857), 224);
  v128.store(table, f64x2.splat(0.18182895750119193), 240);
  v128.store(table, f64x2.splat(0.1533150161114533), 256);
  v128.store(table, f64x2.splat(0.1461916613488797), 272);
  v128.store(table, f64x2.splat(4503599627370496.0 + 1023.0), 288);
}

/** Writes the f32 coefficients: 14 vectors from `table`, with the same meaning in the same places. */
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
  v128.store(table, f32x4.splat(0.5), 144);
  v128.store(table, f32x4.splat(1.0), 160);
  v128.store(table, f32x4.splat(0.6666668653488159), 176);
  v128.store(table, f32x4.splat(0.399887353181839), 192);
  v128.store(table, f32x4.splat(0.2958202362060547), 208);
}

/** The sum of the lanes' bits as integers of their width. */
function addBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() === 8 ? i64x2.add(a, b) : i32x4.add(a, b);
}

/** The exponent k as a number of T, from the bits of a number that was moved by 1 − √½. */
function exponent<T>(shifted: v128, table: usize): v128 {
  const bias = v128.load(table, 64);
  if (sizeof<T>() === 4) return f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(shifted, 23), bias));
  // There is no such conversion for f64, so the field is placed below 2^52 instead.
  return f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), bias), v128.load(table, 288));
}

/** Q(z) by Horner's rule. */
function logPolynomial<T>(z: v128, table: usize): v128 {
  let q = v128.load(table, 208);
  if (sizeof<T>() === 8) {
    q = v128.add<T>(v128.load(table, 256), v128.mul<T>(z, v128.load(table, 272)));
    q = v128.add<T>(v128.load(table, 240), v128.mul<T>(z, q));
    q = v128.add<T>(v128.load(table, 224), v128.mul<T>(z, q));
    q = v128.add<T>(v128.load(table, 208), v128.mul<T>(z, q));
  }
  q = v128.add<T>(v128.load(table, 192), v128.mul<T>(z, q));
  return v128.add<T>(v128.load(table, 176), v128.mul<T>(z, q));
}

/** log x per lane; `table` holds the coefficients of T. */
export function vectorLog<T>(x: v128, table: usize): v128 {
  const tiny = v128.lt<T>(x, v128.load(table, 0));
  const normal = v128.bitselect(v128.mul<T>(x, v128.load(table, 16)), x, tiny);
  const shifted = addBits<T>(normal, v128.load(table, 48));
  const k = v128.sub<T>(exponent<T>(shifted, table), v128.and(tiny, v128.load(table, 32)));
  const one = v128.load(table, 160);
  const m = addBits<T>(v128.and(shifted, v128.load(table, 80)), v128.load(table, 96));
  const f = v128.sub<T>(m, one);
  const s = v128.div<T>(f, v128.add<T>(f, v128.add<T>(one, one)));
  const z = v128.mul<T>(s, s);
  const q = logPolynomial<T>(z, table);
  const halfSquare = v128.mul<T>(v128.mul<T>(f, f), v128.load(table, 144));
  const small = v128.add<T>(
    v128.mul<T>(s, v128.add<T>(halfSquare, v128.mul<T>(z, q))),
    v128.mul<T>(k, v128.load(table, 128)),
  );
  const large = v128.mul<T>(k, v128.load(table, 112));
  const result = v128.sub<T>(large, v128.sub<T>(v128.sub<T>(halfSquare, small), f));
  // +∞ and NaN are their own logarithm; all bits set is a NaN.
  const infinite = v128.splat<T>(<T>Infinity);
  const own = v128.or(v128.eq<T>(x, infinite), v128.ne<T>(x, x));
  const zero = v128.splat<T>(<T>0);
  const positive = v128.or(v128.bitselect(x, result, own), v128.lt<T>(x, zero));
  return v128.bitselect(v128.neg<T>(infinite), positive, v128.eq<T>(x, zero));
}
