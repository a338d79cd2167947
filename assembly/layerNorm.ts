// Layer norm of rows of `columns` elements, and its adjoints:
//   x̂ = (x − μ)·r with μ = mean x, r = 1/√(mean (x − μ)² + ε);   y = x̂·γ + β;
//   x̄ = r·(g − mean g − x̂·mean(g·x̂)) with g = ȳ·γ;   γ̄ = Σ_rows ȳ·x̂.
// The mean is the compensated sum of reduce.ts, the other sums run in fixed lanes: with n = columns / lanes, x̂ is right to
// (n + 8)·u relative and 4·u·max|x|·r absolute (the cancellation in x − μ), x̄ to 4·(n + 8)·u·r·max|g|·√columns.
// Squares of values beyond the square root of the largest number overflow: then r = 0.
import { firstLanes, lanes, storeFirst, sumLanes } from './lanes';
import { sumRun } from './reduce';

/** The vector at column c of a row; lanes behind the row's end are 0. */
function loadPart<T>(row: usize, c: i32, columns: i32): v128 {
  const vector = v128.load(row + <usize>c * sizeof<T>());
  return c + lanes<T>() <= columns ? vector : v128.and(vector, firstLanes<T>(columns - c));
}

function storePart<T>(row: usize, c: i32, columns: i32, vector: v128): void {
  const to = row + <usize>c * sizeof<T>();
  if (c + lanes<T>() <= columns) v128.store(to, vector);
  else storeFirst<T>(to, vector, columns - c);
}

/** x − μ at column c; 0 behind the row's end. */
function centred<T>(row: usize, c: i32, columns: i32, mean: v128): v128 {
  const distance = v128.sub<T>(v128.load(row + <usize>c * sizeof<T>()), mean);
  return c + lanes<T>() <= columns ? distance : v128.and(distance, firstLanes<T>(columns - c));
}

function meanOf<T>(row: usize, columns: i32): v128 {
  return v128.splat<T>(<T>(sumRun<T>(row, columns) / <T>columns));
}

function scaleOf<T>(row: usize, columns: i32, mean: v128, epsilon: f64): v128 {
  let squares = v128.splat<T>(<T>0);
  for (let c = 0; c < columns; c += lanes<T>()) {
    const d = centred<T>(row, c, columns, mean);
    squares = v128.add<T>(squares, v128.mul<T>(d, d));
  }
  const variance = v128.splat<T>(<T>(sumLanes<T>(squares) / <T>columns));
  const root = v128.sqrt<T>(v128.add<T>(variance, v128.splat<T>(<T>epsilon)));
  return v128.div<T>(v128.splat<T>(<T>1), root);
}

function layerNorm<T>(
  x: usize,
  gamma: usize,
  beta: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, x += rowBytes, out += rowBytes) {
    const mean = meanOf<T>(x, columns);
    const scale = scaleOf<T>(x, columns, mean, epsilon);
    for (let c = 0; c < columns; c += lanes<T>()) {
      const normal = v128.mul<T>(centred<T>(x, c, columns, mean), scale);
      const scaled = v128.mul<T>(normal, loadPart<T>(gamma, c, columns));
      storePart<T>(out, c, columns, v128.add<T>(scaled, loadPart<T>(beta, c, columns)));
    }
  }
}

function layerNormVjp<T>(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const rowBytes = <usize>columns * sizeof<T>();
  for (; rows > 0; rows--, x += rowBytes, cotangent += rowBytes, out += rowBytes) {
    const mean = meanOf<T>(x, columns);
    const scale = scaleOf<T>(x, columns, mean, epsilon);
    let sum = v128.splat<T>(<T>0);
    let sumAlong = sum;
    for (let c = 0; c < columns; c += lanes<T>()) {
      const g = v128.mul<T>(loadPart<T>(cotangent, c, columns), loadPart<T>(gamma, c, columns));
      const normal = v128.mul<T>(centred<T>(x, c, columns, mean), scale);
      sum = v128.add<T>(sum, g);
      sumAlong = v128.add<T>(sumAlong, v128.mul<T>(g, normal));
    }
    const average = v128.splat<T>(<T>(sumLanes<T>(sum) / <T>columns));
    const averageAlong = v128.splat<T>(<T>(sumLanes<T>(sumAlong) / <T>columns));
    for (let c = 0; c < columns; c += lanes<T>()) {
      const g = v128.mul<T>(loadPart<T>(cotangent, c, columns), loadPart<T>(gamma, c, columns));
      const normal = v128.mul<T>(centred<T>(x, c, columns, mean), scale);
      const rest = v128.sub<T>(v128.sub<T>(g, average), v128.mul<T>(normal, averageAlong));
      storePart<T>(out, c, columns, v128.mul<T>(scale, rest));
    }
  }
}

function layerNormScaleVjp<T>(
  x: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  const rowBytes = <usize>columns * sizeof<T>();
  memory.fill(out, 0, rowBytes);
  for (; rows > 0; rows--, x += rowBytes, cotangent += rowBytes) {
    const mean = meanOf<T>(x, columns);
    const scale = scaleOf<T>(x, columns, mean, epsilon);
    for (let c = 0; c < columns; c += lanes<T>()) {
      const normal = v128.mul<T>(centred<T>(x, c, columns, mean), scale);
      const term = v128.mul<T>(loadPart<T>(cotangent, c, columns), normal);
      storePart<T>(out, c, columns, v128.add<T>(loadPart<T>(out, c, columns), term));
    }
  }
}

export function layerNormF32(
  x: usize,
  gamma: usize,
  beta: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNorm<f32>(x, gamma, beta, out, rows, columns, epsilon);
}
export function layerNormF64(
  x: usize,
  gamma: usize,
  beta: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNorm<f64>(x, gamma, beta, out, rows, columns, epsilon);
}
export function layerNormVjpF32(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNormVjp<f32>(x, gamma, cotangent, out, rows, columns, epsilon);
}
export function layerNormVjpF64(
  x: usize,
  gamma: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNormVjp<f64>(x, gamma, cotangent, out, rows, columns, epsilon);
}
export function layerNormScaleVjpF32(
  x: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNormScaleVjp<f32>(x, cotangent, out, rows, columns, epsilon);
}
export function layerNormScaleVjpF64(
  x: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  layerNormScaleVjp<f64>(x, cotangent, out, rows, columns, epsilon);
}
