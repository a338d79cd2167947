// What a trajectory has that rollouts@1 has no place for.
import type { Trajectory } from '../trajectory.ts';
import { sumOf } from '../values/scalars.ts';

const NO_PLACE = ['attempt'] as const;

/** Arrays and numbers that rollouts@1 has. */
const NUMBERS = [
  ...['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs', 'weights', 'advantage', 'reward'],
  ...['values', 'returns', 'tokenRewards', 'versions'],
] as const;

/** The names of what is left out of a line, in the words of `Trajectory`. */
export function leftOut(trajectory: Trajectory): string[] {
  const names = Object.keys(trajectory).filter((name) => (NO_PLACE as readonly string[]).includes(name));
  const { reward, rewards, texts } = trajectory;
  if (texts?.prompt !== undefined || texts?.output !== undefined) names.push('texts');
  const isSum =
    rewards === undefined || reward === undefined || Object.is(sumOf(Object.values(rewards)), reward);
  return isSum ? names : [...names, 'rewards'];
}

function infinitiesIn(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value) === Number.POSITIVE_INFINITY ? 1 : 0;
  if (!(value instanceof Float64Array)) return 0;
  let count = 0;
  for (const x of value) if (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY) count++;
  return count;
}

/** How many numbers of a trajectory become null: those that are infinite, and those that the file had as NaN. */
export function becomeNull(trajectory: Trajectory): number {
  const members = trajectory as unknown as Readonly<Record<string, unknown>>;
  let count = (trajectory.nan ?? []).filter(({ field }) =>
    (NUMBERS as readonly string[]).includes(field),
  ).length;
  for (const name of NUMBERS) count += infinitiesIn(members[name]);
  return count;
}
