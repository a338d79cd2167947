// Advantages over any field: one element a trajectory, or with a critic one a token.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { GroupOptions } from '../loss/standardised.ts';
import type { WhiteningOptions } from '../loss/whitening.ts';
import { meanOf } from './aggregation.ts';
import type { FormulaBatch, PerToken } from './formula.ts';

/** What a batch as a whole must know of each trajectory; see `TrajectoryNumbers`. */
export interface FormulaNumbers<T> {
  readonly length: readonly number[];
  readonly reward: readonly T[];
  readonly group: readonly number[];
  readonly rewards?: readonly (readonly T[])[];
}

/** One element of each trajectory from those of its group. */
function byGroup<T>(
  { reward, group }: Pick<FormulaNumbers<T>, 'reward' | 'group'>,
  inGroup: (rewards: readonly T[], members: readonly number[]) => readonly T[],
): T[] {
  const out = [...reward];
  for (const one of new Set(group)) {
    const members = [...group.keys()].filter((i) => group[i] === one);
    const found = inGroup(
      members.map((i) => reward[i]!),
      members,
    );
    for (const [k, i] of members.entries()) out[i] = found[k]!;
  }
  return out;
}

/** x − mean. */
function centred<T>(field: Arithmetic<T>, values: readonly T[]): T[] {
  const mean = meanOf(field, values);
  return values.map((x) => field.sub(x, mean));
}

/** Σ x²/divisor of deviations x; 0 where the divisor is not above 0. */
function variance<T>(field: Arithmetic<T>, deviations: readonly T[], divisor: number): T {
  if (divisor <= 0) return field.number(0);
  const squares = deviations.map((x) => field.mul(x, x));
  return field.div(sumOf(field, squares), field.number(divisor));
}

/** x − the mean of the others; two values or more. */
function minusOthers<T>(field: Arithmetic<T>, values: readonly T[]): T[] {
  const sum = sumOf(field, values);
  const others = field.number(values.length - 1);
  return values.map((x) => field.sub(x, field.div(field.sub(sum, x), others)));
}

/** x/divisor, and 0 where x is 0, whatever divides. */
function over<T>(field: Arithmetic<T>, x: T, divisor: T): T {
  return field.isZero(x) ? field.number(0) : field.div(x, divisor);
}

/** A_i = R_i − b. */
export function minusConstantOver<T>(field: Arithmetic<T>, reward: readonly T[], baseline: number): T[] {
  return reward.map((r) => field.sub(r, field.number(baseline)));
}

/** A_i = R_i − mean of the group. */
export function minusGroupMeanOver<T>(
  field: Arithmetic<T>,
  all: FormulaNumbers<T>,
  groupOfOne: 'zero' | 'reward',
): T[] {
  return byGroup(all, (rewards) =>
    rewards.length === 1 && groupOfOne === 'reward' ? rewards : centred(field, rewards),
  );
}

/** A_i = R_i − mean of the others in the group. */
export function minusLeaveOneOutMeanOver<T>(
  field: Arithmetic<T>,
  all: FormulaNumbers<T>,
  groupOfOne: 'refused' | 'zero' | 'reward',
): T[] {
  return byGroup(all, (rewards) => {
    if (rewards.length > 1) return minusOthers(field, rewards);
    return groupOfOne === 'reward' ? rewards : [field.number(0)];
  });
}

/** A_i = R_i − Σ_j L_j·R_j/Σ_j L_j over the group. */
export function minusLengthWeightedMeanOver<T>(
  field: Arithmetic<T>,
  all: FormulaNumbers<T>,
  groupOfOne: 'zero' | 'reward',
): T[] {
  return byGroup(all, (rewards, members) => {
    if (rewards.length === 1 && groupOfOne === 'reward') return rewards;
    const tokens = members.reduce((sum, i) => sum + all.length[i]!, 0);
    if (tokens === 0) return centred(field, rewards);
    const weighted = rewards.map((r, k) => field.mul(field.number(all.length[members[k]!]!), r));
    const baseline = field.div(sumOf(field, weighted), field.number(tokens));
    return rewards.map((r) => field.sub(r, baseline));
  });
}

