// Sums and maxima over one axis of [outer, axis, inner].
//
// 2Sum keeps the rounding error of an addition, so the error of a sum hardly grows with the length n of the axis. Bounds of
// |computed − exact|, with u = 2^−53 for f64 and 2^−24 for f32, and in both cases one rounding of the result besides:
//   in a row, whose lanes add plainly within blocks of 32 vectors and with 2Sum from block to block: 40·u·Σ|x|;
//   down a column of f32, added in f64: n·2^−53·Σ|x|;
//   down a column of f64, where every addition is a 2Sum: (n·u)²·Σ|x|.
// The order is fixed: it depends on the sizes alone. A zero in a column changes nothing, so that a sum over some of the rows has
// the bits of the sum over all of them in which the others are 0.
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

/** Two sums down a column of f32, added in f64: lanes 0 and 1 of the column, or 2 and 3 eight bytes further on. */
function sumPair(x: usize, axis: i32, stride: usize): v128 {
  let total = v128.splat<f64>(0);
  for (; axis > 0; axis--, x += stride) {
    total = v128.add<f64>(total, f64x2.promote_low_f32x4(v128.load64_zero(x)));
  }
  return total;
}

/** Sum down one vector-wide column. */
function sumColumn<T>(x: usize, axis: i32, stride: usize): v128 {
  if (sizeof<T>() === 4) return rounded(sumPair(x, axis, stride), sumPair(x + 8, axis, stride));
  let total = v128.splat<T>(<T>0);
  let error = total;
  for (; axis > 0; axis--, x += stride) {
    const term = v128.load(x);
    const next = v128.add<T>(total, term);
    error = v128.add<T>(error, sumError<T>(total, term, next));
    total = next;
  }
  return corrected<T>(total, error);
}

/** Four sums in f64 as f32. */
function rounded(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Sums down as much of a row as one cache line holds. */
function sumColumns<T>(x: usize, out: usize, axis: i32, stride: usize): void {
  if (sizeof<T>() === 4) sumLineOfFloats(x, out, axis, stride);
  else for (let at: usize = 0; at < 64; at += 16) v128.store(out + at, sumColumn<T>(x + at, axis, stride));
}

/** Sums down 16 neighbouring columns of f32, as `sumPair` adds them. */
function sumLineOfFloats(x: usize, out: usize, axis: i32, stride: usize): void {
  let a = v128.splat<f64>(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  for (; axis > 0; axis--, x += stride) {
    a = v128.add<f64>(a, f64x2.promote_low_f32x4(v128.load64_zero(x)));
    b = v128.add<f64>(b, f64x2.promote_low_f32x4(v128.load64_zero(x, 8)));
    c = v128.add<f64>(c, f64x2.promote_low_f32x4(v128.load64_zero(x, 16)));
    d = v128.add<f64>(d, f64x2.promote_low_f32x4(v128.load64_zero(x, 24)));
    e = v128.add<f64>(e, f64x2.promote_low_f32x4(v128.load64_zero(x, 32)));
    f = v128.add<f64>(f, f64x2.promote_low_f32x4(v128.load64_zero(x, 40)));
    g = v128.add<f64>(g, f64x2.promote_low_f32x4(v128.load64_zero(x, 48)));
    h = v128.add<f64>(h, f64x2.promote_low_f32x4(v128.load64_zero(x, 56)));
  }
  v128.store(out, rounded(a, b));
  v128.store(out, rounded(c, d), 16);
  v128.store(out, rounded(e, f), 32);
  v128.store(out, rounded(g, h), 48);
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
