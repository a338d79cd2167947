// The weights of reward functions in logged advantages, whatever each group was divided by.
import { cholesky, choleskySolve } from '../../base/linalg.ts';
import { meanOf } from './line.ts';
import { type Precision, precisionOf, roundingOf } from './precision.ts';

/** Reward functions and advantages that they may explain. */
export interface Parts {
  /** [K][N] one column a function; what is no number counts as 0, as sums over functions have it. */
  readonly columns: readonly Float64Array[];
  /** [N] */
  readonly advantage: Float64Array;
  /** Lists of trajectories with advantages. */
  readonly groups: readonly (readonly number[])[];
}

/** Weights w with A_i ≈ s_g·Σ_k w_k·(r_ik − mean_g r_k). */
export interface RewardFit {
  /** [K] of length 1. */
  readonly weights: Float64Array;
  /** [groups] s_g. */
  readonly slopes: Float64Array;
  /** Σ of squared residuals over Σ A². */
  readonly misfit: number;
  /** The share of groups in which all residuals are within rounding. */
  readonly explained: number;
}

/** [K][members] a group's columns minus their means. */
function centred({ columns }: Parts, of: readonly number[]): Float64Array[] {
  return columns.map((column) => {
    const values = Float64Array.from(of, (i) => (Number.isFinite(column[i]) ? column[i]! : 0));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.map((x) => x - mean);
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** The eigenvector of the smallest eigenvalue of a symmetric positive semidefinite matrix [n·n], by inverse iteration. */
function leastEigenvector(matrix: Float64Array, n: number): Float64Array | undefined {
  let trace = 0;
  for (let k = 0; k < n; k++) trace += matrix[k * n + k]!;
  if (!(trace > 0) || !Number.isFinite(trace)) return undefined;
  const shifted = Float64Array.from(matrix);
  for (let k = 0; k < n; k++) shifted[k * n + k]! += 1e-13 * trace;
  const factor = cholesky(shifted, n);
  if (factor === undefined) return undefined;
  // Not symmetric in the functions, so that no eigenvector is orthogonal to it by the symmetry of a design.
  let vector = Float64Array.from({ length: n }, (_, k) => 1 + k / 7);
  for (let step = 0; step < 100; step++) {
    const next = choleskySolve(factor, vector);
    const size = Math.sqrt(dot(next, next));
    vector = Float64Array.from(next, (x) => x / size);
  }
  return vector;
}

/** How well given weights [K] explain the advantages. */
export function fitOf(parts: Parts, weights: Float64Array): RewardFit {
  const { columns, advantage, groups } = parts;
  const ofAdvantage = precisionOf(advantage);
  const ofColumns: readonly Precision[] = columns.map((column) => precisionOf(column, true));
  const slopes = new Float64Array(groups.length);
  let residual = 0;
  let total = 0;
  let explained = 0;
  for (const [g, members] of groups.entries()) {
    const own = centred(parts, members);
    const mean = meanOf(advantage, members);
    const combined = members.map((_, m) => own.reduce((sum, column, k) => sum + weights[k]! * column[m]!, 0));
    const target = members.map((i) => advantage[i]! - mean);
    const square = dot(combined, combined);
    const slope = square === 0 ? 0 : dot(combined, target) / square;
    slopes[g] = slope;
    const off = ofColumns.reduce((sum, precision, k) => {
      const largest = Math.max(...members.map((i) => Math.abs(columns[k]![i]!) || 0));
      return sum + Math.abs(weights[k]! * slope) * 2 * roundingOf(largest, precision);
    }, 0);
    let isWithin = Math.abs(mean) <= 2 * roundingOf(0, ofAdvantage) + off + 1e-5;
    for (const [m, i] of members.entries()) {
      const rest = target[m]! - slope * combined[m]!;
      residual += rest * rest;
      total += target[m]! ** 2;
      if (Math.abs(rest) > 3 * (roundingOf(advantage[i]!, ofAdvantage) + off)) isWithin = false;
    }
    if (isWithin) explained++;
  }
  return {
    weights,
    slopes,
    misfit: total === 0 ? 0 : residual / total,
    explained: explained / groups.length,
  };
}

/**
 * The weights that explain logged advantages best: w minimises Σ_g ‖C_g w − A_g·(A_g·C_g w)/‖A_g‖²‖² at ‖w‖ = 1, which leaves the
 * slope of each group free, and is the eigenvector of the smallest eigenvalue of a K×K matrix. The sign is that of growing advantages.
 * @returns undefined if no group tells anything
 */
export function fitRewards(parts: Parts): RewardFit | undefined {
  const { columns, advantage, groups } = parts;
  const n = columns.length;
  const matrix = new Float64Array(n * n);
  for (const members of groups) {
    const own = centred(parts, members);
    const mean = meanOf(advantage, members);
    const target = members.map((i) => advantage[i]! - mean);
    const square = dot(target, target);
    if (square === 0) continue;
    const along = own.map((column) => dot(column, target));
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        matrix[a * n + b]! += dot(own[a]!, own[b]!) - (along[a]! * along[b]!) / square;
      }
    }
  }
  const weights = leastEigenvector(matrix, n);
  if (weights === undefined) return undefined;
  const fit = fitOf(parts, weights);
  const sign = fit.slopes.reduce((sum, slope) => sum + Math.sign(slope), 0);
  return sign < 0
    ? fitOf(
        parts,
        weights.map((w) => -w),
      )
    : fit;
}
