// Advantages from rewards: one number a trajectory, [B] → [B], or with a critic one a token, [T].
import { InputError } from '../../base/errors.ts';
import { choiceOption } from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';
import type { TrajectoryNumbers } from '../objective.ts';
import { byGroup, centred, offsets, total } from './grouped.ts';

/** A_i = R_i − b. */
export function minusConstant(reward: Float64Array, baseline: number): Float64Array {
  return reward.map((r) => r - baseline);
}

/** A_i = R_i − mean_{j in group} R_j; in a group of one 0, or R with `groupOfOne` reward. */
export function minusGroupMean(
  { reward, group }: TrajectoryNumbers,
  groupOfOne: 'zero' | 'reward',
): Float64Array {
  return byGroup(reward, group, (rewards) =>
    rewards.length === 1 && groupOfOne === 'reward' ? rewards : centred(rewards),
  );
}

/** What the leave-one-out baseline does where there are no others. */
export const aloneOption = choiceOption(
  ['refused', 'zero', 'reward'],
  'A group of one, which has no others: refused an error; zero A = 0; reward A = R.',
);

/**
 * A_i = R_i − 1/(G − 1)·Σ_{j≠i} R_j, the mean of the others in its group.
 * @param objective its name, for the message
 * @throws InputError if a group has one trajectory and `groupOfOne` is refused: there are no others
 */
export function minusLeaveOneOutMean(
  { reward, group }: TrajectoryNumbers,
  groupOfOne: 'refused' | 'zero' | 'reward',
  objective: string,
): Float64Array {
  return byGroup(reward, group, (rewards, members) => {
    const others = rewards.length - 1;
    if (others === 0) {
      if (groupOfOne !== 'refused') return groupOfOne === 'zero' ? rewards.map(() => 0) : rewards;
      throw new InputError(
        `${objective}: the leave-one-out baseline needs at least 2 trajectories per group, found 1 in group ${group[members[0]!]}`,
      );
    }
    const d = offsets(rewards);
    const sum = total(d);
    return d.map((x) => x - (sum - x) / others);
  });
}

/** A_i = R_i − Σ_j L_j·R_j/Σ_j L_j over the group; R_i − mean where no trajectory of it has a token. Source: arXiv 2505.23585. */
export function minusLengthWeightedMean(
  { reward, group, length }: TrajectoryNumbers,
  groupOfOne: 'zero' | 'reward',
): Float64Array {
  return byGroup(reward, group, (rewards, members) => {
    if (rewards.length === 1 && groupOfOne === 'reward') return rewards;
    const tokens = members.reduce((sum, i) => sum + length[i]!, 0);
    if (tokens === 0) return centred(rewards);
    const d = offsets(rewards);
    const baseline = d.reduce((sum, x, k) => sum + length[members[k]!]! * x, 0) / tokens;
    return d.map((x) => x - baseline);
  });
}

/** A_i = (R_i − mean)/mean over the group; 0 where the mean is not above 0. Source: arXiv 2602.02710. */
export function overGroupMean({ reward, group }: TrajectoryNumbers): Float64Array {
  return byGroup(reward, group, (rewards) => {
    const mean = total(rewards) / rewards.length;
    return centred(rewards).map((x) => (mean > 0 ? x / mean : 0));
  });
}

/**
 * A_t = Σ_{s≥t} λ^{s−t}·(V(h_{s+1}) − V(h_s)) over masked-in tokens, with R in the place of V after the last one; no
 * discount. At λ = 1 that is R − V(h_t). [T], 0 on masked-out tokens. Source: arXiv 1506.02438.
 * @param reward [B], paid at the end of the trajectory
 * @throws InputError if the batch brings no values
 */
export function generalisedAdvantage(
  batch: TokenBatch,
  reward: Float64Array,
  lambda: number,
  objective: string,
): Float64Array {
  const { offsets, mask, value } = batch;
  if (value === undefined) {
    throw new InputError(
      `${objective}: critic=value needs batch.value, one V(h_t) per token, and the batch has none`,
    );
  }
  const out = new Float64Array(value.length);
  for (let i = 0; i < reward.length; i++) {
    let next = reward[i]!;
    let advantage = 0;
    for (let t = offsets[i + 1]! - 1; t >= offsets[i]!; t--) {
      if (mask[t] === 0) continue;
      advantage = next - value[t]! + lambda * advantage;
      next = value[t]!;
      out[t] = advantage;
    }
  }
  return out;
}
