// Fisher matrices of families with few parameters, and the quadratic form gᵀH⁺g that C6 bounds by the credit budget.
import { rewardBudget, rewardGradient } from '../../attribution/budget.ts';
import { forEachLayer } from '../../attribution/byComponent.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import type { SharedFamily } from '../../attribution/twoCopy.ts';
import { cholesky, choleskySolve, conditionBound } from '../../base/linalg.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { type Comparison, excess, worst } from '../check.ts';
import { sharedFamily } from './sharedFamily.ts';

/**
 * H_c = E Σ_{t∈c} Cov_{π(·|h_t)}[f], the token Fisher of the logits f = features·θ; [parameters²].
 * @param prob, reach [edges] of the policy whose tokens are counted
 */
export function fisher(
  { graph, features, parameters: n }: SharedFamily,
  { prob, reach }: Pick<EvaluatedPolicy, 'prob' | 'reach'>,
  component: Component,
): Float64Array {
  const matrix = new Float64Array(n * n);
  const row = (e: number): number => graph.slot[e]! * n;
  forEachLayer(graph, (c, from, to, arity) => {
    if (c !== component) return;
    for (let start = from; start < to; start += arity) {
      const mean = new Float64Array(n);
      for (let e = start; e < start + arity; e++) {
        for (let i = 0; i < n; i++) mean[i]! += prob[e]! * features[row(e) + i]!;
      }
      for (let e = start; e < start + arity; e++) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            const product = (features[row(e) + i]! - mean[i]!) * (features[row(e) + j]! - mean[j]!);
            matrix[i * n + j]! += reach[e]! * product;
          }
        }
      }
    }
  });
  return matrix;
}

/** featuresᵀ·gradient over the slots of one component: g_c with respect to θ. */
export function projected(
  { graph, features, parameters: n }: SharedFamily,
  gradient: Float64Array,
  component: Component,
): Float64Array {
  const out = new Float64Array(n);
  const [from, to] = component === 'sample' ? [0, graph.sampleSlots] : [graph.sampleSlots, graph.slots];
  for (let slot = from; slot < to; slot++) {
    for (let i = 0; i < n; i++) out[i]! += features[slot * n + i]! * gradient[slot]!;
  }
  return out;
}

/** gᵀH⁻¹g with a bound on the condition of H; undefined where H is singular. */
export function quadraticForm(
  matrix: Float64Array,
  g: Float64Array,
): { readonly value: number; readonly condition: number } | undefined {
  const factor = cholesky(matrix, g.length);
  if (factor === undefined) return undefined;
  const value = choleskySolve(factor, g).reduce((sum, x, i) => sum + x * g[i]!, 0);
  return { value, condition: conditionBound(matrix, factor, g.length) };
}

/**
 * Σ_h g(h)ᵀ H(h)⁺ g(h) of a tabular gradient [slots] on a tree. A history's block is ρ·(diag π − ππᵀ); a constant added to a row
 * of logits changes nothing, so that its last action z can be left out, and (diag π − ππᵀ)⁻¹ = diag(1/π) + 11ᵀ/π_z.
 */
export function tabularQuadraticForm(
  { graph, prob, reach }: EvaluatedPolicy,
  gradient: Float64Array,
  component: Component,
): number {
  let sum = 0;
  forEachLayer(graph, (c, from, to, arity) => {
    if (c !== component) return;
    for (let start = from; start < to; start += arity) {
      const last = start + arity - 1;
      let occupancy = reach[last]!;
      let form = 0;
      let total = 0;
      for (let e = start; e < last; e++) {
        const g = gradient[graph.slot[e]!]!;
        occupancy += reach[e]!;
        form += (g * g) / prob[e]!;
        total += g;
      }
      sum += (form + (total * total) / prob[last]!) / occupancy;
    }
  });
  return sum;
}

/** g_cᵀH_c⁺g_c of a shared family with the Fisher matrix of `tokens`, against V_c. */
export function budgetInequality(
  policy: EvaluatedPolicy,
  tokens: EvaluatedPolicy,
  seed: number,
): { comparison: Comparison; condition: number } {
  const family = sharedFamily(policy, seed);
  const gradient = rewardGradient(policy);
  const { budget } = rewardBudget(policy);
  const found = COMPONENTS.map((c) => {
    const form = quadraticForm(fisher(family, tokens, c), projected(family, gradient, c));
    return { comparison: excess(form?.value ?? Number.NaN, budget[c]), condition: form?.condition ?? 1 };
  });
  return {
    comparison: worst(found.map(({ comparison }) => comparison)),
    condition: Math.max(...found.map(({ condition }) => condition)),
  };
}
