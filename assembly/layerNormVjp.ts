// The adjoints of layer norm (see layerNorm.ts):
//   x̄ = r·(g − mean g − x̂·mean(g·x̂)) with g = ȳ·γ;   γ̄ = Σ_rows ȳ·x̂.
// μ and r are computed again, which takes two passes over a row in the nearest cache. x̄ is right to
// 4·(n + 8)·u·r·max|g|·√columns with n = columns / lanes. γ̄ adds its rows in ascending order.
import { firstLanes, firstOfPair, pairSums, secondOfPair, storeFirst } from './lanes';
import { pairMeans, pairScales, restOf, wholeBytes } from './layerNorm';
import { multiplyAdd } from './multiplyAdd';

/** x̄ of one row, given mean g and mean(g·x̂). */
export function adjointRow<T>(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  columns: i32,
  mean: v128,
  scale: v128,
  average: v128,
  averageAlong: v128,
): void {
  const minus = v128.neg<T>(averageAlong);
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const normal = v128.mul<T>(v128.sub<T>(v128.load(x + at), mean), scale);
    const g = v128.mul<T>(v128.load(cotangent + at), v128.load(gamma + at));
    const rest = multiplyAdd<T>(normal, minus, v128.sub<T>(g, average));
    v128.store(out + at, v128.mul<T>(scale, rest));
  }
  const left = restOf<T>(columns);
  if (left === 0) return;
  const normal = v128.mul<T>(v128.sub<T>(v128.load(x + end), mean), scale);
  const g = v128.mul<T>(v128.load(cotangent + end), v128.load(gamma + end));
  const rest = multiplyAdd<T>(normal, minus, v128.sub<T>(g, average));
  storeFirst<T>(out + end, v128.mul<T>(scale, rest), left);
}

/** out = x̄ of every row. */
export function layerNormVjp<T>(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const row = <usize>columns * sizeof<T>();
  const count = v128.splat<T>(<T>columns);
  const end = wholeBytes<T>(columns);
  const rest = restOf<T>(columns);
  for (; rows > 0; rows -= 2, x += 2 * row, cotangent += 2 * row, out += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const c1 = rows > 1 ? cotangent + row : cotangent;
    const means = pairMeans<T>(x, x1, columns);
    const scales = pairScales<T>(x, x1, columns, means, epsilon);
    const mean = firstOfPair<T>(means);
    const mean1 = secondOfPair<T>(means);
    const scale = firstOfPair<T>(scales);
    const scale1 = secondOfPair<T>(scales);
    let sum = v128.splat<T>(<T>0);
    let sum1 = sum;
    let along = sum;
    let along1 = sum;
    for (let at: usize = 0; at < end; at += 16) {
      const factor = v128.load(gamma + at);
      const g = v128.mul<T>(v128.load(cotangent + at), factor);
      const g1 = v128.mul<T>(v128.load(c1 + at), factor);
      sum = v128.add<T>(sum, g);
      sum1 = v128.add<T>(sum1, g1);
      along = multiplyAdd<T>(g, v128.mul<T>(v128.sub<T>(v128.load(x + at), mean), scale), along);
      along1 = multiplyAdd<T>(g1, v128.mul<T>(v128.sub<T>(v128.load(x1 + at), mean1), scale1), along1);
    }
    if (rest > 0) {
      const inside = firstLanes<T>(rest);
      const factor = v128.load(gamma + end);
      const g = v128.and(v128.mul<T>(v128.load(cotangent + end), factor), inside);
      const g1 = v128.and(v128.mul<T>(v128.load(c1 + end), factor), inside);
      sum = v128.add<T>(sum, g);
      sum1 = v128.add<T>(sum1, g1);
      const normal = v128.mul<T>(v128.sub<T>(v128.load(x + end), mean), scale);
      const normal1 = v128.mul<T>(v128.sub<T>(v128.load(x1 + end), mean1), scale1);
      along = multiplyAdd<T>(g, v128.and(normal, inside), along);
      along1 = multiplyAdd<T>(g1, v128.and(normal1, inside), along1);
    }
    const a = v128.div<T>(pairSums<T>(sum, sum1), count);
    const b = v128.div<T>(pairSums<T>(along, along1), count);
    adjointRow<T>(x, gamma, cotangent, out, columns, mean, scale, firstOfPair<T>(a), firstOfPair<T>(b));
    if (rows === 1) continue;
    const a1 = secondOfPair<T>(a);
    const b1 = secondOfPair<T>(b);
    adjointRow<T>(x1, gamma, c1, out + row, columns, mean1, scale1, a1, b1);
  }
}

/** out += ȳ·x̂ of one row. */
export function addScaleRow<T>(
  x: usize,
  cotangent: usize,
  out: usize,
  columns: i32,
  mean: v128,
  scale: v128,
): void {
  const end = wholeBytes<T>(columns);
  for (let at: usize = 0; at < end; at += 16) {
    const normal = v128.mul<T>(v128.sub<T>(v128.load(x + at), mean), scale);
    v128.store(out + at, multiplyAdd<T>(v128.load(cotangent + at), normal, v128.load(out + at)));
  }
  const rest = restOf<T>(columns);
  if (rest === 0) return;
  const normal = v128.mul<T>(v128.sub<T>(v128.load(x + end), mean), scale);
  const total = multiplyAdd<T>(v128.load(cotangent + end), normal, v128.load(out + end));
  storeFirst<T>(out + end, total, rest);
}

/** out = γ̄. */
export function layerNormScaleVjp<T>(
  x: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const row = <usize>columns * sizeof<T>();
  memory.fill(out, 0, row);
  for (; rows > 0; rows -= 2, x += 2 * row, cotangent += 2 * row) {
    const x1 = rows > 1 ? x + row : x;
    const means = pairMeans<T>(x, x1, columns);
    const scales = pairScales<T>(x, x1, columns, means, epsilon);
    addScaleRow<T>(x, cotangent, out, columns, firstOfPair<T>(means), firstOfPair<T>(scales));
    if (rows === 1) continue;
    addScaleRow<T>(x1, cotangent + row, out, columns, secondOfPair<T>(means), secondOfPair<T>(scales));
  }
}
