// What C7 measures: optima, their objective and gradient, and how far a policy is from being a tilt of the reference.

import { meanReward } from '../../attribution/budget.ts';
import { expectedEdges, expectedLeaf, reachTensor } from '../../attribution/differentiable.ts';
import { klTerms } from '../../attribution/divergence.ts';
import { EvaluatedPolicy, GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { alongTrajectories } from '../../attribution/recursions.ts';
import { returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { softOptimum } from '../../attribution/softOptimum.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { engineGradient } from '../../attribution/twoCopy.ts';
import { expOf, spread } from '../../attribution/vectors.ts';
import { mul, sub, tensor } from '../../autodiff/index.ts';
import { logSemiring } from '../../base/field.ts';
import type { Component } from '../../policy/component.ts';
import { type Comparison, difference, distance } from '../check.ts';

/** β of each component. */
export type Betas = Readonly<Record<Component, number>>;

/** Strong enough to differ from the reference, weak enough to differ from the greedy policy. */
export const BETA = 0.1;
export const both = (beta: number): Betas => ({ sample: beta, decision: beta });

/** log π* as a table of logits [slots] (the graph's edges onto their slots). */
export function tableOf({ graph }: EvaluatedPolicy, logProb: Float64Array): Float64Array {
  const table = new Float64Array(graph.slots);
  for (const [e, lp] of logProb.entries()) table[graph.slot[e]!] = lp;
  return table;
}

/** ∇(J − Σ_c β_c·KL_c) at a policy, by recursion; [slots]. */
function objectiveGradient(policy: EvaluatedPolicy, beta: Betas): Float64Array {
  const { graph, prob, reward, logProb, logRef } = policy;
  const penalty = new Float64Array(graph.edges);
  for (const { component, edgeStart, source } of graph.layers) {
    const b = beta[component];
    for (let e = edgeStart; e < edgeStart + source.length; e++) {
      penalty[e] = prob[e] === 0 ? 0 : -b * (logProb[e]! - logRef[e]!);
    }
  }
  return scoreGradient(policy, returnWeights(policy, reward, penalty));
}

/** The same for one β by the engine. */
export function engineObjectiveGradient(
  { graph, reward, logRef }: EvaluatedPolicy,
  table: Float64Array,
  beta: number,
): Float64Array {
  return engineGradient(graph, table, (logProb, dg) => {
    const reach = reachTensor(dg, logProb);
    const kl = expectedEdges(reach, sub(logProb, tensor(logRef)));
    return sub(expectedLeaf(dg, reach, tensor(reward)), mul(kl, beta));
  });
}

/** How far the gradient at a policy is from zero: the comparison for checks and controls. */
export function stationary(policy: EvaluatedPolicy, logProb: Float64Array, beta: Betas): Comparison {
  const at = new EvaluatedPolicy({ ...policy.model, logits: tableOf(policy, logProb) });
  const gradient = objectiveGradient(at, beta);
  return distance(gradient, new Float64Array(gradient.length));
}

/** J − Σ_c β_c·KL_c. */
export function objectiveValue(
  { graph, reward, reference }: EvaluatedPolicy,
  logProb: Float64Array,
  beta: Betas,
): number {
  const at = new GraphPolicy(graph, logProb);
  const terms = klTerms(at, reference);
  return meanReward(at, reward) - beta.sample * terms.sample - beta.decision * terms.decision;
}

/** Rounding of soft values, gradients and penalties at the optimum: |R| and β·|log-ratio| ≤ range of R on every level. */
export function optimumRounding(policy: EvaluatedPolicy): Tolerance {
  const { reward, logSize, graph } = policy;
  const range = spread(reward);
  const size = (1 + policy.rewardSize + BETA * logSize + range * graph.layers.length) * (1 + range / BETA);
  return policy.rounding(size, 'E[|R| + β Σ|log-ratio|] · (1 + range/β)');
}

/** log π*(τ) of the recursion against log ref(τ) + R(τ)/β − log Z with Z summed over trajectories. */
export function tilt(policy: EvaluatedPolicy, beta: number): { policy: Comparison; value: Comparison } {
  const { graph, logRef, reward } = policy;
  const { logProb, value } = softOptimum(policy, both(beta));
  const tilted = alongTrajectories(logSemiring, graph, logRef).map((lp, i) => lp + reward[i]! / beta);
  const logZ = logSemiring.segmentSum(tilted, new Int32Array(tilted.length), 1)[0]!;
  const recursion = expOf(alongTrajectories(logSemiring, graph, logProb));
  return {
    policy: distance(recursion, expOf(tilted.map((x) => x - logZ))),
    value: difference(value, beta * logZ),
  };
}

/** log π* with β changed at one node: the one with the largest occupancy under π* × variance of Q. */
export function perturbedNode(policy: EvaluatedPolicy): Float64Array {
  const { graph, logRef } = policy;
  const { logProb, q } = softOptimum(policy, both(BETA));
  const at = new EvaluatedPolicy({ ...policy.model, logits: tableOf(policy, logProb) });
  let best = { score: -1, from: 0, to: 0 };
  for (const { edgeStart, source, arity } of graph.layers) {
    for (let from = edgeStart; from < edgeStart + source.length; from += arity) {
      const to = from + arity;
      let mass = 0;
      let mean = 0;
      let square = 0;
      for (let e = from; e < to; e++) {
        mass += at.reach[e]!;
        mean += at.prob[e]! * q[e]!;
        square += at.prob[e]! * q[e]! ** 2;
      }
      const score = mass * (square - mean * mean);
      if (score > best.score) best = { score, from, to };
    }
  }
  const out = Float64Array.from(logProb);
  for (let e = best.from; e < best.to; e++) out[e] = logRef[e]! + q[e]! / (1.5 * BETA);
  return renormalised(out, best.from, best.to);
}

/** Subtracts log Σ exp over one row. */
function renormalised(logProb: Float64Array, from: number, to: number): Float64Array {
  const row = logProb.subarray(from, to);
  const logZ = logSemiring.segmentSum(row.slice(), new Int32Array(row.length), 1)[0]!;
  for (let e = from; e < to; e++) logProb[e]! -= logZ;
  return logProb;
}

/** Trajectory log-ratios against the best affine function of R: zero for a tilt. */
export function distanceFromTilt(policy: EvaluatedPolicy, logProb: Float64Array): Comparison {
  const { graph, logRef, reward } = policy;
  const ratio = alongTrajectories(
    logSemiring,
    graph,
    logProb.map((lp, e) => lp - logRef[e]!),
  );
  const n = ratio.length;
  const mean = (a: Float64Array): number => a.reduce((sum, x) => sum + x, 0) / n;
  const [meanR, meanRatio] = [mean(reward), mean(ratio)];
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    covariance += (reward[i]! - meanR) * (ratio[i]! - meanRatio);
    variance += (reward[i]! - meanR) ** 2;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  return distance(
    ratio,
    reward.map((r) => meanRatio + slope * (r - meanR)),
  );
}
