// Why an objective has no weights on an input: what it needs of every trajectory, and the input has of none.
import { greatestOf } from './groups/extremes.ts';
import { groupSizes } from './openParts.ts';
import { readsGroups } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import type { Summary } from './summary.ts';

/** The reason, as the end of a sentence. */
export function whyWeightless({ objective, options }: ChosenObjective, summary: Summary): string {
  const { reward, group, rewards } = summary;
  const { leastGroup } = objective.traits(options);
  const instead = 'and the input lacks logged advantages and weights';
  if (!reward.some(Number.isFinite))
    return `${objective.name} needs rewards, of which the input has none, ${instead}`;
  const grouped = objective.parts !== undefined && readsGroups(objective.parts, options, rewards.size);
  if (!grouped) return `${objective.name} has no advantage for any trajectory, ${instead}`;
  if (!reward.some((r, i) => Number.isFinite(r) && group.at(i) >= 0))
    return `${objective.name} compares the trajectories of a group, and the input does not say what the groups are, ${instead}`;
  const largest = Math.max(0, greatestOf(groupSizes(summary)));
  return `${objective.name} compares at least ${leastGroup} trajectories of a group, and the largest group has ${largest}, ${instead}`;
}
