// Layer norm of rows of `columns` elements: y = x̂·γ + β, x̂ = (x − μ)·r with μ = mean x, r = 1/√(mean (x − μ)² + ε).
// Rows are taken two at a time. The two share the sums across lanes, the root and the division; an odd last row is its own
// partner. Sums run in fixed lanes: with n = columns / lanes, x̂ is right to (n + 8)·u relative and (n + 6)·u·max|x|·r absolute
// (the cancellation in x − μ).
// Rows whose sums or squares leave the range of the type are scaled (normRange.ts), so that this holds, twice, for max|x| up to a
// quarter of the largest number, and down to the smallest normal one where ε is as small.
import {
  firstLane,
  firstLanes,
  firstOfPair,
  lanes,
  loadFirst,
  pairSums,
  secondLane,
  secondOfPair,
  storeFirst,
} from './lanes';
import { multiplyAdd } from './multiplyAdd';
import { rescuedMean, rescuedScale } from './normRange';

/** Bytes of the whole vectors of a row. */
export function wholeBytes<T>(columns: i32): usize {
  return <usize>(columns & ~(lanes<T>() - 1)) * sizeof<T>();
}

/** Number of columns after the last whole vector. */
export function restOf<T>(columns: i32): i32 {
  return columns & (lanes<T>() - 1);
}

/** Two numbers as a pair that repeats across the lanes. */
function pairOf<T>(first: T, second: T): v128 {
  if (sizeof<T>() === 8) return f64x2(<f64>first, <f64>second);
  return f32x4(<f32>first, <f32>second, <f32>first, <f32>second);
}

/** Whether no lane is infinite or NaN, and none below `lowest`. */
function inRange<T>(values: v128, lowest: v128): bool {
  const inside = v128.and(v128.ge<T>(values, lowest), v128.lt<T>(values, v128.splat<T>(<T>Infinity)));
  return !v128.any_true(v128.not(inside));
}

/** The means, with those that are not finite computed again. */
function rescuedMeans<T>(x: usize, x1: usize, columns: i32, means: v128): v128 {
  const first = firstLane<T>(means);
  const second = secondLane<T>(means);
  return pairOf<T>(
    abs<T>(first) < <T>Infinity ? first : rescuedMean<T>(x, columns, first),
    abs<T>(second) < <T>Infinity ? second : rescuedMean<T>(x1, columns, second),
  );
}

/** The scales of two rows of which at least one leaves the range. Each row is looked at by itself, so that its partner changes nothing. */
function rescuedScales<T>(
  x: usize,
  x1: usize,
  columns: i32,
  means: v128,
  epsilon: f64,
  radicands: v128,
  lowest: T,
): v128 {
  const first = firstLane<T>(radicands);
  const second = secondLane<T>(radicands);
  const plain = <T>1 / sqrt<T>(first);
  const plain1 = <T>1 / sqrt<T>(second);
  const good = first >= lowest && first < <T>Infinity;
  const good1 = second >= lowest && second < <T>Infinity;
  return pairOf<T>(
    good ? plain : rescuedScale<T>(x, columns, firstLane<T>(means), epsilon, plain),
    good1 ? plain1 : rescuedScale<T>(x1, columns, secondLane<T>(means), epsilon, plain1),
  );
}

/** μ of two rows as a pair. */
export function pairMeans<T>(x: usize, x1: usize, columns: i32): v128 {
  const zero = v128.splat<T>(<T>0);
  let sum = zero;
  let sum1 = zero;
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    sum = v128.add<T>(sum, v128.load(x + at));
    sum1 = v128.add<T>(sum1, v128.load(x1 + at));
  }
  const rest = restOf<T>(columns);
  if (rest > 0) {
    sum = v128.add<T>(sum, loadFirst<T>(x + end, rest, zero));
    sum1 = v128.add<T>(sum1, loadFirst<T>(x1 + end, rest, zero));
  }
  const means = v128.div<T>(pairSums<T>(sum, sum1), v128.splat<T>(<T>columns));
  if (inRange<T>(v128.abs<T>(means), zero)) return means;
  return rescuedMeans<T>(x, x1, columns, means);
}

/** r of two rows as a pair, given their μ. */
export function pairScales<T>(x: usize, x1: usize, columns: i32, means: v128, epsilon: f64): v128 {
  const mean = firstOfPair<T>(means);
  const mean1 = secondOfPair<T>(means);
  let squares = v128.splat<T>(<T>0);
  let squares1 = squares;
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const d = v128.sub<T>(v128.load(x + at), mean);
    const d1 = v128.sub<T>(v128.load(x1 + at), mean1);
    squares = multiplyAdd<T>(d, d, squares);
    squares1 = multiplyAdd<T>(d1, d1, squares1);
  }
  const rest = restOf<T>(columns);
  if (rest > 0) {
    const inside = firstLanes<T>(rest);
    const d = v128.and(v128.sub<T>(v128.load(x + end), mean), inside);
    const d1 = v128.and(v128.sub<T>(v128.load(x1 + end), mean1), inside);
    squares = multiplyAdd<T>(d, d, squares);
    squares1 = multiplyAdd<T>(d1, d1, squares1);
  }
  const variance = v128.div<T>(pairSums<T>(squares, squares1), v128.splat<T>(<T>columns));
  const radicands = v128.add<T>(variance, v128.splat<T>(<T>epsilon));
  // Below this squares may have lost digits.
  const lowest = <T>(sizeof<T>() === 8 ? 1e-280 : 1e-28);
  if (inRange<T>(radicands, v128.splat<T>(lowest))) {
    return v128.div<T>(v128.splat<T>(<T>1), v128.sqrt<T>(radicands));
  }
  return rescuedScales<T>(x, x1, columns, means, epsilon, radicands, lowest);
}

function normRow<T>(
  x: usize,
  gamma: usize,
  beta: usize,
  out: usize,
  columns: i32,
  mean: v128,
  scale: v128,
): void {
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const normal = v128.mul<T>(v128.sub<T>(v128.load(x + at), mean), scale);
    v128.store(out + at, multiplyAdd<T>(normal, v128.load(gamma + at), v128.load(beta + at)));
  }
  const rest = restOf<T>(columns);
  if (rest === 0) return;
  const normal = v128.mul<T>(v128.sub<T>(v128.load(x + end), mean), scale);
  storeFirst<T>(out + end, multiplyAdd<T>(normal, v128.load(gamma + end), v128.load(beta + end)), rest);
}

/** out = x̂·γ + β of every row. */
export function layerNorm<T>(
  x: usize,
  gamma: usize,
  beta: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const row = <usize>columns * sizeof<T>();
  for (; rows > 0; rows -= 2, x += 2 * row, out += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const means = pairMeans<T>(x, x1, columns);
    const scales = pairScales<T>(x, x1, columns, means, epsilon);
    normRow<T>(x, gamma, beta, out, columns, firstOfPair<T>(means), firstOfPair<T>(scales));
    if (rows === 1) continue;
    normRow<T>(x1, gamma, beta, out + row, columns, secondOfPair<T>(means), secondOfPair<T>(scales));
  }
}
