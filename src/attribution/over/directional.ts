// Derivatives by dual numbers: a policy whose logits move along a direction, as a policy over the dual numbers of its field.
import { type Dual, dualField } from '../../algebra/dual.ts';
import type { Component } from '../../policy/component.ts';
import type { PolicyOver } from '../policyOver.ts';
import { constant } from './arithmetic.ts';
import { edgeMask, isOf } from './indices.ts';
import { scoresAlong } from './quantities.ts';

/**
 * The policy with logits ℓ + ε·direction. Its probabilities move by π·score, its log-ratios by the score, and its reference and rewards
 * not at all. A component moves one of two copies of the parameters, the one that is read at its positions.
 * @param direction the change of the logit of every edge [edges]
 */
export function directional<A>(
  policy: PolicyOver<A>,
  direction: A,
  component?: Component,
): PolicyOver<Dual<A>> {
  const { field, graph, prob, refProb, logRatio, reward } = policy;
  const moved =
    component === undefined ? direction : field.mul(direction, field.from(edgeMask(graph, isOf(component))));
  const score = scoresAlong(policy, moved);
  const fixed = (value: A, n: number): Dual<A> => ({ value, slope: constant(field, 0, n) });
  return {
    field: dualField(field),
    graph,
    prob: { value: prob, slope: field.mul(prob, score) },
    refProb: fixed(refProb, graph.edges),
    logRatio: { value: logRatio, slope: score },
    reward: fixed(reward, graph.leaves),
  };
}
