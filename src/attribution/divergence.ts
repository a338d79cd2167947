// KL divergences between two policies on one graph: values, chain-rule terms, gradients, and the estimators used in practice.
import { float64Field as field, logSemiring } from '../base/field.ts';
import { memoised } from '../base/memoised.ts';
import { type KlEstimator, klSlope, klValue } from '../objectives/kl.ts';
import { type PerComponent, sumByComponent } from './byComponent.ts';
import type { EvaluatedPolicy, GraphPolicy } from './evaluatedPolicy.ts';
import { alongTrajectories, backward } from './recursions.ts';
import { leafWeights, returnWeights, scoreGradient } from './scoreGradient.ts';
import { expOf } from './vectors.ts';

/** Computes log p − log q of every edge [edges]. It is 0 where p = 0, since such an edge has no weight under p. */
export function logRatio(p: GraphPolicy, q: GraphPolicy): Float64Array {
  return p.logProb.map((lp, e) => (p.prob[e] === 0 ? 0 : lp - q.logProb[e]!));
}

/**
 * Computes KL(p‖q) = E_p Σ_t kl_t by component, in nats: the terms of the chain rule, which add up to the divergence.
 * @example
 * ```ts
 * import { evaluatedPolicy, klTerms } from 'gradsplit/attribution';
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * klTerms(policy, policy.reference); // → { sample: 1.976068, decision: 0.215728 }
 * ```
 */
export function klTerms(p: GraphPolicy, q: GraphPolicy): PerComponent {
  return sumByComponent(p.graph, field.mul(p.reach, logRatio(p, q)));
}

/** Computes the divergence KL(p‖q), in nats. */
export function klDivergence(p: GraphPolicy, q: GraphPolicy): number {
  const { sample, decision } = klTerms(p, q);
  return sample + decision;
}

/** Computes the weights of ∇KL(p‖q): ρ(h)·p(a|h) times the expectation of Σ_{s≥t} log-ratio_s [edges]. */
export function klWeights(p: GraphPolicy, q: GraphPolicy): Float64Array {
  return returnWeights(p, new Float64Array(p.graph.leaves), logRatio(p, q));
}

/** Computes ∇KL(p‖q) = E_p[Σ_t u_t · Σ_{s≥t} log-ratio_s] with respect to the logits of p [slots]. */
export function klGradient(p: GraphPolicy, q: GraphPolicy): Float64Array {
  return scoreGradient(p, klWeights(p, q));
}

/** Computes the weights of ∇KL(q‖p) with respect to p: −ρ_q(h)·q(a|h) [edges]. */
export function forwardKlWeights(q: GraphPolicy): Float64Array {
  return q.reach.map((reach) => -reach);
}

/** Computes ∇KL(q‖p) = −E_q[Σ_t u_t] with respect to the logits of p [slots]. */
export function forwardKlGradient(p: GraphPolicy, q: GraphPolicy): Float64Array {
  return scoreGradient(p, forwardKlWeights(q));
}

/**
 * The probabilities π(τ) and ref(τ), which may underflow to 0, their logarithms, which do not, and r(τ) = log π(τ) − log ref(τ), of
 * every leaf of a tree; each is [leaves].
 */
export interface LeafRatios {
  readonly prob: Float64Array;
  readonly refProb: Float64Array;
  readonly logProb: Float64Array;
  readonly logRefProb: Float64Array;
  readonly logRatio: Float64Array;
}

/** Computes the ratios of every leaf [leaves] of a policy on a *tree*, once for each policy. */
export const leafRatios: (policy: EvaluatedPolicy) => LeafRatios = memoised(({ graph, logProb, logRef }) => {
  const logP = alongTrajectories(logSemiring, graph, logProb);
  const logQ = alongTrajectories(logSemiring, graph, logRef);
  return {
    prob: expOf(logP),
    refProb: expOf(logQ),
    logProb: logP,
    logRefProb: logQ,
    logRatio: logP.map((lp, i) => lp - logQ[i]!),
  };
});

/** The expected value of an estimator under π, and its expected gradient [slots] as a loss whose samples are held fixed. */
export interface EstimatorMoments {
  readonly value: number;
  readonly lossGradient: Float64Array;
}

/** Multiplies a probability p by x, with 0·(±∞) = 0. */
function weighted(p: number, x: number): number {
  return p === 0 ? 0 : p * x;
}

/**
 * Computes π(τ)·k(r) of a trajectory with π(τ) = p, ref(τ) = q and r = log p − log q. The estimator k is that of
 * objectives/kl.ts; in k3 the product π·e^{−r} is written as ref.
 * Source: Schulman, "Approximating KL divergence", 2020 (joschu.net).
 */
export function weightedKl(estimator: KlEstimator, p: number, q: number, r: number): number {
  return estimator === 'k3' ? q - p + weighted(p, r) : weighted(p, klValue(estimator, r));
}

/** Computes π(τ)·dk/dlog π of a trajectory with π(τ) = p, ref(τ) = q and r = log p − log q. */
export function weightedKlSlope(estimator: KlEstimator, p: number, q: number, r: number): number {
  return estimator === 'k3' ? p - q : weighted(p, klSlope(estimator, r));
}

/** Computes π(τ)·k(τ) of every leaf [leaves] of a *tree*. */
export function leafEstimates(policy: EvaluatedPolicy, estimator: KlEstimator): Float64Array {
  const { prob, refProb, logRatio: ratio } = leafRatios(policy);
  return prob.map((p, i) => weightedKl(estimator, p, refProb[i]!, ratio[i]!));
}

/** Computes the weights [edges] of an estimator as a loss whose samples are held fixed, on a *tree*. */
export function estimatorWeights(policy: EvaluatedPolicy, estimator: KlEstimator): Float64Array {
  const { prob, refProb, logRatio: ratio } = leafRatios(policy);
  return leafWeights(
    policy.graph,
    prob.map((p, i) => weightedKlSlope(estimator, p, refProb[i]!, ratio[i]!)),
  );
}

/** Computes the moments of an estimator of KL(π‖ref) as sums over the leaves of a *tree*; the gradient is [slots]. */
export function estimatorMoments(policy: EvaluatedPolicy, estimator: KlEstimator): EstimatorMoments {
  const { graph } = policy;
  return {
    value: backward(field, graph, field.ones(graph.edges), leafEstimates(policy, estimator)).v[0]!,
    lossGradient: scoreGradient(policy, estimatorWeights(policy, estimator)),
  };
}
