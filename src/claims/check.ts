// Builders of checks and controls. A control goes through the same comparison as a check, with a wrong statement.
import type { Tolerance } from '../attribution/tolerance.ts';
import { norm2 } from '../attribution/vectors.ts';
import type { Check, ClaimSubject, Control } from './claim.ts';

/** A comparison before it becomes a check that must hold or a control that must be rejected. */
export interface Comparison {
  readonly measured: number;
  readonly expected: number;
  readonly error: number;
}

/**
 * A comparison by |measured − expected|.
 * @example
 * ```ts
 * import { difference } from 'gradsplit/claims';
 * difference(2.5, 2).error; // → 0.5
 * ```
 */
export function difference(measured: number, expected: number): Comparison {
  return { measured, expected, error: Math.abs(measured - expected) };
}

/**
 * A comparison by the largest |measured_i − expected_i| of two arrays [n]; NaN if one is NaN. Measured and expected are shown by their norms.
 * @example
 * ```ts
 * import { distance } from 'gradsplit/claims';
 * distance(Float64Array.of(3, 4), Float64Array.of(3, 0)); // → { measured: 5, expected: 3, error: 4 }
 * ```
 */
export function distance(measured: Float64Array, expected: Float64Array): Comparison {
  let error = measured.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < measured.length; i++) {
    error = Math.max(error, Math.abs(measured[i]! - expected[i]!));
  }
  return { measured: norm2(measured), expected: norm2(expected), error };
}

/**
 * A one-sided comparison: how far measured lies above the limit.
 * @example
 * ```ts
 * import { excess } from 'gradsplit/claims';
 * [excess(2, 3).error, excess(5, 3).error]; // → [0, 2]
 * ```
 */
export function excess(measured: number, limit: number): Comparison {
  return {
    measured,
    expected: limit,
    error: Number.isNaN(measured) ? measured : Math.max(0, measured - limit),
  };
}

/**
 * A one-sided comparison: how far measured lies below the limit.
 * @example
 * ```ts
 * import { shortfall } from 'gradsplit/claims';
 * [shortfall(2, 3).error, shortfall(5, 3).error]; // → [1, 0]
 * ```
 */
export function shortfall(measured: number, limit: number): Comparison {
  return {
    measured,
    expected: limit,
    error: Number.isNaN(measured) ? measured : Math.max(0, limit - measured),
  };
}

/** The comparison with the largest error of several. The first NaN counts as largest. */
export function worst(comparisons: readonly Comparison[]): Comparison {
  return comparisons.reduce((a, b) => (Number.isNaN(a.error) || a.error >= b.error ? a : b));
}

/**
 * A comparison as a check, which holds if its error is within the tolerance.
 * @example
 * ```ts
 * import { exactly } from 'gradsplit/attribution';
 * import { check, difference } from 'gradsplit/claims';
 * check('two is two', difference(2, 2), exactly).holds; // → true
 * ```
 */
export function check(name: string, comparison: Comparison, tolerance: Tolerance): Check {
  const { measured, expected, error } = comparison;
  const { value, bound } = tolerance;
  return { name, measured, expected, error, tolerance: value, bound, holds: error <= value };
}

/** A comparison as a control: a wrong statement, which the comparison must reject. */
export function control(
  subject: ClaimSubject,
  name: string,
  statement: string,
  comparison: Comparison,
  tolerance: Tolerance,
): Control {
  const { error } = comparison;
  const { value } = tolerance;
  return { name, statement, error, tolerance: value, rejected: error > value, on: subject.companionIs };
}

/** Standard errors that are allowed: a true statement fails with probability 6·10⁻⁷. */
const SIGMAS = 5;

/** The mean of independent draws against what it should be, with five standard errors as tolerance. */
export function meanAgainst(
  draws: Float64Array,
  expected: number,
): { comparison: Comparison; tolerance: Tolerance } {
  const n = draws.length;
  const mean = draws.reduce((a, b) => a + b, 0) / n;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const value = SIGMAS * Math.sqrt(variance / n);
  const bound = `Monte Carlo: ${SIGMAS} standard errors of ${n} trajectories (a true statement fails with probability 6·10⁻⁷)`;
  return { comparison: difference(mean, expected), tolerance: { value, bound } };
}
