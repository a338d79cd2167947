// Softmax, log-softmax and log-sum-exp over rows of `columns` elements (see exponentials.ts):
//   softmax_c = e^{d_c} / Σ e^d,   logSoftmax_c = d_c − log Σ e^d,   logSumExp = M + log Σ e^d,   d = x − M.
//
// The terms of Σ e^d lie in [0, 1] and one of them equals 1. Lane sums are added in a fixed order, so the relative error is ≤
// (columns / lanes + 4)·u besides the 1.5 ulp of each exponential. So softmax is right to (columns / lanes + 10)·u plus the
// rounding of d, |d|·u; the logarithms have the same bound as an absolute error. A NaN makes its whole row NaN.
// softmaxAlong adds columns / lanes terms in each lane; its error is (columns / lanes + 5)·u·p·(|v| + Σ p·|v|).
import { expTable, logTable } from './coefficients';
import { rowMaxima, rowSums, rowTerms } from './exponentials';
import {
  firstLane,
  firstLanes,
  firstOfPair,
  lanes,
  pairSums,
  secondLane,
  secondOfPair,
  storeFirst,
  sumLanes,
} from './lanes';
import { vectorLog } from './log';
import { multiplyAdd } from './multiplyAdd';

/** x ← factor·x. */
export function scaleRow<T>(x: usize, factor: v128, columns: i32): void {
  let left = columns;
  for (; left >= 4 * lanes<T>(); left -= 4 * lanes<T>(), x += 64) {
    v128.store(x, v128.mul<T>(v128.load(x), factor));
    v128.store(x, v128.mul<T>(v128.load(x, 16), factor), 16);
    v128.store(x, v128.mul<T>(v128.load(x, 32), factor), 32);
    v128.store(x, v128.mul<T>(v128.load(x, 48), factor), 48);
  }
  for (; left >= lanes<T>(); left -= lanes<T>(), x += 16) v128.store(x, v128.mul<T>(v128.load(x), factor));
  if (left > 0) storeFirst<T>(x, v128.mul<T>(v128.load(x), factor), left);
}

/** 2^shift·Σ e^d of two rows as a pair. The terms are written to `out` and `out1`. */
export function pairTerms<T>(
  x: usize,
  x1: usize,
  out: usize,
  out1: usize,
  columns: i32,
  maxima: v128,
  tables: usize,
): v128 {
  const table = expTable<T>(tables);
  const sum = rowTerms<T>(x, out, columns, firstOfPair<T>(maxima), table);
  if (x1 === x) return pairSums<T>(sum, sum);
  return pairSums<T>(sum, rowTerms<T>(x1, out1, columns, secondOfPair<T>(maxima), table));
}

/** log Σ e^d of two rows as a pair. */
export function pairLogSums<T>(x: usize, x1: usize, columns: i32, maxima: v128, tables: usize): v128 {
  const table = expTable<T>(tables);
  const sum = rowSums<T>(x, columns, firstOfPair<T>(maxima), table);
  const sum1 = x1 === x ? sum : rowSums<T>(x1, columns, secondOfPair<T>(maxima), table);
  const sums = v128.mul<T>(pairSums<T>(sum, sum1), v128.load(table, 96));
  return vectorLog<T>(sums, logTable<T>(tables));
}

/** out = softmax of every row. */
export function softmax<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  const one = v128.splat<T>(<T>1);
  for (; rows > 0; rows -= 2, x += 2 * rowBytes, out += 2 * rowBytes) {
    const x1 = rows > 1 ? x + rowBytes : x;
    const out1 = rows > 1 ? out + rowBytes : out;
    const maxima = rowMaxima<T>(x, x1, columns);
    const factors = v128.div<T>(one, pairTerms<T>(x, x1, out, out1, columns, maxima, tables));
    scaleRow<T>(out, firstOfPair<T>(factors), columns);
    if (rows > 1) scaleRow<T>(out1, secondOfPair<T>(factors), columns);
  }
}

/** out = (x − M) − log Σ e^d, with x − M = 0 where x = M even if both are infinite. */
function logRow<T>(x: usize, out: usize, max: v128, logSum: v128, columns: i32): void {
  let left = columns;
  for (; left > 0; left -= lanes<T>(), x += 16, out += 16) {
    const value = v128.load(x);
    const d = v128.andnot(v128.sub<T>(value, max), v128.eq<T>(value, max));
    if (left >= lanes<T>()) v128.store(out, v128.sub<T>(d, logSum));
    else storeFirst<T>(out, v128.sub<T>(d, logSum), left);
  }
}

/** out = logSoftmax of every row. */
export function logSoftmax<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows -= 2, x += 2 * rowBytes, out += 2 * rowBytes) {
    const x1 = rows > 1 ? x + rowBytes : x;
    const maxima = rowMaxima<T>(x, x1, columns);
    const logs = pairLogSums<T>(x, x1, columns, maxima, tables);
    logRow<T>(x, out, firstOfPair<T>(maxima), firstOfPair<T>(logs), columns);
    if (rows > 1) logRow<T>(x1, out + rowBytes, secondOfPair<T>(maxima), secondOfPair<T>(logs), columns);
  }
}

/** out = logSumExp of every row. */
export function logSumExp<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows -= 2, x += 2 * rowBytes, out += 2 * sizeof<T>()) {
    const x1 = rows > 1 ? x + rowBytes : x;
    const maxima = rowMaxima<T>(x, x1, columns);
    const values = v128.add<T>(maxima, pairLogSums<T>(x, x1, columns, maxima, tables));
    store<T>(out, firstLane<T>(values));
    if (rows > 1) store<T>(out + sizeof<T>(), secondLane<T>(values));
  }
}

/** out = p∘(v − Σ p·v) of every row. This is the Jacobian of softmax, which is symmetric, times v. */
export function softmaxAlong<T>(p: usize, v: usize, out: usize, rows: i32, columns: i32): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, p += rowBytes, v += rowBytes, out += rowBytes) {
    let sum = v128.splat<T>(<T>0);
    let offset: usize = 0;
    let left = columns;
    for (; left >= lanes<T>(); left -= lanes<T>(), offset += 16) {
      sum = multiplyAdd<T>(v128.load(p + offset), v128.load(v + offset), sum);
    }
    if (left > 0) {
      const last = v128.mul<T>(v128.load(p + offset), v128.load(v + offset));
      sum = v128.add<T>(sum, v128.and(last, firstLanes<T>(left)));
    }
    const mean = v128.splat<T>(sumLanes<T>(sum));
    offset = 0;
    left = columns;
    for (; left >= lanes<T>(); left -= lanes<T>(), offset += 16) {
      const rest = v128.sub<T>(v128.load(v + offset), mean);
      v128.store(out + offset, v128.mul<T>(v128.load(p + offset), rest));
    }
    if (left > 0) {
      const rest = v128.sub<T>(v128.load(v + offset), mean);
      storeFirst<T>(out + offset, v128.mul<T>(v128.load(p + offset), rest), left);
    }
  }
}

/** Makes the first `count` scores of a row −∞, so that their terms are 0; nothing for a count below 1. */
export function hideFirst<T>(row: usize, count: i32): void {
  const end = row + <usize>max(count, 0) * sizeof<T>();
  for (; row < end; row += sizeof<T>()) store<T>(row, <T>-Infinity);
}
