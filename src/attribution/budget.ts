// The reward of a policy: its mean and gradient, and the credit budget, how its variance divides between sample and decision
// tokens (C3).
import { float64Field as field } from '../base/field.ts';
import { type PerComponent, sumByComponent } from './byComponent.ts';
import type { EvaluatedPolicy, GraphPolicy } from './evaluatedPolicy.ts';
import { backward, type Values } from './recursions.ts';
import { returnWeights, scoreGradient } from './scoreGradient.ts';

/** The mean of the reward, its variance, and the two parts of the variance: Var(R) = V_sample + V_decision. */
export interface RewardBudget {
  readonly mean: number;
  /** Var(R) = E[(R − E R)²], which is computed without the split. */
  readonly variance: number;
  /** The part of each component, V_c = E Σ_{t∈c} A_t². */
  readonly budget: PerComponent;
}

/** Computes V(h) [nodes] and Q(h,a) [edges] of a reward [leaves] under a policy. */
function valuesOf({ graph, prob }: GraphPolicy, reward: Float64Array): Values<Float64Array> {
  return backward(field, graph, prob, reward);
}

/** Computes the mean E[R] of a reward [leaves] under a policy. */
export function meanReward(policy: GraphPolicy, reward: Float64Array): number {
  return valuesOf(policy, reward).v[0]!;
}

/** Computes the advantage A(h,a) = Q(h,a) − V(h) of every edge [edges] for a reward [leaves]. */
export function advantages(policy: GraphPolicy, reward: Float64Array): Float64Array {
  return advantagesOf(policy, valuesOf(policy, reward));
}

function advantagesOf({ graph }: GraphPolicy, { v, q }: Values<Float64Array>): Float64Array {
  const out = new Float64Array(graph.edges);
  for (const { nodeStart, edgeStart, source } of graph.layers) {
    for (let e = 0; e < source.length; e++)
      out[edgeStart + e] = q[edgeStart + e]! - v[nodeStart + source[e]!]!;
  }
  return out;
}

/**
 * Computes the credit budget of a policy: E[R], Var(R), and the parts V_sample and V_decision that add up to Var(R).
 * @example
 * ```ts
 * import { evaluatedPolicy, rewardBudget } from 'gradsplit/attribution';
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * rewardBudget(policy).mean; // → 0.381365
 * ```
 */
export function rewardBudget(policy: EvaluatedPolicy): RewardBudget {
  const { graph, reward, reach } = policy;
  const values = valuesOf(policy, reward);
  const mean = values.v[0]!;
  const advantage = advantagesOf(policy, values);
  return {
    mean,
    variance: meanReward(
      policy,
      reward.map((r) => (r - mean) ** 2),
    ),
    budget: sumByComponent(
      graph,
      reach.map((p, e) => p * advantage[e]! ** 2),
    ),
  };
}

/** Computes the gradient ∇E[R] with respect to the logits of the policy [slots]. */
export function rewardGradient(policy: EvaluatedPolicy): Float64Array {
  return scoreGradient(policy, returnWeights(policy, policy.reward));
}

/** Computes the expected number of attempts: 1 plus the probabilities of every RESAMPLE. */
export function expectedAttempts({ graph, occupancy }: GraphPolicy): number {
  let attempts = 0;
  let last = -1;
  for (const layer of graph.layers) {
    if (layer.component === 'sample' && layer.attempt !== last) {
      last = layer.attempt;
      for (let n = layer.nodeStart; n < layer.nodeStart + layer.nodes; n++) attempts += occupancy[n]!;
    }
  }
  return attempts;
}
