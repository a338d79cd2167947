// Why an objective has no weights on an input: what it needs of every trajectory, and the input has of none.
import { readsGroups } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import { membersOf, type Summary } from './summary.ts';

/** The reason, as the end of a sentence. */
export function whyWeightless({ objective, options }: ChosenObjective, summary: Summary): string {
  const { reward, group, rewards } = summary;
  const { leastGroup } = objective.traits(options);
  const instead = 'and the input lacks logged advantages and weights';
  const known = [...reward.keys()].filter((i) => Number.isFinite(reward[i]));
  if (known.length === 0) return `${objective.name} needs rewards, of which the input has none, ${instead}`;
  const grouped = objective.parts !== undefined && readsGroups(objective.parts, options, rewards.size);
  if (!grouped) return `${objective.name} has no advantage for any trajectory, ${instead}`;
  if (known.every((i) => group[i]! < 0))
    return `${objective.name} compares the trajectories of a group, and the input does not say what the groups are, ${instead}`;
  const largest = Math.max(0, ...membersOf(group).map((members) => members.length));
  return `${objective.name} compares at least ${leastGroup} trajectories of a group, and the largest group has ${largest}, ${instead}`;
}
