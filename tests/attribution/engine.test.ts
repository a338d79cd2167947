// The route through the autodiff engine: expectations in ops against the tree program, and gradients and Hessians of both copies.
import { beforeAll, describe, expect, test } from 'vitest';
import { meanReward, rewardBudget, rewardGradient } from '../../src/attribution/budget.ts';
import {
  differentiable,
  edgeLogProbTensor,
  expectedEdges,
  expectedLeaf,
  reachTensor,
} from '../../src/attribution/differentiable.ts';
import { klGradient, klTerms } from '../../src/attribution/divergence.ts';
import { EvaluatedPolicy, GraphPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { centralStep, twoCopyDifferences } from '../../src/attribution/finiteDifference.ts';
import { returnWeights } from '../../src/attribution/scoreGradient.ts';
import {
  type EdgeFunctional,
  engineGradient,
  hostValues,
  labelledGradient,
  type SharedFamily,
  sharedGradient,
  sharedHessian,
  sharedHessianCheck,
} from '../../src/attribution/twoCopy.ts';
import { hvpReverse, mul, scope, sub, sum, tensor } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import type { Component } from '../../src/policy/component.ts';
import type { TrajectoryGraph } from '../../src/policy/graph.ts';
import { edgeLogProbs, type Model, tabularModel } from '../../src/policy/model.ts';
import { paddingFamily, paddingMember } from '../../src/policy/padding.ts';
import { arrays } from '../oracle/bruteForce.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { nthPolicy } from '../oracle/policies.ts';
import { quantitiesOf } from '../oracle/quantities.ts';

beforeAll(chooseKernels);

function paddingModel(): Model {
  const family = paddingFamily(3, 2, 4);
  const { graph, reward, table } = paddingMember(family, 3, 'tied');
  return { graph, reward, logits: table(family.policy), reference: table(family.reference) };
}

const MODELS: [string, () => Model][] = [
  ...[3, 8, 12, 16].map((i): [string, () => Model] => [`policy ${i}`, () => tabularModel(nthPolicy(i, 100))]),
  ['padding, L = 3', paddingModel],
];
/** Sums over 100 trajectories of 11 tokens and log-ratios below 40. */
const TOLERANCE = 100 * 11 * 40 * Number.EPSILON;

function gap(a: Float64Array, b: Float64Array): number {
  return a.length === b.length
    ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)
    : Number.POSITIVE_INFINITY;
}

const familyOf = ({ graph, logits }: Model, parameters: number): SharedFamily => {
  const random = randomStream(3, 'tests/family');
  const features = Float64Array.from({ length: graph.slots * parameters }, () => random.uniform() - 0.5);
  return { graph, table: logits, features, parameters };
};

/** featuresᵀ·g over the slots of one component or of both. */
function project(
  { graph, features, parameters }: SharedFamily,
  g: Float64Array,
  component?: Component,
): Float64Array {
  const out = new Float64Array(parameters);
  g.forEach((x, slot) => {
    const own: Component = slot < graph.sampleSlots ? 'sample' : 'decision';
    if (component !== undefined && component !== own) return;
    for (let i = 0; i < parameters; i++) out[i]! += x * features[slot * parameters + i]!;
  });
  return out;
}

const labelsOf = (graph: TrajectoryGraph): Component[] =>
  graph.layers.flatMap(({ component, source }) => new Array<Component>(source.length).fill(component));

