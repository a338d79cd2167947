// Sums and maxima over one axis of [outer, axis, inner].
//
// Each lane adds plainly within blocks of 32 vectors. The block sums are added with 2Sum, which keeps the rounding error
// of every addition, so the error does not grow with the length of the axis:
//   |computed − exact| ≤ 40·u·Σ|x| (u = 2^−53 for f64, 2^−24 for f32), plus one rounding of the result.
// The order is fixed: it depends on the sizes alone.
import { lanes, loadFirst, maxLanes, storeFirst, sumLanes } from './lanes';

const BLOCK: i32 = 32;

/** The exact error of total + term (Knuth's 2Sum). `next` is the rounded sum. */
function sumError<T>(total: v128, term: v128, next: v128): v128 {
  const part = v128.sub<T>(next, total);
  return v128.add<T>(v128.sub<T>(total, v128.sub<T>(next, part)), v128.sub<T>(term, part));
}

/** total + error, or total alone where the error is NaN because a term was infinite. */
function corrected<T>(total: v128, error: v128): v128 {
  return v128.bitselect(v128.add<T>(total, error), total, v128.eq<T>(error, error));
}

/** Tags that say what is summed. They are types because the compiler knows types before the loop runs. */
type Values = u8;
type Squares = u16;

/** A vector of terms. In both builds a square is rounded before it is added. */
function terms<T, Kind>(x: v128): v128 {
  return sizeof<Kind>() === sizeof<Squares>() ? v128.mul<T>(x, x) : x;
}

/** Sum of `count` elements in a row, or of their squares. */
function sumRun<T, Kind>(x: usize, count: i32): T {
  const zero = v128.splat<T>(<T>0);
  const step = lanes<T>();
  let total = zero;
  let error = zero;
  while (count >= step) {
    let a = zero;
    let b = zero;
    let c = zero;
    let d = zero;
    for (let i = 0; i < BLOCK && count >= 4 * step; i++, count -= 4 * step, x += 64) {
      a = v128.add<T>(a, terms<T, Kind>(v128.load(x)));
      b = v128.add<T>(b, terms<T, Kind>(v128.load(x, 16)));
      c = v128.add<T>(c, terms<T, Kind>(v128.load(x, 32)));
      d = v128.add<T>(d, terms<T, Kind>(v128.load(x, 48)));
    }
    if (count < 4 * step) {
      for (; count >= step; count -= step, x += 16) a = v128.add<T>(a, terms<T, Kind>(v128.load(x)));
    }
    const block = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
    const next = v128.add<T>(total, block);
    error = v128.add<T>(error, sumError<T>(total, block, next));
    total = next;
  }
  if (count > 0) {
    const last = terms<T, Kind>(loadFirst<T>(x, count, zero));
    const next = v128.add<T>(total, last);
    error = v128.add<T>(error, sumError<T>(total, last, next));
    total = next;
  }
  return sumLanes<T>(corrected<T>(total, error));
}

function maxRun<T>(x: usize, count: i32): T {
  const lowest = v128.splat<T>(<T>-Infinity);
  const step = lanes<T>();
  let a = lowest;
  let b = lowest;
  for (; count >= 2 * step; count -= 2 * step, x += 32) {
    a = v128.max<T>(a, v128.load(x));
    b = v128.max<T>(b, v128.load(x, 16));
  }
  if (count >= step) {
    a = v128.max<T>(a, v128.load(x));
    x += 16;
    count -= step;
  }
  if (count > 0) b = v128.max<T>(b, loadFirst<T>(x, count, lowest));
  return maxLanes<T>(v128.max<T>(a, b));
}

/** Sum down one vector-wide column. */
function sumColumn<T>(x: usize, axis: i32, stride: usize): v128 {
  const zero = v128.splat<T>(<T>0);
  let total = zero;
  let error = zero;
  while (axis > 0) {
    let block = zero;
    for (let i = 0; i < BLOCK && axis > 0; i++, axis--, x += stride) {
      block = v128.add<T>(block, v128.load(x));
    }
    const next = v128.add<T>(total, block);
    error = v128.add<T>(error, sumError<T>(total, block, next));
    total = next;
  }
  return corrected<T>(total, error);
}

