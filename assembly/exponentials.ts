// Exponentials of rows. Sums across lanes, divisions and logarithms serve two rows at a time, because they dominate the cost of
// short rows.
//
// Let M be a row's maximum and d_c = x_c − M (0 where x_c = M, so that infinite maxima share the mass equally). The terms are
// 2^shift·e^{d_c}. A caller that divides by their sum need not remove the factor, and no small term is lost.
import { expBelow, expPolynomial, expReduced, expScaled, expShifted } from './exp';
import { firstLanes, lanes, pairMaxima, storeFirst } from './lanes';

/** Maxima of two rows as a pair. They may overlook a NaN, but the sum of exponentials will not. */
export function rowMaxima<T>(x: usize, x1: usize, columns: i32): v128 {
  const lowest = v128.splat<T>(<T>-Infinity);
  let highest = lowest;
  let highest1 = lowest;
  let left = columns;
  for (; left >= 4 * lanes<T>(); left -= 4 * lanes<T>(), x += 64, x1 += 64) {
    const a = v128.pmax<T>(v128.load(x), v128.load(x, 16));
    const b = v128.pmax<T>(v128.load(x, 32), v128.load(x, 48));
    const a1 = v128.pmax<T>(v128.load(x1), v128.load(x1, 16));
    const b1 = v128.pmax<T>(v128.load(x1, 32), v128.load(x1, 48));
    highest = v128.pmax<T>(highest, v128.pmax<T>(a, b));
    highest1 = v128.pmax<T>(highest1, v128.pmax<T>(a1, b1));
  }
  for (; left >= lanes<T>(); left -= lanes<T>(), x += 16, x1 += 16) {
    highest = v128.pmax<T>(highest, v128.load(x));
    highest1 = v128.pmax<T>(highest1, v128.load(x1));
  }
  if (left > 0) {
    const inside = firstLanes<T>(left);
    highest = v128.pmax<T>(highest, v128.bitselect(v128.load(x), lowest, inside));
    highest1 = v128.pmax<T>(highest1, v128.bitselect(v128.load(x1), lowest, inside));
  }
  return pairMaxima<T>(highest, highest1);
}

/** Writes the terms of a row with a finite maximum to `out`. Returns the sums of their lanes. */
function finiteTerms<T>(x: usize, out: usize, columns: i32, max: v128, table: usize): v128 {
  const lowest = v128.load(table);
  const log2e = v128.load(table, 32);
  const head = v128.load(table, 48);
  const tail = v128.load(table, 64);
  const magic = v128.load(table, 80);
  const c0 = v128.load(table, 160);
  const c1 = v128.load(table, 176);
  const c2 = v128.load(table, 192);
  const c3 = v128.load(table, 208);
  const c4 = v128.load(table, 224);
  let sum = v128.splat<T>(<T>0);
  const left = columns & (lanes<T>() - 1);
  const end = x + <usize>(columns - left) * sizeof<T>();
  for (; x < end; x += 16, out += 16) {
    const d = v128.pmax<T>(v128.sub<T>(v128.load(x), max), lowest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, table), s);
    v128.store(out, e);
    sum = v128.add<T>(sum, e);
  }
  if (left === 0) return sum;
  const e = expBelow<T>(v128.sub<T>(v128.load(x), max), table);
  storeFirst<T>(out, e, left);
  return v128.add<T>(sum, v128.and(e, firstLanes<T>(left)));
}

/** Returns the same sums without writing the terms. */
function finiteSums<T>(x: usize, columns: i32, max: v128, table: usize): v128 {
  const lowest = v128.load(table);
  const log2e = v128.load(table, 32);
  const head = v128.load(table, 48);
  const tail = v128.load(table, 64);
  const magic = v128.load(table, 80);
  const c0 = v128.load(table, 160);
  const c1 = v128.load(table, 176);
  const c2 = v128.load(table, 192);
  const c3 = v128.load(table, 208);
  const c4 = v128.load(table, 224);
  let sum = v128.splat<T>(<T>0);
  const left = columns & (lanes<T>() - 1);
  const end = x + <usize>(columns - left) * sizeof<T>();
  for (; x < end; x += 16) {
    const d = v128.pmax<T>(v128.sub<T>(v128.load(x), max), lowest);
    const s = expShifted<T>(d, log2e, magic);
    const r = expReduced<T>(d, s, magic, head, tail);
    const e = expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, table), s);
    sum = v128.add<T>(sum, e);
  }
  if (left === 0) return sum;
  const e = expBelow<T>(v128.sub<T>(v128.load(x), max), table);
  return v128.add<T>(sum, v128.and(e, firstLanes<T>(left)));
}

/** Whether all lanes are finite. */
export function areFinite<T>(vector: v128): bool {
  // A lane minus itself is +0, or NaN.
  return !v128.any_true(v128.sub<T>(vector, vector));
}

/** The term for an infinite maximum: 2^shift where x = M, NaN where x is NaN, 0 elsewhere. */
function infiniteTerm<T>(x: v128, max: v128, table: usize): v128 {
  const whole = v128.load(table, 128);
  return v128.bitselect(whole, v128.and(x, v128.ne<T>(x, x)), v128.eq<T>(x, max));
}

/** Writes the terms of a row with any maximum to `out`. Returns the sums of their lanes. */
export function rowTerms<T>(x: usize, out: usize, columns: i32, max: v128, table: usize): v128 {
  if (areFinite<T>(max)) return finiteTerms<T>(x, out, columns, max, table);
  let sum = v128.splat<T>(<T>0);
  for (; columns > 0; columns -= lanes<T>(), x += 16, out += 16) {
    let e = infiniteTerm<T>(v128.load(x), max, table);
    if (columns >= lanes<T>()) {
      v128.store(out, e);
    } else {
      storeFirst<T>(out, e, columns);
      e = v128.and(e, firstLanes<T>(columns));
    }
    sum = v128.add<T>(sum, e);
  }
  return sum;
}

/** Returns the same sums without writing the terms. */
export function rowSums<T>(x: usize, columns: i32, max: v128, table: usize): v128 {
  if (areFinite<T>(max)) return finiteSums<T>(x, columns, max, table);
  let sum = v128.splat<T>(<T>0);
  for (; columns > 0; columns -= lanes<T>(), x += 16) {
    const e = infiniteTerm<T>(v128.load(x), max, table);
    sum = v128.add<T>(sum, columns < lanes<T>() ? v128.and(e, firstLanes<T>(columns)) : e);
  }
  return sum;
}
