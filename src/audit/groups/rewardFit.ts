// The weights of reward functions in logged advantages, whatever each group was divided by.

import { cholesky, choleskySolve } from '../../base/linalg.ts';
import { Column, type Numbers, sumOf } from '../columns/column.ts';
import type { Lists } from '../columns/lists.ts';
import { greatestOf } from './extremes.ts';
import { meanOf } from './line.ts';
import { type Precision, precisionOf, roundingOf } from './precision.ts';

/** Reward functions and advantages that they may explain. */
export interface Parts {
  /** [K][N] one column a function; what is no number counts as 0, as sums over functions have it. */
  readonly columns: readonly Numbers[];
  /** [N] */
  readonly advantage: Numbers;
  /** Lists of trajectories with advantages. */
  readonly groups: Lists;
}

/** Weights w with A_i ≈ s_g·Σ_k w_k·(r_ik − mean_g r_k). */
export interface RewardFit {
  /** [K] up to a common factor. */
  readonly weights: Float64Array;
  /** [groups] s_g. */
  readonly slopes: Column;
  /** Σ of squared residuals over Σ A². */
  readonly misfit: number;
  /** The share of groups in which all residuals are within rounding. */
  readonly explained: number;
}

/** [K][members] a group's columns minus their means. */
function centred({ columns }: Parts, of: readonly number[]): Float64Array[] {
  return columns.map((column) => {
    const values = Float64Array.from(of, (i) => (Number.isFinite(column.at(i)) ? column.at(i) : 0));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.map((x) => x - mean);
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/**
 * The w with the least wᵀMw at wᵀSw = 1, for symmetric positive semidefinite matrices [n·n] with M ≤ S, by inverse iteration. Where S
 * vanishes, as for a function that is the copy of another one, w has no part.
 */
function leastShare(m: Float64Array, s: Float64Array, n: number): Float64Array | undefined {
  let trace = 0;
  for (let k = 0; k < n; k++) trace += s[k * n + k]!;
  if (!(trace > 0) || !Number.isFinite(trace)) return undefined;
  const shifted = Float64Array.from(m);
  for (let k = 0; k < n; k++) shifted[k * n + k]! += 1e-13 * trace;
  const factor = cholesky(shifted, n);
  if (factor === undefined) return undefined;
  const times = (x: Float64Array): Float64Array =>
    Float64Array.from(x, (_, a) => dot(s.subarray(a * n, a * n + n), x));
  // Not symmetric in the functions, so that no solution is orthogonal to it by the symmetry of a design.
  let w = Float64Array.from({ length: n }, (_, k) => 1 + k / 7);
  for (let step = 0; step < 100; step++) {
    const next = choleskySolve(factor, times(w));
    const size = Math.sqrt(dot(next, times(next)));
    if (!(size > 0) || !Number.isFinite(size)) return undefined;
    w = next.map((x) => x / size);
  }
  return w;
}

/** How well given weights [K] explain the advantages. */
export function fitOf(parts: Parts, weights: Float64Array): RewardFit {
  const { columns, advantage, groups } = parts;
  const ofAdvantage = precisionOf(advantage);
  const ofColumns: readonly Precision[] = columns.map((column) => precisionOf(column, true));
  const slopes = new Column(groups.memory);
  let residual = 0;
  let total = 0;
  let explained = 0;
  for (const members of groups) {
    const own = centred(parts, members);
    const mean = meanOf(advantage, members);
    const combined = members.map((_, m) => own.reduce((sum, column, k) => sum + weights[k]! * column[m]!, 0));
    const target = members.map((i) => advantage.at(i) - mean);
    const square = dot(combined, combined);
    const slope = square === 0 ? 0 : dot(combined, target) / square;
    slopes.push(slope);
    const off = ofColumns.reduce((sum, precision, k) => {
      const largest = greatestOf(members.map((i) => Math.abs(columns[k]!.at(i)) || 0));
      return sum + Math.abs(weights[k]! * slope) * 2 * roundingOf(largest, precision);
    }, 0);
    let isWithin = Math.abs(mean) <= 2 * roundingOf(0, ofAdvantage) + off + 1e-5;
    for (const [m, i] of members.entries()) {
      const rest = target[m]! - slope * combined[m]!;
      residual += rest * rest;
      total += target[m]! ** 2;
      if (Math.abs(rest) > 3 * (roundingOf(advantage.at(i), ofAdvantage) + off)) isWithin = false;
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
 * The weights that explain logged advantages best: w minimises Σ_g ‖C_g w − A_g·(A_g·C_g w)/‖A_g‖²‖² at a given Σ_g ‖C_g w‖², which
 * leaves the slope of each group free. Functions that never differ within a group have weight 0. The sign is that of advantages that
 * grow with the rewards.
 * @returns undefined if no group tells anything
 */
export function fitRewards(parts: Parts): RewardFit | undefined {
  const { columns, advantage, groups } = parts;
  const n = columns.length;
  // Functions of different size, such as a length and a score, are put on one scale.
  const squares = new Float64Array(n);
  for (const members of groups) {
    for (const [k, column] of centred(parts, members).entries()) squares[k]! += dot(column, column);
  }
  const inverse = Array.from(squares, (square) => (square > 0 ? 1 / Math.sqrt(square) : 0));
  const m = new Float64Array(n * n);
  const s = new Float64Array(n * n);
  for (const members of groups) {
    const mean = meanOf(advantage, members);
    const target = members.map((i) => advantage.at(i) - mean);
    const square = dot(target, target);
    if (square === 0) continue;
    const scaled = centred(parts, members).map((column, k) => column.map((x) => x * inverse[k]!));
    const along = scaled.map((column) => dot(column, target));
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const product = dot(scaled[a]!, scaled[b]!);
        s[a * n + b]! += product;
        m[a * n + b]! += product - (along[a]! * along[b]!) / square;
      }
    }
  }
  const w = leastShare(m, s, n);
  if (w === undefined) return undefined;
  const weights = w.map((x, k) => x * inverse[k]!);
  const fit = fitOf(parts, weights);
  const sign = sumOf(fit.slopes, Math.sign);
  return sign < 0
    ? fitOf(
        parts,
        weights.map((x) => -x),
      )
    : fit;
}
