// What a candidate says of whole trajectories: advantages and factors from rewards and lengths, and how well they fit what is logged.

import { InputError } from '../../base/errors.ts';
import type { Options } from '../../base/options.ts';
import type { TrajectoryScales } from '../../objectives/objective.ts';
import { Column } from '../columns/column.ts';
import { batchesOf } from '../members.ts';
import type { Summary } from '../summary.ts';
import type { Candidate } from './candidates.ts';

/** A_i and c_i of every trajectory, [N]; NaN where a reward is not known. */
export interface Scales {
  readonly advantage: Column;
  readonly coefficient: Column;
}

/** Rewards after the cost of attempts; with several functions it is one more, the last, as objectives have it. */
function afterCost(
  { reward, rewards }: Summary,
  again: Column,
  cost: unknown,
): { readonly reward: Column; readonly functions: readonly Column[] } {
  const functions = [...rewards.values()];
  if (typeof cost !== 'number' || cost === 0) return { reward, functions };
  const taken = again.map((k) => -cost * k);
  return {
    reward: reward.map((r, i) => r + taken.at(i)),
    functions: functions.length === 0 ? [] : [...functions, taken],
  };
}

/**
 * The scales of a candidate with these options; undefined where it is not defined on these groups.
 * @param again the attempts of each trajectory less one, [N]
 */
export function scalesOf(
  summary: Summary,
  again: Column,
  { parts, objective }: Candidate,
  options: Options,
): Scales | undefined {
  const { count, length, group, memory } = summary;
  const { reward, functions } = afterCost(summary, again, options.attemptCost);
  const advantage = Column.filled(count, Number.NaN, memory);
  const coefficient = Column.filled(count, Number.NaN, memory);
  const isKnown = (i: number): boolean =>
    objective.imitates ||
    (Number.isFinite(reward.at(i)) && functions.every((column) => Number.isFinite(column.at(i))));
  const finite = (x: number): number => (Number.isFinite(x) ? x : 0);
  for (const members of batchesOf(summary)) {
    const scales = (of: readonly number[]): TrajectoryScales =>
      parts.scales(
        {
          length: Float64Array.from(of, (i) => length.at(i)),
          reward: Float64Array.from(of, (i) => finite(reward.at(i))),
          // A trajectory without a group is alone.
          group: Int32Array.from(of, (i) => (group.at(i) >= 0 ? group.at(i) : -1 - i)),
          ...(functions.length === 0
            ? {}
            : { rewards: functions.map((column) => Float64Array.from(of, (i) => finite(column.at(i)))) }),
        },
        options,
      );
    const known = members.filter(isKnown);
    try {
      const whole = scales(members).coefficient;
      for (const [k, i] of members.entries()) coefficient.set(i, whole[k]!);
      if (known.length === 0) continue;
      const own = scales(known).advantage;
      for (const [k, i] of known.entries()) advantage.set(i, own[k]!);
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }
  return { advantage, coefficient };
}

/** √(Σ(logged − formula)²/Σ logged²) over trajectories with one logged advantage; NaN without any. */
export function misfitOfAdvantages({ loggedAdvantage, advantageSpread }: Summary, own: Column): number {
  let [left, all] = [0, 0];
  for (let i = 0; i < loggedAdvantage.length; i++) {
    const [logged, formula] = [loggedAdvantage.at(i), own.at(i)];
    if (!Number.isFinite(logged + formula) || advantageSpread.at(i) !== 0) continue;
    left += (logged - formula) ** 2;
    all += logged ** 2;
  }
  return all === 0 ? Number.NaN : Math.sqrt(left / all);
}
