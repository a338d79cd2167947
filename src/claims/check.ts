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

/** |measured − expected|. */
export function difference(measured: number, expected: number): Comparison {
  return { measured, expected, error: Math.abs(measured - expected) };
}

/** Largest |measured_i − expected_i| of two arrays [n], NaN if any is; measured and expected are shown by their norms. */
export function distance(measured: Float64Array, expected: Float64Array): Comparison {
  let error = measured.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < measured.length; i++) {
    error = Math.max(error, Math.abs(measured[i]! - expected[i]!));
  }
  return { measured: norm2(measured), expected: norm2(expected), error };
}

/** One-sided: how far measured lies above the limit. */
export function excess(measured: number, limit: number): Comparison {
  return {
    measured,
    expected: limit,
    error: Number.isNaN(measured) ? measured : Math.max(0, measured - limit),
  };
}

/** One-sided: how far measured lies below the limit. */
export function shortfall(measured: number, limit: number): Comparison {
  return {
    measured,
    expected: limit,
    error: Number.isNaN(measured) ? measured : Math.max(0, limit - measured),
  };
}

/** The comparison with the largest error of several (the first NaN counts as largest). */
export function worst(comparisons: readonly Comparison[]): Comparison {
  return comparisons.reduce((a, b) => (Number.isNaN(a.error) || a.error >= b.error ? a : b));
}

/** What the claim says, measured. */
export function check(name: string, comparison: Comparison, tolerance: Tolerance): Check {
  const { measured, expected, error } = comparison;
  const { value, bound } = tolerance;
  return { name, measured, expected, error, tolerance: value, bound, holds: error <= value };
}

/** A wrong statement, which must fail the same comparison. */
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
