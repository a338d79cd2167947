// A seeded family of policies through the given one, with few parameters shared by both roles, and central differences of exact
// values along them with the bounds they are judged by.
import { type EvaluatedPolicy, GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { centralStep, twoCopyDifferences } from '../../attribution/finiteDifference.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import type { SharedFamily } from '../../attribution/twoCopy.ts';
import { randomStream } from '../../base/random.ts';
import type { Component } from '../../policy/component.ts';
import { edgeLogProbs } from '../../policy/model.ts';

/**
 * Parameters shared by both roles. One would hide a wrong direction; the smallest policy has two decision histories, so that
 * more than two would leave its decision Fisher matrix (C6) singular.
 */
const PARAMETERS = 2;

/** logits + features·θ with features uniform in [−½, ½]: along each parameter a logit moves at most by ½. */
export function sharedFamily({ model, graph }: EvaluatedPolicy, seed: number): SharedFamily {
  const random = randomStream(seed, 'features');
  const features = Float64Array.from({ length: graph.slots * PARAMETERS }, () => random.uniform() - 0.5);
  return { graph, table: model.logits, features, parameters: PARAMETERS };
}

/** An exact value of a policy, and how its third derivative along one feature is bounded. */
export interface DifferentiableValue {
  /** The value as a function of the policy. */
  readonly value: (at: GraphPolicy) => number;
  /** A bound on the third derivative. */
  readonly third: number;
  /** Size of what is added up for one value, for its rounding. */
  readonly size: number;
}

/**
 * A bound on |p‴/p| of a trajectory of T tokens along a feature of range 1: with L = log π(τ), |L′| ≤ T, |L″| ≤ T/4, |L‴| ≤ T/10 and
 * p‴ = p·(L′³ + 3L′L″ + L‴).
 */
export function thirdScoreBound({ graph }: EvaluatedPolicy): number {
  const tokens = graph.layers.length;
  return tokens ** 3 + 0.75 * tokens ** 2 + tokens / 10;
}

/** Both components of the gradient of a value by central differences of the two-copy policy, with their tolerance. */
export function differences(
  policy: EvaluatedPolicy,
  family: SharedFamily,
  { value, third, size }: DifferentiableValue,
): { readonly gradient: Record<Component, Float64Array>; readonly tolerance: Tolerance } {
  const { step, error } = centralStep(third, policy.rounding(size, '').value);
  const gradient = twoCopyDifferences(
    family,
    (table) => value(new GraphPolicy(policy.graph, edgeLogProbs(policy.graph, table))),
    step,
  );
  const bound = `central differences: h²/6·|F‴| + rounding/h at h = ${step.toExponential(1)}`;
  return { gradient, tolerance: { value: error, bound } };
}
