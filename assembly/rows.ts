// Softmax, log-softmax and log-sum-exp over rows of `columns` elements.
// With M the row's maximum and d_c = x_c − M (0 where x_c = M, so that infinite maxima share the mass equally):
//   softmax_c = e^{d_c} / Σ e^d,   logSoftmax_c = d_c − log Σ e^d,   logSumExp = M + log Σ e^d.
//
// Σ e^d has terms in [0, 1] with one equal to 1; lane sums are added in a fixed order: relative error ≤
// (columns / lanes + 4)·u besides the 1.5 ulp of each exponential, so softmax is right to (columns / lanes + 8)·u and the
// rounding of d, |d|·u, and the logarithms to that absolute error. A NaN makes its whole row NaN.
// softmaxAlong adds columns / lanes terms a lane: (columns / lanes + 5)·u·p·(|v| + Σ p·|v|).
import { expTable, logTable, scratchVector } from './coefficients';
import { logarithm } from './elementwise';
import { vectorExp } from './exp';
import { firstLanes, lanes, loadFirst, maxLanes, storeFirst, sumLanes } from './lanes';
import { multiplyAdd } from './multiplyAdd';

/** Maximum that may overlook a NaN: the sum of exponentials will see it. */
export function rowMax<T>(x: usize, columns: i32): T {
  const lowest = v128.splat<T>(<T>-Infinity);
  const step = lanes<T>();
  let a = lowest;
  let b = lowest;
  for (; columns >= 2 * step; columns -= 2 * step, x += 32) {
    a = v128.pmax<T>(a, v128.load(x));
    b = v128.pmax<T>(b, v128.load(x, 16));
  }
  if (columns >= step) {
    a = v128.pmax<T>(a, v128.load(x));
    x += 16;
    columns -= step;
  }
  if (columns > 0) b = v128.pmax<T>(b, loadFirst<T>(x, columns, lowest));
  return maxLanes<T>(v128.pmax<T>(a, b));
}

/** d = x − M, with 0 where x = M even if both are infinite. */
function belowMax<T>(x: v128, max: v128): v128 {
  return v128.andnot(v128.sub<T>(x, max), v128.eq<T>(x, max));
}

/** Σ e^d; the terms are written to `out`, which moves on by `step` bytes a vector (0: nobody wants them). */
export function expSum<T>(x: usize, out: usize, step: usize, columns: i32, max: v128, table: usize): T {
  const outside = v128.splat<T>(<T>-Infinity);
  let sum = v128.splat<T>(<T>0);
  for (; columns > 0; columns -= lanes<T>(), x += 16, out += step) {
    const whole = columns >= lanes<T>();
    let d = belowMax<T>(v128.load(x), max);
    if (!whole) d = v128.bitselect(d, outside, firstLanes<T>(columns));
    const e = vectorExp<T>(d, table);
    sum = v128.add<T>(sum, e);
    if (whole || step === 0) v128.store(out, e);
    else storeFirst<T>(out, e, columns);
  }
  return sumLanes<T>(sum);
}

/** log of one number. */
export function scalarLog<T>(value: T, tables: usize): T {
  const scratch = scratchVector(tables);
  store<T>(scratch, value);
  logarithm<T>(scratch, scratch, scratch + 16, logTable<T>(tables));
  return load<T>(scratch);
}

function softmax<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, x += rowBytes, out += rowBytes) {
    const max = v128.splat<T>(rowMax<T>(x, columns));
    const sum = v128.splat<T>(expSum<T>(x, out, 16, columns, max, expTable<T>(tables)));
    let to = out;
    let left = columns;
    for (; left >= lanes<T>(); left -= lanes<T>(), to += 16) {
      v128.store(to, v128.div<T>(v128.load(to), sum));
    }
    if (left > 0) storeFirst<T>(to, v128.div<T>(v128.load(to), sum), left);
  }
}

function logSoftmax<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, x += rowBytes, out += rowBytes) {
    const max = v128.splat<T>(rowMax<T>(x, columns));
    const sum = expSum<T>(x, scratchVector(tables), 0, columns, max, expTable<T>(tables));
    const logSum = v128.splat<T>(scalarLog<T>(sum, tables));
    let from = x;
    let to = out;
    let left = columns;
    for (; left >= lanes<T>(); left -= lanes<T>(), from += 16, to += 16) {
      v128.store(to, v128.sub<T>(belowMax<T>(v128.load(from), max), logSum));
    }
    if (left > 0) storeFirst<T>(to, v128.sub<T>(belowMax<T>(v128.load(from), max), logSum), left);
  }
}

function logSumExp<T>(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, x += rowBytes, out += sizeof<T>()) {
    const max = rowMax<T>(x, columns);
    const sum = expSum<T>(x, scratchVector(tables), 0, columns, v128.splat<T>(max), expTable<T>(tables));
    store<T>(out, <T>(max + scalarLog<T>(sum, tables)));
  }
}

/** out = p∘(v − Σ p·v) of every row: the Jacobian of softmax, which is symmetric, times v. */
function softmaxAlong<T>(p: usize, v: usize, out: usize, rows: i32, columns: i32): void {
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

export function softmaxAlongF32(p: usize, v: usize, out: usize, rows: i32, columns: i32): void {
  softmaxAlong<f32>(p, v, out, rows, columns);
}
export function softmaxAlongF64(p: usize, v: usize, out: usize, rows: i32, columns: i32): void {
  softmaxAlong<f64>(p, v, out, rows, columns);
}
export function softmaxF32(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  softmax<f32>(x, out, rows, columns, tables);
}
export function softmaxF64(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  softmax<f64>(x, out, rows, columns, tables);
}
export function logSoftmaxF32(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  logSoftmax<f32>(x, out, rows, columns, tables);
}
export function logSoftmaxF64(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  logSoftmax<f64>(x, out, rows, columns, tables);
}
export function logSumExpF32(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  logSumExp<f32>(x, out, rows, columns, tables);
}
export function logSumExpF64(x: usize, out: usize, rows: i32, columns: i32, tables: usize): void {
  logSumExp<f64>(x, out, rows, columns, tables);
}
