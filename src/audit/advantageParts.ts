// Takes logged advantages apart: which reward function, and which other logged number, makes how much of them, and turns how many signs.
import type { Column } from './columns/column.ts';
import type { Lists } from './columns/lists.ts';
import { meanOf } from './groups/line.ts';
import { groupsWith, hasAdvantage, loggedOf } from './groups/logged.ts';
import { fitRewards, type RewardFit } from './groups/rewardFit.ts';
import type { Summary } from './summary.ts';

/** The rate at which a logged number that has nothing to do with advantages is taken for a part of them. */
const RATE = 1e-6;

/** One part of the advantages. */
export interface AdvantagePart {
  /** The reward function, a further logged number, or `length`. */
  readonly name: string;
  /** Relative to the first part that varies: what A_i changes per unit, up to what its group is divided by. */
  readonly weight: number;
  /** Σ part·A / Σ A²: shares add up to 1 with `rest`, and are negative for a part that works against the others. */
  readonly share: number;
  /** The share of trajectories whose advantage has another sign, or is no longer 0, without the part. */
  readonly signFlips: number;
}

/** Advantages taken apart. */
export interface AdvantageParts {
  readonly parts: readonly AdvantagePart[];
  /** The share of Σ A² that no part explains. */
  readonly rest: number;
  /** The share of groups that the parts explain to the last digit. */
  readonly explained: number;
  /** Trajectories and groups that it rests on. */
  readonly trajectories: number;
  readonly groups: number;
}

interface Candidate {
  readonly name: string;
  readonly values: Column;
}

/** What advantages may be made of: the reward functions, or the reward where there are none; then other numbers, and the length. */
function candidates(summary: Summary): { readonly first: Candidate[]; readonly further: Candidate[] } {
  const named = ([name, values]: [string, Column]): Candidate => ({ name, values });
  const functions = [...summary.rewards].map(named);
  const first = functions.length > 0 ? functions : [{ name: 'reward', values: summary.reward }];
  return {
    first,
    further: [...[...summary.extras].map(named), { name: 'length', values: summary.response }],
  };
}

function fitOfAll(chosen: readonly Candidate[], summary: Summary, groups: Lists): RewardFit | undefined {
  return fitRewards({
    columns: chosen.map(({ values }) => values),
    advantage: summary.loggedAdvantage,
    groups,
  });
}

/**
 * Adds other numbers one by one, the one that explains most first, as long as it is no chance: a column that has nothing to do with
 * what is left leaves the share 1 − R² of it, which is Beta((ν−1)/2, 1/2) and below x with probability at most x^{(ν−1)/2}; with n
 * columns to choose from, x = (10⁻⁶/n)^{2/(ν−1)}.
 */
function withFurther(
  first: readonly Candidate[],
  further: readonly Candidate[],
  summary: Summary,
  groups: Lists,
): { readonly chosen: readonly Candidate[]; readonly fit: RewardFit } | undefined {
  let chosen = first;
  let fit = fitOfAll(chosen, summary, groups);
  let left = further.filter(({ values }) =>
    groups.every((members) => members.every((i) => Number.isFinite(values.at(i)))),
  );
  const members = groups.members.length;
  while (fit !== undefined && fit.explained < 1 && left.length > 0) {
    const freedom = members - groups.length - chosen.length;
    if (freedom < 3) break;
    const most = (RATE / left.length) ** (2 / (freedom - 1));
    const tried = left.map((one) => ({ one, fit: fitOfAll([...chosen, one], summary, groups) }));
    const best = tried.reduce((a, b) => ((b.fit?.misfit ?? 1) < (a.fit?.misfit ?? 1) ? b : a));
    if (best.fit === undefined || !(best.fit.misfit <= most * fit.misfit)) break;
    chosen = [...chosen, best.one];
    fit = best.fit;
    left = left.filter((one) => one !== best.one);
  }
  return fit === undefined ? undefined : { chosen, fit };
}

/** The sign of an advantage, 0 where it is nothing but rounding. */
function signOf(x: number, largest: number): number {
  return Math.abs(x) <= 1e-6 * largest ? 0 : Math.sign(x);
}

/**
 * Takes the logged advantages apart: A_i = s_g·Σ_k w_k·(r_ik − mean_g r_k) + rest, with weights that are fitted and a slope for each
 * group, so that neither has to be known. Beside the summary it keeps one number a group.
 * @returns undefined where no group has advantages that differ
 */
export function advantageParts(summary: Summary): AdvantageParts | undefined {
  const logged = loggedOf(summary);
  const groups = groupsWith(summary, [logged.advantage], 2).filter(
    (members) => hasAdvantage(logged, members) && members.every((i) => summary.length.at(i) > 0),
  );
  const { first, further } = candidates(summary);
  const found = withFurther(first, further, summary, groups);
  if (found === undefined) return undefined;
  const { chosen, fit } = found;
  let total = 0;
  let trajectories = 0;
  let largest = 0;
  for (const i of groups.members) largest = Math.max(largest, Math.abs(logged.advantage.at(i)));
  const shares = new Float64Array(chosen.length);
  const flips = new Float64Array(chosen.length);
  let explained = 0;
  for (let g = 0; g < groups.length; g++) {
    const members = groups.at(g);
    const mean = meanOf(logged.advantage, members);
    const means = chosen.map(
      ({ values }) => members.reduce((sum, i) => sum + (values.at(i) || 0), 0) / members.length,
    );
    for (const i of members) {
      const a = logged.advantage.at(i) - mean;
      total += a * a;
      trajectories++;
      for (const [k, { values }] of chosen.entries()) {
        const part = fit.slopes.at(g) * fit.weights[k]! * ((values.at(i) || 0) - means[k]!);
        shares[k]! += part * a;
        explained += part * a;
        if (signOf(a - part, largest) !== signOf(a, largest)) flips[k]!++;
      }
    }
  }
  const unit = fit.weights.find((w) => w !== 0) ?? 1;
  return {
    parts: chosen.map(({ name }, k) => ({
      name,
      weight: fit.weights[k]! / unit,
      share: shares[k]! / total,
      signFlips: flips[k]! / trajectories,
    })),
    rest: 1 - explained / total,
    explained: fit.explained,
    trajectories,
    groups: groups.length,
  };
}
