// The optimum of E[R] − β·KL(π‖ref) over all policies, by soft backward recursion (C7).
import { logSemiring as logs } from '../base/field.ts';
import type { Component } from '../policy/component.ts';
import type { EvaluatedPolicy } from './evaluatedPolicy.ts';

/** The optimal policy log π* [edges], the soft values [edges], and the optimal value V(root) in units of reward. */
export interface SoftOptimum {
  /** The log-probability log π*(a|h) of every edge [edges]. */
  readonly logProb: Float64Array;
  /** The soft value Q(h,a) of every edge [edges]. */
  readonly q: Float64Array;
  readonly value: number;
}

/**
 * Computes the optimum of E[R] − β·KL(π‖ref) over all policies, with a coefficient β for each component:
 * V(h) = β_c·log Σ_a ref(a|h)·exp(Q(h,a)/β_c) and π*(a|h) = ref(a|h)·exp((Q(h,a) − V(h))/β_c).
 * With one β for both components V(root) = β·log Z and π*(τ) ∝ ref(τ)·exp(R(τ)/β).
 * Source: Ziebart, "Modeling purposeful adaptive behavior with the principle of maximum causal entropy", 2010.
 * @param policy the policy whose reference and reward are used; its own logits are not used
 * @param beta the coefficient of each component; Infinity keeps the component at the reference: V(h) = Σ_a ref(a|h)·Q(h,a)
 * @returns log π* of every edge [edges], the soft values and the optimal value
 * @example
 * ```ts
 * import { evaluatedPolicy, softOptimum } from 'gradsplit/attribution';
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * softOptimum(policy, { sample: 0.1, decision: 0.1 }).value; // → 0.946722
 * ```
 */
export function softOptimum(
  { graph, logRef, reward }: Pick<EvaluatedPolicy, 'graph' | 'logRef' | 'reward'>,
  beta: Readonly<Record<Component, number>>,
): SoftOptimum {
  const logProb = new Float64Array(graph.edges);
  const q = new Float64Array(graph.edges);
  let next = new Float64Array(0);
  for (const layer of graph.layers.toReversed()) {
    const b = beta[layer.component];
    const from = layer.edgeStart;
    const ref = logRef.subarray(from, from + layer.source.length);
    const ends = reward.subarray(layer.leafStart, layer.leafStart + layer.terminal.length);
    const ahead = logs.gather(logs.concat([next, ends]), layer.successor);
    if (b === Number.POSITIVE_INFINITY) {
      next = new Float64Array(layer.nodes);
      for (const [e, node] of layer.source.entries()) next[node]! += Math.exp(ref[e]!) * ahead[e]!;
      logProb.set(ref, from);
    } else {
      // Values are taken relative to the best action, so that a constant added to all rewards does not cost digits of π*.
      const best = new Float64Array(layer.nodes).fill(Number.NEGATIVE_INFINITY);
      for (const [e, node] of layer.source.entries()) best[node] = Math.max(best[node]!, ahead[e]!);
      const tilted = ahead.map((value, e) => ref[e]! + (value - best[layer.source[e]!]!) / b);
      const logZ = logs.segmentSum(tilted, layer.source, layer.nodes);
      for (const [e, node] of layer.source.entries()) logProb[from + e] = tilted[e]! - logZ[node]!;
      next = logZ.map((z, node) => best[node]! + b * z);
    }
    q.set(ahead, from);
  }
  return { logProb, q, value: next[0]! };
}
