// e^x − 1 and e^x − 1 − x per lane, right to a few ulp of themselves also where they are near 0.
//
// Near 0 both come from one polynomial: e^x − 1 − x = x·(x·P(x)) on [−1, 2] and e^x − 1 = x + x·(x·P(x)) on [−1, 1]. P
// interpolates (e^x − 1 − x)/x² on [−1, 2] at Chebyshev nodes (relative error 2.5e-17 for f64, 2e-8 for f32). Multiplying by x twice keeps results that
// are subnormal right. Elsewhere, with the steps of exp.ts, e^x − 1 = 2^k·(e^r − 1) + (2^k − 1), where 2^k − 1 is exact or has one
// rounding, and x is taken off it.
//
// Tested against 1.5 ulp for e^x − 1 (worst seen: 1.37) and 3 ulp for e^x − 1 − x (worst seen: 2.8, at 1.91). e^−∞ − 1 = −1; NaN, +∞ and both zeros are their
// own e^x − 1; results overflow where e^x does.
//
// The table's vectors are: 0 −1 and 1 and 2 the ends of the polynomial's intervals; 3 a number from which on x is lost in e^x; 4 … the
// coefficients of P.
import { expPolynomial, expPower, expReduced, expRest, expShifted } from './exp';
import { multiplyAdd } from './multiplyAdd';
import { polynomial } from './polynomial';

/** Writes the 4 vectors that both types have. */
function writeCommon<T>(table: usize): void {
  v128.store(table, v128.splat<T>(<T>-1), 0);
  v128.store(table, v128.splat<T>(<T>1), 16);
  v128.store(table, v128.splat<T>(<T>2), 32);
  v128.store(table, v128.splat<T>(<T>1000), 48);
}

/** Writes the f64 coefficients: 20 vectors from `table`. */
export function writeExpm1F64(table: usize): void {
  writeCommon<f64>(table);
  v128.store(table, f64x2.splat(0.5), 64);
  v128.store(table, f64x2.splat(0.1666666666666667), 80);
  v128.store(table, f64x2.splat(0.04166666666666687), 96);
  v128.store(table, f64x2.splat(0.008333333333332414), 112);
  v128.store(table, f64x2.splat(0.0013888888888870079), 128);
  v128.store(table, f64x2.splat(0.00019841269841898893), 144);
  v128.store(table, f64x2.splat(2.48015873068507e-5), 160);
  v128.store(table, f64x2.splat(2.7557319031633147e-6), 176);
  v128.store(table, f64x2.splat(2.755731894710318e-7), 192);
  v128.store(table, f64x2.splat(2.505213702535241e-8), 208);
  v128.store(table, f64x2.splat(2.0876668381516067e-9), 224);
  v128.store(table, f64x2.splat(1.6057154837301077e-10), 240);
  v128.store(table, f64x2.splat(1.1483944978440991e-11), 256);
  v128.store(table, f64x2.splat(7.671049957947263e-13), 272);
  v128.store(table, f64x2.splat(4.279385820637104e-14), 288);
  v128.store(table, f64x2.splat(4.5052184175232455e-15), 304);
}

/** Writes the f32 coefficients: 13 vectors from `table`. */
export function writeExpm1F32(table: usize): void {
  writeCommon<f32>(table);
  v128.store(table, f32x4.splat(0.5), 64);
  v128.store(table, f32x4.splat(0.16666670143604279), 80);
  v128.store(table, f32x4.splat(0.041666656732559204), 96);
  v128.store(table, f32x4.splat(0.008333096280694008), 112);
  v128.store(table, f32x4.splat(0.0013889885740354657), 128);
  v128.store(table, f32x4.splat(0.00019880429317709059), 144);
  v128.store(table, f32x4.splat(2.456066431477666e-5), 160);
  v128.store(table, f32x4.splat(2.5875210667436477e-6), 176);
  v128.store(table, f32x4.splat(4.319538788877253e-7), 192);
}

/** x·(x·P(x)). */
function near<T>(x: v128, table: usize): v128 {
  return v128.mul<T>(x, v128.mul<T>(x, polynomial<T>(x, table + 64, sizeof<T>() === 8 ? 16 : 9)));
}

/** Whether −1 ≤ x ≤ end. */
function isNear<T>(x: v128, end: v128, table: usize): v128 {
  return v128.and(v128.ge<T>(x, v128.load(table)), v128.le<T>(x, end));
}

/** e^x − 1 where x is not near 0. The table of exp.ts holds 2^shift of one sign as 2^−shift of the other. */
function far<T>(argument: v128, expTable: usize): v128 {
  const x = v128.pmax<T>(v128.pmin<T>(argument, v128.load(expTable, 16)), v128.load(expTable));
  const positive = v128.gt<T>(x, v128.splat<T>(<T>0));
  const magic = v128.bitselect(v128.load(expTable, 112), v128.load(expTable, 80), positive);
  const unscale = v128.bitselect(v128.load(expTable, 128), v128.load(expTable, 96), positive);
  const scale = v128.bitselect(v128.load(expTable, 96), v128.load(expTable, 128), positive);
  const shifted = expShifted<T>(x, v128.load(expTable, 32), magic);
  const r = expReduced<T>(x, shifted, magic, v128.load(expTable, 48), v128.load(expTable, 64));
  const p = expPolynomial<T>(
    r,
    v128.load(expTable, 160),
    v128.load(expTable, 176),
    v128.load(expTable, 192),
    v128.load(expTable, 208),
    v128.load(expTable, 224),
    expTable,
  );
  const power = expPower<T>(shifted);
  return v128.mul<T>(multiplyAdd<T>(expRest<T>(r, p), power, v128.sub<T>(power, scale)), unscale);
}

/** out = e^x − 1 over whole vectors. */
export function exponentialMinusOne<T>(
  x: usize,
  out: usize,
  end: usize,
  table: usize,
  expTable: usize,
): void {
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const small = v128.add<T>(value, near<T>(value, table));
    const result = v128.bitselect(
      small,
      far<T>(value, expTable),
      isNear<T>(value, v128.load(table, 16), table),
    );
    // The result has the sign of x, which −0 would lose in the sum.
    v128.store(out, v128.or(result, v128.xor(value, v128.abs<T>(value))));
  }
}

/** out = e^x − 1 − x over whole vectors. */
export function exponentialMinusLine<T>(
  x: usize,
  out: usize,
  end: usize,
  table: usize,
  expTable: usize,
): void {
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const large = v128.sub<T>(far<T>(value, expTable), v128.pmin<T>(value, v128.load(table, 48)));
    v128.store(
      out,
      v128.bitselect(near<T>(value, table), large, isNear<T>(value, v128.load(table, 32), table)),
    );
  }
}
