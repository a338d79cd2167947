// Eigenvalues of a small symmetric matrix by Jacobi's rotations.
import type { Square } from './world.ts';

/** Σ_{x ≠ y} a². */
function offDiagonal({ n, at }: Square): number {
  return at.reduce((sum, a, i) => (i % (n + 1) === 0 ? sum : sum + a * a), 0);
}

/** A ← JᵀAJ with the rotation in the plane (p, q) that makes a_pq = 0. */
function rotate({ n, at }: Square, p: number, q: number): void {
  const apq = at[p * n + q]!;
  if (apq === 0) return;
  const theta = (at[q * n + q]! - at[p * n + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [at[k * n + p]!, at[k * n + q]!];
    at[k * n + p] = c * x - s * y;
    at[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [at[p * n + k]!, at[q * n + k]!];
    at[p * n + k] = c * x - s * y;
    at[q * n + k] = s * x + c * y;
  }
}

/** Sweeps are quadratic in their convergence; this many are never needed. */
const MOST_SWEEPS = 50;

/**
 * The eigenvalues of a symmetric matrix, from the largest; each is off by at most about n·ε·‖A‖.
 * Source: Golub and Van Loan, "Matrix computations", 4th edition, section 8.5.
 */
export function symmetricEigenvalues(matrix: Square): number[] {
  const { n } = matrix;
  const a = { n, at: Float64Array.from(matrix.at) };
  const size = a.at.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > 2 ** -106 * size; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, p, q);
  }
  return Array.from({ length: n }, (_, i) => a.at[i * n + i]!).sort((x, y) => y - x);
}
