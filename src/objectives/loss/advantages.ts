// Advantages from rewards: one number a trajectory, [B] → [B], or with a critic one a token, [T].
import { InputError } from '../../base/errors.ts';
import { AT_LEAST_ZERO, booleanOption, numberOption, type OptionsOf } from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';
import type { TrajectoryNumbers } from '../objective.ts';

/** How GRPO and its kin compare the trajectories of a group. */
export const groupOptions = {
  normalizeByStd: booleanOption(true, 'Whether R − mean is divided by the standard deviation of the group.'),
  stdEpsilon: numberOption(1e-4, AT_LEAST_ZERO, 'The ε that is added to the standard deviation.'),
  ddof: numberOption(
    1,
    { expected: '0 or 1', holds: (x) => x === 0 || x === 1 },
    "The standard deviation divides by G − ddof: 1 is Bessel's correction, 0 the population's.",
  ),
};

/** A_i = (R_i − mean)/(std + ε) over the group, or R_i − mean without normalizeByStd; [B]. */
export function groupAdvantage(
  { reward, group }: TrajectoryNumbers,
  { normalizeByStd, stdEpsilon, ddof }: OptionsOf<typeof groupOptions>,
): Float64Array {
  return normalizeByStd
    ? standardizedInGroup(reward, group, stdEpsilon, ddof)
    : minusGroupMean(reward, group);
}

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
function standardizedInGroup(
  reward: Float64Array,
  group: Int32Array,
  epsilon: number,
  ddof: number,
): Float64Array {
  const { slot, offset, size, sum } = byGroup(reward, group);
  const centred = offset.map((d, i) => d - sum[slot[i]!]! / size[slot[i]!]!);
  const largest = new Float64Array(size.length);
  for (const [i, a] of centred.entries()) largest[slot[i]!] = Math.max(largest[slot[i]!]!, Math.abs(a));
  // Squares of deviations times a power of two, which changes no digit, neither overflow nor underflow.
  const power = largest.map((most) => 2 ** -Math.max(-1022, Math.min(Math.floor(Math.log2(most)), 1022)));
  const square = new Float64Array(size.length);
  for (const [i, a] of centred.entries()) square[slot[i]!]! += (a * power[slot[i]!]!) ** 2;
  return centred.map((a, i) => {
    const s = slot[i]!;
    return largest[s] === 0 ? 0 : a / (Math.sqrt(square[s]! / (size[s]! - ddof)) / power[s]! + epsilon);
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
