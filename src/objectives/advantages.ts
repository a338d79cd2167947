// Advantages from the rewards of a group, one number per trajectory: [B] → [B].
import { InputError } from '../base/errors.ts';

/** Rewards by group. */
interface Grouped {
  /** [B] position of the trajectory's group, in order of appearance. */
  readonly slot: Int32Array;
  /** [B] R_i − (the group's first reward): equal rewards become exactly 0, so that no rounding is blown up by a small std. */
  readonly offset: Float64Array;
  /** [groups] */
  readonly size: Float64Array;
  /** [groups] Σ offset. */
  readonly sum: Float64Array;
}

function byGroup(reward: Float64Array, group: Int32Array): Grouped {
  const count = reward.length;
  const slotOf = new Map<number, number>();
  const slot = new Int32Array(count);
  const offset = new Float64Array(count);
  const size = new Float64Array(count);
  const sum = new Float64Array(count);
  const first = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let s = slotOf.get(group[i]!);
    if (s === undefined) {
      s = slotOf.size;
      slotOf.set(group[i]!, s);
      first[s] = reward[i]!;
    }
    slot[i] = s;
    offset[i] = reward[i]! - first[s]!;
    size[s]! += 1;
    sum[s]! += offset[i]!;
  }
  return { slot, offset, size, sum };
}

/** A_i = R_i − b. */
export function minusConstant(reward: Float64Array, baseline: number): Float64Array {
  return reward.map((r) => r - baseline);
}

/** A_i = R_i − mean_{j in group} R_j; 0 in a group of one. */
export function minusGroupMean(reward: Float64Array, group: Int32Array): Float64Array {
  const { slot, offset, size, sum } = byGroup(reward, group);
  return offset.map((d, i) => d - sum[slot[i]!]! / size[slot[i]!]!);
}

/**
 * A_i = R_i − 1/(G − 1)·Σ_{j≠i} R_j, the mean of the others in its group.
 * @param objective its name, for the message
 * @throws InputError if a group has one trajectory: there are no others
 */
export function minusLeaveOneOutMean(
  reward: Float64Array,
  group: Int32Array,
  objective: string,
): Float64Array {
  const { slot, offset, size, sum } = byGroup(reward, group);
  return offset.map((d, i) => {
    const s = slot[i]!;
    if (size[s] === 1) {
      throw new InputError(
        `${objective}: the leave-one-out baseline needs at least 2 trajectories per group, found 1 in group ${group[i]}`,
      );
    }
    return d - (sum[s]! - d) / (size[s]! - 1);
  });
}

/**
 * A_i = (R_i − mean)/(std + ε), std² = Σ_j (R_j − mean)²/(G − ddof) over the group. 0 where all rewards of the group are
 * equal and in a group of one, whatever ε and ddof.
 */
export function standardizedInGroup(
  reward: Float64Array,
  group: Int32Array,
  epsilon: number,
  ddof: number,
): Float64Array {
  const { slot, offset, size, sum } = byGroup(reward, group);
  const square = new Float64Array(reward.length);
  const centred = offset.map((d, i) => d - sum[slot[i]!]! / size[slot[i]!]!);
  for (let i = 0; i < centred.length; i++) square[slot[i]!]! += centred[i]! * centred[i]!;
  return centred.map((a, i) => {
    const s = slot[i]!;
    return square[s] === 0 ? 0 : a / (Math.sqrt(square[s]! / (size[s]! - ddof)) + epsilon);
  });
}
