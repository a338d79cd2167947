// An objective at work on rollouts: in steps where it has them, else with a whole batch held at once.
import type { PageMemory } from './columns/pageMemory.ts';
import { type Advantages, Reference, type Weigher } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import { WholeBatches } from './wholeBatches.ts';

/**
 * The weigher of an objective.
 * @param prefers which advantages weights are computed at where there are both
 * @param memory where the columns are; left out: in memory
 */
export function weigherOf(chosen: ChosenObjective, prefers: Advantages, memory?: PageMemory): Weigher {
  const { parts } = chosen.objective;
  return parts === undefined ? new WholeBatches(chosen) : new Reference(chosen, parts, prefers, memory);
}
