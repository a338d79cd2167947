// Compares the direction and the size of an objective's exact expected gradient with those of ∇J, the gradient of the mean reward.
import { rewardGradient } from './budget.ts';
import type { EvaluatedPolicy } from './evaluatedPolicy.ts';
import { expectedGradient, expectedRounding, type GroupedObjective } from './expectedGradient.ts';
import { dot, norm2 } from './vectors.ts';

/** An expected gradient g [slots], and how its direction and size compare with ∇J. */
export interface RewardAgreement {
  /** The expected gradient g [slots]. */
  readonly gradient: Float64Array;
  /** The cosine cos(g, ∇J) by component and over all logits; null where one of the two is zero up to rounding. */
  readonly cosine: {
    readonly sample: number | null;
    readonly decision: number | null;
    readonly total: number | null;
  };
  /** The ratio ⟨g, ∇J⟩ / ‖∇J‖²; null where ∇J is zero up to rounding. */
  readonly scale: number | null;
  /** Whether all tokens of a trajectory, of both components, have the same weight up to rounding. */
  readonly balanced: boolean;
}

/**
 * Compares the expected gradient [slots] of an objective, on a policy whose graph is a tree, with ∇J.
 * @throws InputError if more than MAX_GROUPS groups would have to be enumerated
 */
export function rewardAgreement(policy: EvaluatedPolicy, grouped: GroupedObjective): RewardAgreement {
  const { sampleSlots } = policy.graph;
  const found = expectedGradient(policy, grouped);
  const { gradient, balanced } = found;
  const target = rewardGradient(policy);
  const zero = expectedRounding(policy, found).value;
  const targetZero = policy.rounding(policy.rewardSize, 'max |R|').value;
  const cosine = (from: number, to?: number): number | null => {
    const [g, j] = [gradient.subarray(from, to), target.subarray(from, to)];
    const [size, targetSize] = [norm2(g), norm2(j)];
    return size <= zero || targetSize <= targetZero ? null : dot(g, j) / size / targetSize;
  };
  return {
    gradient,
    cosine: { sample: cosine(0, sampleSlots), decision: cosine(sampleSlots), total: cosine(0) },
    scale: norm2(target) <= targetZero ? null : dot(gradient, target) / dot(target, target),
    balanced,
  };
}
