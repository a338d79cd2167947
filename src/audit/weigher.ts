// An objective at work on rollouts: in steps where it has them, else with a whole batch held at once.
import { type Advantages, Reference, type Weigher } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import { WholeBatches } from './wholeBatches.ts';

/**
 * The weigher of an objective.
 * @param prefers which advantages weights are computed at where there are both
 */
export function weigherOf(chosen: ChosenObjective, prefers: Advantages): Weigher {
  const { parts } = chosen.objective;
  return parts === undefined ? new WholeBatches(chosen) : new Reference(chosen, parts, prefers);
}