/** A_i = (R_i − mean)/mean over the group; 0 where the mean is not above 0. */
export function overGroupMeanOver<T>(field: Arithmetic<T>, all: FormulaNumbers<T>): T[] {
  return byGroup(all, (rewards) => {
    const mean = meanOf(field, rewards);
    const counts = field.isAbove(mean, field.number(0));
    return centred(field, rewards).map((x) => (counts ? field.div(x, mean) : field.number(0)));
  });
}

function inGroup<T>(field: Arithmetic<T>, rewards: readonly T[], options: GroupOptions, ofBatch: T): T[] {
  const { normalizeByStd, stdEpsilon, ddof, stdScope, groupOfOne, groupBaseline } = options;
  const n = rewards.length;
  const epsilon = field.number(stdEpsilon);
  if (n === 1) {
    const std = normalizeByStd ? field.add(field.number(1), epsilon) : field.number(1);
    return rewards.map((r) => (groupOfOne === 'zero' ? field.number(0) : field.div(r, std)));
  }
  const a = groupBaseline === 'mean' ? centred(field, rewards) : minusOthers(field, rewards);
  if (!normalizeByStd) return a;
  if (stdScope === 'others') {
    return a.map((x, k) => {
      const others = rewards.filter((_, j) => j !== k);
      const squared = variance(field, centred(field, others), others.length - ddof);
      return field.isZero(squared) ? x : field.div(x, field.add(field.sqrt(squared), epsilon));
    });
  }
  const squared = stdScope === 'batch' ? ofBatch : variance(field, centred(field, rewards), n - ddof);
  return a.map((x) => over(field, x, field.add(field.sqrt(squared), epsilon)));
}

/** A_i = (R_i − mean)/(std + ε) over the group, or R_i − mean without normalizeByStd. */
export function groupAdvantageOver<T>(
  field: Arithmetic<T>,
  all: Pick<FormulaNumbers<T>, 'reward' | 'group'>,
  options: GroupOptions,
): T[] {
  const { reward } = all;
  const ofBatch = variance(field, centred(field, reward), reward.length - options.ddof);
  return byGroup(all, (rewards) => inGroup(field, rewards, options, ofBatch));
}

/** (A_i − mean)/std over the batch; where all that counts is equal, 0. */
export function whitenedOver<T>(
  field: Arithmetic<T>,
  advantage: readonly T[],
  length: readonly number[],
  { whitenOver, whitenDdof, whitenEpsilon, whitenEpsilonIn }: WhiteningOptions,
): T[] {
  const count = whitenOver === 'token' ? length : length.map(() => 1);
  const n = count.reduce((sum, x) => sum + x, 0);
  if (n === 0) return advantage.map(() => field.number(0));
  const times = (x: T, i: number): T => field.mul(field.number(count[i]!), x);
  const mean = field.div(sumOf(field, advantage.map(times)), field.number(n));
  const deviation = advantage.map((x) => field.sub(x, mean));
  const squares = deviation.map((x, i) => times(field.mul(x, x), i));
  const squared =
    n > whitenDdof ? field.div(sumOf(field, squares), field.number(n - whitenDdof)) : field.number(0);
  if (field.isZero(squared)) return advantage.map(() => field.number(0));
  const epsilon = field.number(whitenEpsilon);
  const divisor =
    whitenEpsilonIn === 'variance'
      ? field.sqrt(field.add(squared, epsilon))
      : field.add(field.sqrt(squared), epsilon);
  return deviation.map((x) => over(field, x, divisor));
}

/** A_t = Σ_{s≥t} λ^{s−t}·(V(h_{s+1}) − V(h_s)) over masked-in tokens, with R in the place of V after the last one. */
export function generalisedAdvantageOver<T>(
  field: Arithmetic<T>,
  batch: FormulaBatch<T>,
  reward: readonly T[],
  lambda: number,
): PerToken<T> {
  return batch.map(({ tokens }, i) => {
    const out = tokens.map(() => field.number(0));
    let next: T = reward[i]!;
    let advantage = field.number(0);
    for (let t = tokens.length - 1; t >= 0; t--) {
      const { mask, value } = tokens[t]!;
      if (!mask) continue;
      advantage = field.add(field.sub(next, value), field.mul(field.number(lambda), advantage));
      next = value;
      out[t] = advantage;
    }
    return out;
  });
}
