// How rare a false alarm is meant to be, and what that makes of thresholds.

/**
 * The rate of false alarms of one rule on one input, under the null that the rule states. With a hundred rules fewer than one clean
 * input in a hundred is given a finding.
 */
export const FALSE_ALARMS = 1e-4;

/**
 * The coarsest arithmetic in which weights are made: bfloat16 has 8 significant bits, so that two roundings change a number by at most
 * 2⁻⁸ of itself. Nearer to a formula than that is the formula, up to rounding; farther from it is another formula.
 */
export const ROUNDING = 2 ** -8;

/** z with P(|Z| > z) ≤ rate by Chernoff's bound, 2·exp(−z²/2), for the normal and everything with lighter tails. */
export function deviationBound(rate: number): number {
  return Math.sqrt(2 * Math.log(2 / rate));
}

/**
 * How many times something that happens with probability at most `chance` must happen in a row, to be rarer than `rate`.
 * @param chance in (0, 1)
 */
export function runBound(chance: number, rate: number): number {
  return Math.ceil(Math.log(rate) / Math.log(chance));
}
