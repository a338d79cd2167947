// How much of the reward's variance comes from the randomness of decisions, at least: a bound from rollouts alone (C3).
import { Column, sumOf } from './columns/column.ts';
import type { DecisionMoments } from './decisionMoments.ts';
import { groupsOf } from './members.ts';
import { deviationBound, FALSE_ALARMS } from './significance.ts';
import type { Summary } from './summary.ts';

/** What the bound says of an input. */
export interface DecisionBudget {
  /** V_decision/Var(R) is at least this, but for a probability of 10⁻⁴; 0 if nothing is known. */
  readonly share: number;
  /** The same without the margin for chance. */
  readonly estimate: number;
  /** How many decisions it rests on. */
  readonly decisions: number;
}

/**
 * The bound, from the rewards of all trajectories and the moments of their decisions, all attempts together. With ξ_t = [stop] −
 * P(stop | h_t) at each decision and any features φ of the history,
 *
 *     g = E[R·Σ_t ξ_t φ_t] = E Σ_t p_t(1 − p_t)·(Q_stop − Q_resample)·φ_t,   M = E Σ_t p_t(1 − p_t)·φ_t φ_tᵀ,
 *
 * and by the Cauchy-Schwarz inequality gᵀM⁻¹g ≤ E Σ_t p_t(1 − p_t)·(Q_stop − Q_resample)² = V_decision, whatever the features.
 * R is taken less the mean of the others in its group, which changes no expectation. Decisions must be binary and labelled whichever
 * way they go: then Σ ξ² and Σ p(1 − p) agree.
 * @param moments of one attempt, which all share
 */
export function decisionBudget(moments: DecisionMoments, summary: Summary): DecisionBudget {
  const {
    decisions,
    attempts: [all],
  } = moments;
  const nothing = { share: 0, estimate: 0, decisions };
  if (decisions === 0 || all === undefined || moments.isBiased) return nothing;
  const { one, belief } = all;
  const { reward, memory } = summary;
  const x = new Column(memory);
  const y = new Column(memory);
  let variance = 0;
  for (const group of groupsOf(summary)) {
    const members = group.filter((i) => Number.isFinite(reward.at(i)));
    const g = members.length;
    if (g < 2) continue;
    const whole = members.reduce((sum, i) => sum + reward.at(i), 0);
    for (const i of members) {
      const others = reward.at(i) - (whole - reward.at(i)) / (g - 1);
      x.push(others * one.at(i));
      y.push(others * belief.at(i));
      // R less the mean of the others has the variance Var(R)·(1 + 1/(G − 1)).
      variance += (others ** 2 * (g - 1)) / g;
    }
  }
  const n = x.length;
  if (n < 2 || variance === 0) return nothing;
  const per = 1 / summary.count;
  const inverse = inverseOf(
    ...([all.m11, all.m12, all.m22].map((m) => sumOf(m) * per) as [number, number, number]),
  );
  const [gx, gy] = [sumOf(x) / n, sumOf(y) / n];
  const form = (a: number, b: number): number =>
    inverse.xx * a * a + 2 * inverse.xy * a * b + inverse.yy * b * b;
  // The length of the error of g in the same form has at most √E[length²] on average, and the tail of a normal variable beyond.
  let error = 0;
  for (let k = 0; k < n; k++) error += form(x.at(k) - gx, y.at(k) - gy);
  const size = Math.sqrt(Math.max(0, form(gx, gy)));
  const margin = Math.sqrt(error / (n * (n - 1))) * (1 + deviationBound(2 * FALSE_ALARMS));
  const perReward = variance / n;
  return {
    share: Math.min(1, Math.max(0, size - margin) ** 2 / perReward),
    estimate: Math.min(1, size ** 2 / perReward),
    decisions,
  };
}

/** The inverse of a symmetric matrix of two rows, or that of its first entry alone where the second row adds nothing. */
function inverseOf(a: number, b: number, c: number): { xx: number; xy: number; yy: number } {
  const determinant = a * c - b * b;
  if (!(determinant > 1e-12 * a * c)) return { xx: a > 0 ? 1 / a : 0, xy: 0, yy: 0 };
  return { xx: c / determinant, xy: -b / determinant, yy: a / determinant };
}
