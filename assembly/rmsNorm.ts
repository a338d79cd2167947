// RMS norm of rows of `columns` elements, and its adjoints: y = x̂·γ, x̂ = x·r with r = 1/√(mean x² + ε);
//   x̄ = r·(g − x̂·mean(g·x̂)) with g = ȳ·γ;   γ̄ = Σ_rows ȳ·x̂.
// It is layer norm with the means left at 0; subtracting 0 changes no bit of x. As there, rows are taken two at a time. Nothing
// cancels: with n = columns / lanes, x̂ is right to (n + 8)·u relative, and x̄ to 4·(n + 8)·u·r·max|g|·√columns. γ̄ adds its rows
// in ascending order. Rows whose squares leave the range of the type are scaled, as there.
import { firstLanes, firstOfPair, loadFirst, pairSums, secondOfPair, storeFirst } from './lanes';
import { pairScales, restOf, wholeBytes } from './layerNorm';
import { addScaleRow, adjointRow } from './layerNormVjp';
import { multiplyAdd } from './multiplyAdd';

function normRow<T>(x: usize, gamma: usize, out: usize, columns: i32, scale: v128): void {
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const normal = v128.mul<T>(v128.load(x + at), scale);
    v128.store(out + at, v128.mul<T>(normal, v128.load(gamma + at)));
  }
  const rest = restOf<T>(columns);
  if (rest === 0) return;
  const normal = v128.mul<T>(v128.load(x + end), scale);
  storeFirst<T>(out + end, v128.mul<T>(normal, v128.load(gamma + end)), rest);
}

/** out = x̂·γ of every row. */
export function rmsNorm<T>(x: usize, gamma: usize, out: usize, rows: i32, columns: i32, epsilon: f64): void {
  const row = <usize>columns * sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  for (; rows > 0; rows -= 2, x += 2 * row, out += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const scales = pairScales<T>(x, x1, columns, zero, epsilon);
    normRow<T>(x, gamma, out, columns, firstOfPair<T>(scales));
    if (rows > 1) normRow<T>(x1, gamma, out + row, columns, secondOfPair<T>(scales));
  }
}

/** Σ g·x̂ of one row, one sum for each lane. */
function sumAlong<T>(x: usize, gamma: usize, cotangent: usize, columns: i32, scale: v128): v128 {
  let along = v128.splat<T>(<T>0);
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const g = v128.mul<T>(v128.load(cotangent + at), v128.load(gamma + at));
    along = multiplyAdd<T>(g, v128.mul<T>(v128.load(x + at), scale), along);
  }
  const rest = restOf<T>(columns);
  if (rest === 0) return along;
  const zero = v128.splat<T>(<T>0);
  const g = v128.mul<T>(v128.load(cotangent + end), v128.load(gamma + end));
  const normal = v128.mul<T>(loadFirst<T>(x + end, rest, zero), scale);
  return multiplyAdd<T>(v128.and(g, firstLanes<T>(rest)), v128.and(normal, firstLanes<T>(rest)), along);
}

/** out = x̄ of every row. */
export function rmsNormVjp<T>(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const row = <usize>columns * sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  const count = v128.splat<T>(<T>columns);
  for (; rows > 0; rows -= 2, x += 2 * row, cotangent += 2 * row, out += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const c1 = rows > 1 ? cotangent + row : cotangent;
    const scales = pairScales<T>(x, x1, columns, zero, epsilon);
    const scale = firstOfPair<T>(scales);
    const scale1 = secondOfPair<T>(scales);
    const along = sumAlong<T>(x, gamma, cotangent, columns, scale);
    const along1 = sumAlong<T>(x1, gamma, c1, columns, scale1);
    const means = v128.div<T>(pairSums<T>(along, along1), count);
    adjointRow<T>(x, gamma, cotangent, out, columns, zero, scale, zero, firstOfPair<T>(means));
    if (rows === 1) continue;
    adjointRow<T>(x1, gamma, c1, out + row, columns, zero, scale1, zero, secondOfPair<T>(means));
  }
}

/** out = γ̄. */
export function rmsNormScaleVjp<T>(
  x: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const row = <usize>columns * sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  memory.fill(out, 0, row);
  for (; rows > 0; rows -= 2, x += 2 * row, cotangent += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const scales = pairScales<T>(x, x1, columns, zero, epsilon);
    addScaleRow<T>(x, cotangent, out, columns, zero, firstOfPair<T>(scales));
    if (rows > 1) addScaleRow<T>(x1, cotangent + row, out, columns, zero, secondOfPair<T>(scales));
  }
}
