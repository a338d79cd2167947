// Small dense symmetric systems, by Cholesky. Sizes are a handful of parameters.

/** Lower Cholesky factor of a symmetric positive definite matrix [n·n], or undefined if it is not positive definite. */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return undefined;
        factor[i * n + i] = Math.sqrt(sum);
      } else {
        factor[i * n + j] = sum / factor[j * n + j]!;
      }
    }
  }
  return factor;
}

/** x with L Lᵀ x = b for a lower factor L [n·n]. */
export function choleskySolve(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  return x;
}

/** ‖A‖_F · ‖A⁻¹‖_F ≥ the condition number of a symmetric positive definite matrix, from its Cholesky factor. */
export function conditionBound(matrix: Float64Array, factor: Float64Array, n: number): number {
  let size = 0;
  for (const x of matrix) size += x * x;
  let inverse = 0;
  for (let i = 0; i < n; i++) {
    const unit = new Float64Array(n);
    unit[i] = 1;
    for (const x of choleskySolve(factor, unit)) inverse += x * x;
  }
  return Math.sqrt(size * inverse);
}
