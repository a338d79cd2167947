// What a candidate says of whole trajectories: advantages and factors from rewards and lengths, and how well they fit what is logged.

import { InputError } from '../../base/errors.ts';
import type { Options } from '../../base/options.ts';
import type { TrajectoryScales } from '../../objectives/objective.ts';
import { membersOf, type Summary } from '../summary.ts';
import type { Candidate } from './candidates.ts';

/** A_i and c_i of every trajectory, [N]; NaN where a reward is not known. */
export interface Scales {
  readonly advantage: Float64Array;
  readonly coefficient: Float64Array;
}

/** Rewards after the cost of attempts; with several functions it is one more, the last, as objectives have it. */
function afterCost(
  { reward, rewards }: Summary,
  again: Float64Array,
  cost: unknown,
): { readonly reward: Float64Array; readonly functions: readonly Float64Array[] } {
  const functions = [...rewards.values()];
  if (typeof cost !== 'number' || cost === 0) return { reward, functions };
  const taken = again.map((k) => -cost * k);
  return {
    reward: reward.map((r, i) => r + taken[i]!),
    functions: functions.length === 0 ? [] : [...functions, taken],
  };
}

/**
 * The scales of a candidate with these options; undefined where it is not defined on these groups.
 * @param again the attempts of each trajectory less one, [N]
 */
export function scalesOf(
  summary: Summary,
  again: Float64Array,
  { parts, objective }: Candidate,
  options: Options,
): Scales | undefined {
  const { count, length, group } = summary;
  const { reward, functions } = afterCost(summary, again, options.attemptCost);
  const advantage = new Float64Array(count).fill(Number.NaN);
  const coefficient = new Float64Array(count).fill(Number.NaN);
  const isKnown = (i: number): boolean =>
    objective.imitates ||
    (Number.isFinite(reward[i]) && functions.every((column) => Number.isFinite(column[i])));
  const finite = (x: number): number => (Number.isFinite(x) ? x : 0);
  for (const members of membersOf(summary.batch)) {
    const scales = (of: readonly number[]): TrajectoryScales =>
      parts.scales(
        {
          length: Float64Array.from(of, (i) => length[i]!),
          reward: Float64Array.from(of, (i) => finite(reward[i]!)),
          // A trajectory without a group is alone.
          group: Int32Array.from(of, (i) => (group[i]! >= 0 ? group[i]! : -1 - i)),
          ...(functions.length === 0
            ? {}
            : { rewards: functions.map((column) => Float64Array.from(of, (i) => finite(column[i]!))) }),
        },
        options,
      );
    const known = members.filter(isKnown);
    try {
      const whole = scales(members).coefficient;
      for (const [k, i] of members.entries()) coefficient[i] = whole[k]!;
      if (known.length === 0) continue;
      const own = scales(known).advantage;
      for (const [k, i] of known.entries()) advantage[i] = own[k]!;
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }
  return { advantage, coefficient };
}

/** √(Σ(logged − formula)²/Σ logged²) over trajectories with one logged advantage; NaN without any. */
export function misfitOfAdvantages({ loggedAdvantage, advantageSpread }: Summary, own: Float64Array): number {
  let [left, all] = [0, 0];
  for (const [i, logged] of loggedAdvantage.entries()) {
    if (!Number.isFinite(logged + own[i]!) || advantageSpread[i] !== 0) continue;
    left += (logged - own[i]!) ** 2;
    all += logged ** 2;
  }
  return all === 0 ? Number.NaN : Math.sqrt(left / all);
}
