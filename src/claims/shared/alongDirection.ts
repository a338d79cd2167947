// What the library has for statements about derivatives along a direction of the logits: gradients of the engine and of recursions, by
// component.
import { expectedEdges, expectedLeaf, reachTensor } from '../../attribution/differentiable.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { engineGradient } from '../../attribution/twoCopy.ts';
import { mul, sub, sum, tensor } from '../../autodiff/index.ts';
import { memoised } from '../../base/memoised.ts';

/** ⟨gradient [slots], direction [edges]⟩ over the logits of each component [2], on a tree. */
export function byComponentAlong(
  { graph }: EvaluatedPolicy,
  gradient: Float64Array,
  direction: Float64Array,
): Float64Array {
  const sums = new Float64Array(2);
  for (const [e, slot] of graph.slot.entries()) {
    sums[slot < graph.sampleSlots ? 0 : 1]! += gradient[slot]! * direction[e]!;
  }
  return sums;
}

/** ∇E[R] by the engine, with respect to the copy of the logits that each component reads [slots]. */
export const engineRewardGradient: (policy: EvaluatedPolicy) => Float64Array = memoised(
  ({ graph, model, reward }) =>
    engineGradient(graph, model.logits, (logProb, dg) =>
      expectedLeaf(dg, reachTensor(dg, logProb), tensor(reward)),
    ),
);

/** The engine's gradient of Σ_e weight(e)·log π(e): one cotangent on the edges of the forward pass [edges] → [slots]. */
export function engineScoreGradient({ graph, model }: EvaluatedPolicy, weight: Float64Array): Float64Array {
  return engineGradient(graph, model.logits, (logProb) => sum(mul(logProb, tensor(weight))));
}

/** ∇KL(π‖π_ref) by the engine [slots]. */
export const engineKlGradient: (policy: EvaluatedPolicy) => Float64Array = memoised(
  ({ graph, model, logRef }) =>
    engineGradient(graph, model.logits, (logProb, dg) =>
      expectedEdges(reachTensor(dg, logProb), sub(logProb, tensor(logRef))),
    ),
);

/** The size of ⟨E[x·Σ_t u_t], direction⟩ for a direction from ½ to 1½, which moves a score by at most 1. */
export function alongSize(
  { graph }: EvaluatedPolicy,
  size: number,
): { readonly size: number; readonly terms: string } {
  return { size: size * graph.layers.length, terms: 'E[|x|·Σ_t |⟨u_t, direction⟩|], ranges of 1' };
}
