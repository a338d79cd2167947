// Which of two formulas logged advantages follow, trajectory by trajectory within float32 rounding.
import { leastAgreement, ROUNDING } from './alternatives.ts';
import { type Column, IntegerColumn } from './columns/column.ts';
import type { FactorOutcome } from './factors.ts';
import { batchesOf } from './members.ts';
import type { Summary } from './summary.ts';

/**
 * Compares logged advantages with those of the declared objective, which the summary has, and with other ones.
 * @param other [N]
 * @param tried how many alternatives are tried together
 */
export function advantageContest(summary: Summary, other: Column, tried: number): FactorOutcome {
  const { loggedAdvantage, advantage } = summary;
  const indices = new IntegerColumn(summary.memory);
  let [trajectories, declared, chance] = [0, 0, 0];
  for (const members of batchesOf(summary)) {
    const size = members.reduce((most, i) => Math.max(most, Math.abs(loggedAdvantage.at(i)) || 0), 0);
    const rounding = ROUNDING * size;
    for (const i of members) {
      const [logged, own, another] = [loggedAdvantage.at(i), advantage.at(i), other.at(i)];
      const gap = Math.abs(own - another);
      if (!(gap > 8 * rounding) || Number.isNaN(logged)) continue;
      trajectories++;
      chance += (2 * rounding) / gap;
      if (Math.abs(logged - own) <= rounding) declared++;
      if (Math.abs(logged - another) <= rounding) indices.push(i);
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
