// How GRPO and its kin compare the trajectories of a group: what is subtracted from a reward, and what it is divided by.
import {
  AT_LEAST_ZERO,
  booleanOption,
  choiceOption,
  numberOption,
  type OptionsOf,
} from '../../base/options.ts';
import type { TrajectoryNumbers } from '../objective.ts';
import { byGroup, centred, offsets, rootMeanSquare, total } from './grouped.ts';

/** Whether a variance has Bessel's correction. */
const ddofOption = numberOption(
  1,
  { expected: '0 or 1', holds: (x) => x === 0 || x === 1 },
  "The standard deviation divides by G − ddof: 1 is Bessel's correction, 0 the population's.",
);

/** What becomes of a trajectory that is alone in its group. */
export const groupOfOneOption = choiceOption(
  ['zero', 'reward'],
  'The advantage in a group of one: zero 0; reward R, as with the mean 0 and the standard deviation 1.',
);

/** How the trajectories of a group are compared. */
export const groupOptions = {
  normalizeByStd: booleanOption(true, 'Whether R − mean is divided by the standard deviation of the group.'),
  stdEpsilon: numberOption(1e-4, AT_LEAST_ZERO, 'The ε that is added to the standard deviation.'),
  ddof: ddofOption,
  groupBaseline: choiceOption(
    ['mean', 'others'],
    'What is subtracted from R: the mean of the whole group, or that of the others in it.',
  ),
  stdScope: choiceOption(
    ['group', 'batch', 'others'],
    'Whose standard deviation divides: of the group; of all rewards of the batch; of the others in the group, where a std of 0 divides nothing.',
  ),
  groupOfOne: groupOfOneOption,
};

/** Values of `groupOptions`. */
export type GroupOptions = OptionsOf<typeof groupOptions>;

/** R_i − mean, or R_i − mean of the others; two rewards or more. */
function minusBaseline(rewards: Float64Array, { groupBaseline }: GroupOptions): Float64Array {
  if (groupBaseline === 'mean') return centred(rewards);
  const d = offsets(rewards);
  const sum = total(d);
  return d.map((x) => x - (sum - x) / (d.length - 1));
}

/** The standard deviation of all rewards but that at place k; 0 where it is not defined. */
function stdOfOthers(rewards: Float64Array, k: number, ddof: number): number {
  const others = rewards.filter((_, j) => j !== k);
  return rootMeanSquare(centred(others), others.length - ddof);
}

/** A of the members of one group from their rewards; equal rewards have A = 0, whatever divides. */
function inGroup(rewards: Float64Array, options: GroupOptions, stdOfBatch: number): Float64Array {
  const { normalizeByStd, stdEpsilon, ddof, stdScope, groupOfOne } = options;
  const n = rewards.length;
  if (n === 1) {
    const std = normalizeByStd ? 1 + stdEpsilon : 1;
    return rewards.map((r) => (groupOfOne === 'zero' ? 0 : r / std));
  }
  const a = minusBaseline(rewards, options);
  if (!normalizeByStd) return a;
  if (stdScope === 'others') {
    return a.map((x, k) => {
      const std = stdOfOthers(rewards, k, ddof);
      return std === 0 ? x : x / (std + stdEpsilon);
    });
  }
  const std = stdScope === 'batch' ? stdOfBatch : rootMeanSquare(centred(rewards), n - ddof);
  return a.map((x) => (x === 0 ? 0 : x / (std + stdEpsilon)));
}

/** A_i = (R_i − mean)/(std + ε) over the group, or R_i − mean without normalizeByStd; [B]. */
export function groupAdvantage(
  { reward, group }: Pick<TrajectoryNumbers, 'reward' | 'group'>,
  options: GroupOptions,
): Float64Array {
  const stdOfBatch =
    options.stdScope === 'batch' ? rootMeanSquare(centred(reward), reward.length - options.ddof) : 0;
  return byGroup(reward, group, (rewards) => inGroup(rewards, options, stdOfBatch));
}
