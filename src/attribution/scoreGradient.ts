// Gradients of expectations on a trajectory graph: Σ_τ Σ_t w_t(τ)·∇log π(a_t|h_t) with respect to the logits, from the
// expected weight of each edge.
import { float64Field as field } from '../base/field.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { forEachLayer } from './byComponent.ts';
import type { GraphPolicy } from './evaluatedPolicy.ts';
import { backward } from './recursions.ts';

/**
 * Computes Σ_e w(e)·∇log π(e) with respect to the logits: g(h,a) = w(h,a) − π(a|h)·Σ_a′ w(h,a′), added up over shared slots.
 * @param weight the expected weight w(h,a) = E[w_t; the trajectory passes (h,a)] of each edge [edges]
 * @returns the gradient [slots]
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
 * Computes the weights w(h,a) of edges where every token of a trajectory has the same weight w(τ): the sum of `leaf` over the
 * leaves below (h,a) of a tree.
 * @param leaf the value π(τ)·w(τ) of each leaf [leaves]
 * @returns [edges]
 */
export function leafWeights(graph: TrajectoryGraph, leaf: Float64Array): Float64Array {
  return backward(field, graph, field.ones(graph.edges), leaf).q;
}

/**
 * Computes the weights w(h,a) = ρ(h)·π(a|h)·(expected return-to-go of (h,a)) of the gradient E[Σ_t u_t · return-to-go].
 * @param leaf the reward at the end of each trajectory [leaves]
 * @param reward the reward collected on each edge [edges]; none if left out
 * @returns [edges]
 */
export function returnWeights(policy: GraphPolicy, leaf: Float64Array, reward?: Float64Array): Float64Array {
  const { q } = backward(field, policy.graph, policy.prob, leaf, reward);
  return field.mul(policy.reach, q);
}