describe.each(MODELS)('%s', (_, make) => {
  const model = make();
  const policy = new EvaluatedPolicy(model);
  const { graph, logits, reward } = model;
  const { logProb, logRef, reference } = policy;
  const family = familyOf(model, 2);
  const ofReward = rewardGradient(policy);
  const ofKl = klGradient(policy, reference);

  test('expectations in ops are those of the program', () => {
    scope(() => {
      const dg = differentiable(graph);
      const parts = [logits.subarray(0, graph.sampleSlots), logits.subarray(graph.sampleSlots)];
      const lp = edgeLogProbTensor(dg, tensor(parts[0]!), tensor(parts[1]!));
      const reach = reachTensor(dg, lp);
      expect(gap(hostValues(lp), logProb)).toBeLessThanOrEqual(TOLERANCE);
      expect(gap(hostValues(reach), policy.reach)).toBeLessThanOrEqual(TOLERANCE);
      const mean = expectedLeaf(dg, reach, tensor(reward)).item();
      expect(Math.abs(mean - rewardBudget(policy).mean)).toBeLessThanOrEqual(TOLERANCE);
      const kl = expectedEdges(reach, sub(lp, tensor(logRef))).item();
      const { sample, decision } = klTerms(policy, reference);
      expect(Math.abs(kl - sample - decision)).toBeLessThanOrEqual(TOLERANCE);
    });
  });

  test('gradients of J and KL are those of the program', () => {
    const engineReward = engineGradient(graph, logits, (lp, dg) =>
      expectedLeaf(dg, reachTensor(dg, lp), tensor(reward)),
    );
    const engineKl = engineGradient(graph, logits, (lp, dg) =>
      expectedEdges(reachTensor(dg, lp), sub(lp, tensor(logRef))),
    );
    expect(gap(engineReward, ofReward)).toBeLessThanOrEqual(TOLERANCE);
    expect(gap(engineKl, ofKl)).toBeLessThanOrEqual(TOLERANCE);
    expect(gap(engineKl, ofReward)).toBeGreaterThan(1e-3);
  });

  test('shared parameters: labels divide the gradient by component, and add up to it', () => {
    const weight = returnWeights(policy, reward);
    const labels = labelsOf(graph);
    const split = labelledGradient(family, weight, labels);
    for (const component of ['sample', 'decision'] as const) {
      expect(gap(split[component], project(family, ofReward, component))).toBeLessThanOrEqual(TOLERANCE);
    }
    const plain = sharedGradient(family, (lp, dg) => expectedLeaf(dg, reachTensor(dg, lp), tensor(reward)));
    expect(
      gap(
        split.sample.map((x, i) => x + split.decision[i]!),
        plain,
      ),
    ).toBeLessThanOrEqual(TOLERANCE);
    // Any labels add up; only the right ones are the components.
    const wrong = labelledGradient(
      family,
      weight,
      labels.map((_, e) => (e % 2 === 0 ? 'sample' : 'decision')),
    );
    expect(
      gap(
        wrong.sample.map((x, i) => x + wrong.decision[i]!),
        plain,
      ),
    ).toBeLessThanOrEqual(TOLERANCE);
    expect(gap(wrong.sample, split.sample)).toBeGreaterThan(1e-6);
  });

  test('shared parameters against differences of the two-copy policy', () => {
    const value = (table: Float64Array): number =>
      meanReward(new GraphPolicy(graph, edgeLogProbs(graph, table)), reward);
    // |J‴| ≤ max|R|·(T³ + ¾T² + T/10) for features of range 1, see src/claims/shared/sharedFamily.ts.
    const T = graph.layers.length;
    const size = reward.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
    const { step, error } = centralStep(
      size * (T ** 3 + 0.75 * T ** 2 + T / 10),
      size * 40 * T * Number.EPSILON,
    );
    const differences = twoCopyDifferences(family, value, step);
    for (const component of ['sample', 'decision'] as const) {
      expect(gap(differences[component], project(family, ofReward, component))).toBeLessThanOrEqual(error);
    }
    expect(error).toBeLessThan(1e-6);
  });

  test('Hessians: both orders agree, are symmetric, and are the differences of gradients', () => {
    const functional: EdgeFunctional = (lp, dg) =>
      expectedEdges(reachTensor(dg, lp), sub(lp, tensor(logRef)));
    const forward = sharedHessian(family, functional);
    const [a, b, c] = forward as unknown as [number, number, number];
    expect(gap(forward, sharedHessian(family, functional, hvpReverse))).toBeLessThanOrEqual(10 * TOLERANCE);
    expect(Math.abs(b - c)).toBeLessThanOrEqual(10 * TOLERANCE);
    const { maxError, tolerance } = sharedHessianCheck(family, functional);
    expect(maxError).toBeLessThanOrEqual(tolerance);
    // KL = Σ p·r with L = log π(τ) of T tokens and features of range 1: |L′| ≤ T, |L″| ≤ T/4, |L‴| ≤ T/10, |L⁗| ≤ T/8, and the
    // derivatives of p are p times polynomials in these.
    const T = graph.layers.length;
    const ratio = logProb.reduce((most, lp, e) => Math.max(most, Math.abs(lp - logRef[e]!)), 0) * T;
    const fourth =
      (T ** 4 + 1.5 * T ** 3 + 0.6 * T ** 2 + T / 8) * ratio + 5 * (T ** 4 + T ** 3 + T ** 2) + T;
    const { step: h, error } = centralStep(fourth, TOLERANCE);
    const at = (theta: number): Float64Array => {
      const table = logits.map((x, slot) => x + theta * family.features[2 * slot]!);
      return project(family, klGradient(new GraphPolicy(graph, edgeLogProbs(graph, table)), reference));
    };
    const [up, down] = [at(h), at(-h)];
    expect(Math.abs((up[0]! - down[0]!) / (2 * h) - a)).toBeLessThanOrEqual(error);
    expect(Math.abs((up[1]! - down[1]!) / (2 * h) - b)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(Math.abs(a) / 10);
  });
});

test('the engine against listed trajectories', () => {
  for (const i of [3, 8, 12]) {
    const policy = nthPolicy(i, 100);
    const { graph, logits, reward } = tabularModel(policy);
    const { sample, decision } = arrays(quantitiesOf(policy, 1).rewardGradient);
    const found = engineGradient(graph, logits, (lp, dg) =>
      expectedLeaf(dg, reachTensor(dg, lp), tensor(reward)),
    );
    expect(gap(found, Float64Array.from([...sample, ...decision]))).toBeLessThanOrEqual(TOLERANCE);
  }
});

test('logits of ±700 have gradients in the engine too', () => {
  const model = tabularModel(nthPolicy(12, 100));
  const { graph, reward } = model;
  const extreme = model.logits.map((x) => (x > 0 ? 700 : -700));
  const recursion = rewardGradient(new EvaluatedPolicy({ ...model, logits: extreme }));
  const engine = engineGradient(graph, extreme, (lp, dg) =>
    expectedLeaf(dg, reachTensor(dg, lp), tensor(reward)),
  );
  expect(gap(engine, recursion)).toBeLessThanOrEqual(TOLERANCE * 700);
  expect(engine.every(Number.isFinite)).toBe(true);
});

test('a measure that is zero on a component has no gradient there, exactly', () => {
  const { graph, logits } = tabularModel(nthPolicy(12, 100));
  const measure = tensor(
    Float64Array.from(graph.slot, (slot) => (slot < graph.sampleSlots ? 1 + (slot % 3) : 0)),
  );
  const gradient = engineGradient(graph, logits, (lp) => sum(mul(lp, measure)));
  expect(gradient.subarray(graph.sampleSlots).every((x) => x === 0)).toBe(true);
  expect(gradient.subarray(0, graph.sampleSlots).some((x) => x !== 0)).toBe(true);
  measure.dispose();
});
