// Moments of the decisions of rollouts, which the variance budget of C3 is estimated and bounded from.
import { binaryDecisions } from './binaryDecisions.ts';
import { Column } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import { deviationBound, FALSE_ALARMS } from './significance.ts';
import type { TokenView } from './tokenView.ts';

/** What is kept of a trajectory for each attempt: Σ ξφ, and Σ p(1−p)·φφᵀ, with φ = (1, p − 1/2). */
export interface AttemptMoments {
  readonly one: Column;
  readonly belief: Column;
  readonly m11: Column;
  readonly m12: Column;
  readonly m22: Column;
}

/**
 * Adds up ξ = [stop] − P(stop | h) and p(1 − p) at every decision with the features 1 and p − 1/2, which is what the policy itself
 * thinks of the attempt: 5 numbers a trajectory for each attempt that has features of its own.
 */
export class DecisionMoments {
  /** Later attempts share the moments of the last. */
  readonly attempts: readonly AttemptMoments[];
  /** How many decisions there were. */
  decisions = 0;
  /** How many cut trajectories end with a decision that nobody can tell the outcome of; these are left out. */
  undecided = 0;
  private excess = 0;
  private excessVariance = 0;

  /** @param memory where the columns are; left out: in memory */
  constructor(attempts: number, memory?: PageMemory) {
    const column = (): Column => new Column(memory);
    this.attempts = Array.from({ length: attempts }, () => ({
      ...{ one: column(), belief: column(), m11: column(), m12: column(), m22: column() },
    }));
  }

  /** Second pass; trajectories in order. */
  second(view: TokenView): void {
    const last = this.attempts.length - 1;
    const sums = new Float64Array(5 * this.attempts.length);
    const { known, undecided } = binaryDecisions(view);
    if (undecided) this.undecided++;
    for (const { attempt, stop: p, surprise } of known) {
      const at = 5 * Math.min(attempt, last);
      const v = p * (1 - p);
      const belief = p - 0.5;
      for (const [k, x] of [surprise, surprise * belief, v, v * belief, v * belief * belief].entries())
        sums[at + k]! += x;
      this.excess += surprise * surprise - v;
      this.excessVariance += v * (1 - 2 * p) ** 2;
      this.decisions++;
    }
    for (const [k, { one, belief, m11, m12, m22 }] of this.attempts.entries()) {
      for (const [c, column] of [one, belief, m11, m12, m22].entries()) column.push(sums[5 * k + c]!);
    }
  }

  /** Whether decisions are not binary, or labelled only when they go one way: then Σ ξ² and Σ p(1 − p) disagree. */
  get isBiased(): boolean {
    return Math.abs(this.excess) > deviationBound(FALSE_ALARMS) * Math.sqrt(this.excessVariance) + 1e-9;
  }
}
