// Gradients of expectations on a trajectory graph: Σ_τ Σ_t w_t(τ)·∇log π(a_t|h_t) with respect to the logits, from the
// expected weight of each edge.
import { float64Field as field } from '../base/field.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { forEachLayer } from './byComponent.ts';
import type { GraphPolicy } from './evaluatedPolicy.ts';
import { backward } from './recursions.ts';

/**
 * Σ_e w(e)·∇log π(e) with respect to the logits:  g(h,a) = w(h,a) − π(a|h)·Σ_a′ w(h,a′), added up over shared slots.
 * @param weight [edges] w(h,a) = E[w_t; the trajectory passes (h,a)]
 * @returns [slots]
 */
export function scoreGradient({ graph, prob }: GraphPolicy, weight: Float64Array): Float64Array {
  const gradient = new Float64Array(graph.slots);
  forEachLayer(graph, (_, from, to, arity) => {
    for (let start = from; start < to; start += arity) {
      let total = 0;
      for (let e = start; e < start + arity; e++) total += weight[e]!;
      for (let e = start; e < start + arity; e++) {
        gradient[graph.slot[e]!]! += weight[e]! - prob[e]! * total;
      }
    }
  });
  return gradient;
}

/**
 * w(h,a) = Σ of a leaf value over the leaves below (h,a) of a tree: one weight w(τ) on every token of a trajectory.
 * @param leaf [leaves] π(τ)·w(τ)
 * @returns [edges]
 */
export function leafWeights(graph: TrajectoryGraph, leaf: Float64Array): Float64Array {
  return backward(field, graph, field.ones(graph.edges), leaf).q;
}

/**
 * w(h,a) = ρ(h)·π(a|h)·(reward-to-go of (h,a)): the weights of E[Σ_t u_t · return-to-go].
 * @param leaf [leaves] reward at the end
 * @param reward [edges] collected on the way; none if left out
 * @returns [edges]
 */
export function returnWeights(policy: GraphPolicy, leaf: Float64Array, reward?: Float64Array): Float64Array {
  const { q } = backward(field, policy.graph, policy.prob, leaf, reward);
  return field.mul(policy.reach, q);
}
