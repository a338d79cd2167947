// Which of two formulas logged advantages follow, trajectory by trajectory within float32 rounding.
import { leastAgreement, ROUNDING } from './alternatives.ts';
import type { FactorOutcome } from './factors.ts';
import { membersOf, type Summary } from './summary.ts';

/**
 * Compares logged advantages with those of the declared objective, which the summary has, and with other ones.
 * @param other [N]
 * @param tried how many alternatives are tried together
 */
export function advantageContest(summary: Summary, other: Float64Array, tried: number): FactorOutcome {
  const { loggedAdvantage, advantage } = summary;
  const indices: number[] = [];
  let [trajectories, declared, chance] = [0, 0, 0];
  for (const members of membersOf(summary.batch)) {
    const size = members.reduce((most, i) => Math.max(most, Math.abs(loggedAdvantage[i]!) || 0), 0);
    const rounding = ROUNDING * size;
    for (const i of members) {
      const gap = Math.abs(advantage[i]! - other[i]!);
      if (!(gap > 8 * rounding) || Number.isNaN(loggedAdvantage[i]!)) continue;
      trajectories++;
      chance += (2 * rounding) / gap;
      if (Math.abs(loggedAdvantage[i]! - advantage[i]!) <= rounding) declared++;
      if (Math.abs(loggedAdvantage[i]! - other[i]!) <= rounding) indices.push(i);
    }
  }
  const least = leastAgreement(trajectories, chance / trajectories, tried);
  return {
    trajectories,
    alternative: indices.length,
    declared,
    threshold: least - 1,
    isAlternative: trajectories > 0 && indices.length >= least,
    indices,
  };
}
