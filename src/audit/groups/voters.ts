// Trajectories that are not trained on but were counted in the baseline of their group, as the logged advantages of the others show.
import { groupsOf } from '../members.ts';
import type { Summary } from '../summary.ts';
import { isStraight, type Logged, lineOf, meanOf } from './line.ts';
import { roundingOf } from './precision.ts';

/** Why a trajectory should have no say: it has no reward, it failed, nothing was done in it, or all of it is masked. */
export type OutKind = 'null' | 'failed' | 'empty' | 'masked';

const KINDS: readonly OutKind[] = ['null', 'failed', 'empty', 'masked'];

/** A group whose baseline counts trajectories of some kinds. */
export interface Vote {
  readonly kinds: readonly OutKind[];
  readonly members: readonly number[];
  /** How far the baseline was moved, in units of reward. */
  readonly shift: number;
}

/**
 * Why a trajectory should have no say in the baseline; undefined if it should.
 * @param isNull whether its reward is null
 */
function outKind(summary: Summary, i: number, isNull: boolean): OutKind | undefined {
  if (summary.failed.at(i) === 1) return 'failed';
  if (isNull) return 'null';
  if (summary.response.at(i) === 0) return 'empty';
  return summary.length.at(i) === 0 ? 'masked' : undefined;
}

/** The subsets of the kinds that a group has, the empty one first. */
function subsets(kinds: readonly OutKind[]): (readonly OutKind[])[] {
  const all: (readonly OutKind[])[] = [[]];
  for (const kind of kinds) all.push(...all.map((some) => [...some, kind]));
  return all;
}

/** Whether the line of the valid members has this baseline. */
function explains(logged: Logged, valid: readonly number[], baseline: number): boolean {
  const line = lineOf(logged, valid);
  if (line !== undefined) return isStraight(line) && Math.abs(line.baseline - baseline) <= line.uncertainty;
  const { advantage, reward, ofAdvantage, ofReward } = logged;
  const mean = meanOf(advantage, valid);
  const off = 2 * roundingOf(mean, ofAdvantage);
  if (valid.some((i) => Math.abs(advantage.at(i) - mean) > off)) return false;
  // Equal rewards leave the slope open, but it is positive.
  const distance = reward.at(valid[0]!) - baseline;
  if (Math.abs(distance) <= 4 * roundingOf(baseline, ofReward)) return Math.abs(mean) <= off;
  return Math.abs(mean) > off && Math.sign(mean) === Math.sign(distance);
}

/**
 * Groups whose baseline counts trajectories that should have no say: the mean of all with the fewest kinds of them explains the
 * advantages of the others, and the mean of the others alone does not. A reward that is no number counts as 0, as a sum of nothing.
 * @param isNull whether the reward of trajectory i is null
 */
export function* votesOf(logged: Logged, summary: Summary, isNull: (i: number) => boolean): Generator<Vote> {
  const value = (i: number): number => (Number.isFinite(logged.reward.at(i)) ? logged.reward.at(i) : 0);
  for (const members of groupsOf(summary)) {
    const kindOf = new Map(members.map((i) => [i, outKind(summary, i, isNull(i))]));
    const has = KINDS.filter((kind) => members.some((i) => kindOf.get(i) === kind));
    if (has.length === 0) continue;
    const valid = members.filter(
      (i) =>
        kindOf.get(i) === undefined &&
        Number.isFinite(logged.reward.at(i)) &&
        Number.isFinite(logged.advantage.at(i)) &&
        summary.advantageSpread.at(i) <= roundingOf(logged.advantage.at(i), logged.ofAdvantage),
    );
    if (valid.length < 2) continue;
    const baselineWith = (kinds: readonly OutKind[]): number => {
      const counted = members.filter((i) => valid.includes(i) || kinds.includes(kindOf.get(i)!));
      return counted.reduce((sum, i) => sum + value(i), 0) / counted.length;
    };
    const found = subsets(has).find((kinds) => explains(logged, valid, baselineWith(kinds)));
    if (found === undefined || found.length === 0) continue;
    yield {
      kinds: found,
      members: members.filter((i) => found.includes(kindOf.get(i)!)),
      shift: baselineWith(found) - baselineWith([]),
    };
  }
}
