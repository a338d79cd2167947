// KL divergences between two policies on one graph: values, chain-rule terms, gradients, and the estimators of practice.
import { float64Field as field, logSemiring } from '../base/field.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { alongTrajectories, backward, occupancy } from '../policy/program.ts';
import {
  expOf,
  leafMeasure,
  type PerComponent,
  returnMeasure,
  scoreGradient,
  sumByComponent,
} from './measure.ts';

/** [edges] the log-ratio log p − log q of every edge, 0 where p = 0 (such an edge has no weight under p). */
export function logRatio(logP: Float64Array, logQ: Float64Array): Float64Array {
  return logP.map((lp, e) => (Math.exp(lp) === 0 ? 0 : lp - logQ[e]!));
}

/**
 * KL(p‖q) = E_p Σ_t kl_t: the value and its chain-rule terms by component.
 * @param logP, logQ [edges]
 */
export function klTerms(graph: TrajectoryGraph, logP: Float64Array, logQ: Float64Array): PerComponent {
  const { edge } = occupancy(field, graph, expOf(logP));
  return sumByComponent(graph, field.mul(edge, logRatio(logP, logQ)));
}

/** ∇KL(π‖ref) = E_π[Σ_t u_t · Σ_{s≥t} log-ratio_s] with respect to the logits of π; [slots]. */
export function klGradient(
  graph: TrajectoryGraph,
  logProb: Float64Array,
  logRef: Float64Array,
): Float64Array {
  const prob = expOf(logProb);
  const zero = new Float64Array(graph.leaves);
  return scoreGradient(graph, prob, returnMeasure(graph, prob, zero, logRatio(logProb, logRef)));
}

/** ∇KL(ref‖π) = −E_ref[Σ_t u_t] with respect to the logits of π; [slots]. */
export function forwardKlGradient(
  graph: TrajectoryGraph,
  logProb: Float64Array,
  logRef: Float64Array,
): Float64Array {
  const { edge } = occupancy(field, graph, expOf(logRef));
  return scoreGradient(
    graph,
    expOf(logProb),
    edge.map((reach) => -reach),
  );
}

/** π(τ), ref(τ) and r(τ) = log π(τ) − log ref(τ) of every leaf of a tree; all [leaves]. */
export interface LeafRatios {
  readonly prob: Float64Array;
  readonly refProb: Float64Array;
  readonly logRatio: Float64Array;
}

/**
 * Of every leaf of a *tree*.
 * @param logProb, logRef [edges]
 */
export function leafRatios(graph: TrajectoryGraph, logProb: Float64Array, logRef: Float64Array): LeafRatios {
  const logP = alongTrajectories(logSemiring, graph, logProb);
  const logQ = alongTrajectories(logSemiring, graph, logRef);
  return { prob: expOf(logP), refProb: expOf(logQ), logRatio: logP.map((lp, i) => lp - logQ[i]!) };
}

/** The sequence-level estimators of KL(π‖ref). */
export type KlEstimator = 'k1' | 'k2' | 'k3';

/** Expected value under π, and expected gradient of the estimator as a loss (samples held fixed), [slots]. */
export interface EstimatorMoments {
  readonly value: number;
  readonly lossGradient: Float64Array;
}

/** p·x with 0·(±∞) = 0. */
function weighted(p: number, x: number): number {
  return p === 0 ? 0 : p * x;
}

/** π(τ)·k(τ): k1 = r, k2 = r²/2, k3 = e^{−r} − 1 + r, where π·e^{−r} is written as ref. */
export const estimatorMass: Readonly<Record<KlEstimator, (p: number, q: number, r: number) => number>> = {
  k1: (p, _, r) => weighted(p, r),
  k2: (p, _, r) => weighted(p, (r * r) / 2),
  k3: (p, q, r) => q - p + weighted(p, r),
};

/** π(τ)·dk/dlog π: k1 → 1, k2 → r, k3 → 1 − e^{−r}. */
export const estimatorSlopeMass: Readonly<Record<KlEstimator, (p: number, q: number, r: number) => number>> =
  {
    k1: (p) => p,
    k2: (p, _, r) => weighted(p, r),
    k3: (p, q) => p - q,
  };

/**
 * Moments of an estimator, summed over the leaves of a *tree*.
 * @param prob [edges] π(a|h)
 */
export function estimatorMoments(
  graph: TrajectoryGraph,
  prob: Float64Array,
  leaf: LeafRatios,
  estimator: KlEstimator,
): EstimatorMoments {
  const over = (f: (p: number, q: number, r: number) => number): Float64Array =>
    leaf.prob.map((p, i) => f(p, leaf.refProb[i]!, leaf.logRatio[i]!));
  const mass = over(estimatorMass[estimator]);
  const slopes = leafMeasure(graph, over(estimatorSlopeMass[estimator]));
  return {
    value: backward(field, graph, field.ones(graph.edges), mass).v[0]!,
    lossGradient: scoreGradient(graph, prob, slopes),
  };
}