/** Sums down four neighbouring vector-wide columns, one cache line at a time. */
function sumColumns<T>(x: usize, out: usize, axis: i32, stride: usize): void {
  const zero = v128.splat<T>(<T>0);
  let totalA = zero;
  let totalB = zero;
  let totalC = zero;
  let totalD = zero;
  let errorA = zero;
  let errorB = zero;
  let errorC = zero;
  let errorD = zero;
  while (axis > 0) {
    let a = zero;
    let b = zero;
    let c = zero;
    let d = zero;
    for (let i = 0; i < BLOCK && axis > 0; i++, axis--, x += stride) {
      a = v128.add<T>(a, v128.load(x));
      b = v128.add<T>(b, v128.load(x, 16));
      c = v128.add<T>(c, v128.load(x, 32));
      d = v128.add<T>(d, v128.load(x, 48));
    }
    let next = v128.add<T>(totalA, a);
    errorA = v128.add<T>(errorA, sumError<T>(totalA, a, next));
    totalA = next;
    next = v128.add<T>(totalB, b);
    errorB = v128.add<T>(errorB, sumError<T>(totalB, b, next));
    totalB = next;
    next = v128.add<T>(totalC, c);
    errorC = v128.add<T>(errorC, sumError<T>(totalC, c, next));
    totalC = next;
    next = v128.add<T>(totalD, d);
    errorD = v128.add<T>(errorD, sumError<T>(totalD, d, next));
    totalD = next;
  }
  v128.store(out, corrected<T>(totalA, errorA));
  v128.store(out, corrected<T>(totalB, errorB), 16);
  v128.store(out, corrected<T>(totalC, errorC), 32);
  v128.store(out, corrected<T>(totalD, errorD), 48);
}

function maxColumn<T>(x: usize, axis: i32, stride: usize): v128 {
  let highest = v128.splat<T>(<T>-Infinity);
  for (; axis > 0; axis--, x += stride) highest = v128.max<T>(highest, v128.load(x));
  return highest;
}

/** out[o, i] = Σ_a x[o, a, i]. */
export function sum<T>(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  const size: usize = sizeof<T>();
  const stride = <usize>inner * size;
  for (let o = 0; o < outer; o++, x += <usize>axis * stride, out += stride) {
    if (inner === 1) {
      store<T>(out, sumRun<T, Values>(x, axis));
      continue;
    }
    let i = 0;
    for (; i + 4 * lanes<T>() <= inner; i += 4 * lanes<T>()) {
      sumColumns<T>(x + <usize>i * size, out + <usize>i * size, axis, stride);
    }
    for (; i < inner; i += lanes<T>()) {
      const total = sumColumn<T>(x + <usize>i * size, axis, stride);
      if (i + lanes<T>() <= inner) v128.store(out + <usize>i * size, total);
      else storeFirst<T>(out + <usize>i * size, total, inner - i);
    }
  }
}

/** out[o, i] = max_a x[o, a, i]. */
export function maximum<T>(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  const size: usize = sizeof<T>();
  const stride = <usize>inner * size;
  for (let o = 0; o < outer; o++, x += <usize>axis * stride, out += stride) {
    if (inner === 1) {
      store<T>(out, maxRun<T>(x, axis));
      continue;
    }
    for (let i = 0; i < inner; i += lanes<T>()) {
      const highest = maxColumn<T>(x + <usize>i * size, axis, stride);
      if (i + lanes<T>() <= inner) v128.store(out + <usize>i * size, highest);
      else storeFirst<T>(out + <usize>i * size, highest, inner - i);
    }
  }
}

/** partials[i] = Σ x² over the i-th run of a table of pairs (address, elements) in f64. */
export function squareSums<T>(table: usize, partials: usize, count: i32): void {
  for (; count > 0; count--, table += 16, partials += sizeof<T>()) {
    store<T>(partials, sumRun<T, Squares>(<usize>load<f64>(table), <i32>load<f64>(table, 8)));
  }
}

/** out = the sum of the partial sums, added one after the other. */
export function addPartials<T>(partials: usize, count: i32, out: usize): void {
  let total = <T>0;
  for (let i = 0; i < count; i++) total += load<T>(partials + <usize>i * sizeof<T>());
  store<T>(out, total);
}
