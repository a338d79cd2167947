// Derivatives of KL, of token-level losses and of the reward with respect to RESAMPLE logits, on the padding family (C5b).
import { leafRatios, logRatio } from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { policyInFloat64 } from '../../attribution/over/instance.ts';
import { leafWeights, returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { float64Field as field } from '../../base/field.ts';
import type { KlEstimator } from '../../objectives/kl.ts';
import { RESAMPLE } from '../../policy/component.ts';
import { expandPadding, type PaddingFamily } from '../../policy/padding.ts';
import { digitsInBase } from '../../policy/shape.ts';
import type { LengthMember } from '../shared/lengthFamily.ts';
import { extraAttempts as extraAttemptsOf, klToGo, resampleDerivative } from '../shared/overDecisions.ts';
import { tokenLossGradient } from '../shared/tokenLoss.ts';

/** One number per class of decision histories (equal first tokens). */
export type PerClass = Float64Array;

/** The RESAMPLE entries of a gradient [slots]: rows are classes of decisions on the padding graph. */
export function resampleEntries({ graph }: EvaluatedPolicy, gradient: Float64Array): PerClass {
  const decision = gradient.subarray(graph.sampleSlots);
  return Float64Array.from({ length: decision.length / 2 }, (_, row) => decision[2 * row + RESAMPLE]!);
}

/** ρ π_R π_S [Δ log-ratio + KLtogo(RESAMPLE) − KLtogo(STOP)], by the text that `prove` decides. */
export function closedForm(policy: EvaluatedPolicy): PerClass {
  const over = policyInFloat64(policy);
  return resampleDerivative(over, klToGo(over));
}

/** ρ π_R π_S · E[extra attempts | h, RESAMPLE], by the same text. */
export function extraAttempts({ policy }: LengthMember): PerClass {
  return extraAttemptsOf(policyInFloat64(policy));
}

/** The KL collected by the first tokens and decisions only, and by padding only. */
function klOf({ policy, isPadding }: LengthMember, padding: 0 | 1, scale: number): Float64Array {
  const { graph } = policy;
  const ratio = logRatio(policy, policy.reference);
  const out = new Float64Array(graph.edges);
  for (const { component, edgeStart, source } of graph.layers) {
    const factor = component === 'sample' ? scale : 1;
    for (let e = edgeStart; e < edgeStart + source.length; e++) {
      if (isPadding[e] === padding) out[e] = factor * ratio[e]!;
    }
  }
  return out;
}

/** With sample terms averaged over the L tokens of an attempt: the derivative of the per-segment KL. */
export function perSegment(member: LengthMember, length: number): PerClass {
  const ratio = field.add(klOf(member, 0, 1 / length), klOf(member, 1, 1 / length));
  const { policy, graph } = member;
  // The log-ratios' own derivatives are scores, whose means are 0.
  return resampleEntries(
    policy,
    scoreGradient(policy, returnWeights(policy, new Float64Array(graph.leaves), ratio)),
  );
}

/** ∂/∂(RESAMPLE logit) of a token-summed estimator of KL as a loss, by the engine. */
export function tokenLoss({ policy }: LengthMember, estimator: KlEstimator): PerClass {
  return resampleEntries(policy, tokenLossGradient(policy, estimator));
}

/** Slope dk/dδ of an estimator at δ = log π − log π_ref of one token. */
const tokenSlopes: Readonly<Record<'k2' | 'k3', (delta: number) => number>> = {
  k2: (delta) => delta,
  k3: (delta) => 1 - Math.exp(-delta),
};

/** L times the derivative of the token loss under GRPO's 1/|o|; `lengthOf` gives |o|/L of attempt k, or its limit k. */
export function perLengthLoss(
  member: LengthMember,
  name: 'k2' | 'k3',
  share: (attempts: number, decisions: number) => number,
): PerClass {
  const { policy, graph } = member;
  const leaf = new Float64Array(graph.leaves);
  const attempts = graph.layers.at(-1)!.attempt + 1;
  for (const layer of graph.layers) {
    const k = layer.attempt + 1;
    leaf.fill(share(k, Math.min(k, attempts - 1)), layer.leafStart, layer.leafStart + layer.terminal.length);
  }
  const ratio = logRatio(policy, policy.reference);
  const weight = returnWeights(policy, leaf).map((m, e) => m * tokenSlopes[name](ratio[e]!));
  return resampleEntries(policy, scoreGradient(policy, weight));
}

/** ∂/∂(RESAMPLE logit) of a token-summed estimator of KL as a loss, in closed form. */
export function tokenSlopeLoss({ policy }: LengthMember, name: 'k2' | 'k3'): PerClass {
  const ratio = logRatio(policy, policy.reference);
  const weight = policy.reach.map((reach, e) => reach * tokenSlopes[name](ratio[e]!));
  return resampleEntries(policy, scoreGradient(policy, weight));
}

/** Entries of the full tree's decision histories added up over the histories of a class, those with the same first token. */
export function perClass({ vocabulary }: PaddingFamily, length: number, entries: Float64Array): PerClass {
  const classes = new Float64Array(vocabulary);
  for (const [h, x] of entries.entries()) classes[digitsInBase(h, vocabulary, length)[0]!]! += x;
  return classes;
}

/** The full tree of the member of length L. */
export function fullTree(family: PaddingFamily, length: number): EvaluatedPolicy {
  const { attempts, vocabulary, attemptCost } = family;
  return evaluatedPolicy({
    shape: { attempts, length, vocabulary },
    reward: { kind: 'target', target: new Array<number>(length).fill(0), attemptCost },
    logits: expandPadding(family, family.policy, length),
    reference: expandPadding(family, family.reference, length),
  });
}

/** Sequence-level k2 on the full tree, its RESAMPLE entries added up over the histories of a class. */
export function sequenceK2(family: PaddingFamily, length: number): PerClass {
  const policy = fullTree(family, length);
  const leaf = leafRatios(policy);
  const weight = leafWeights(policy.graph, field.mul(leaf.prob, leaf.logRatio));
  return perClass(family, length, resampleEntries(policy, scoreGradient(policy, weight)));
}

/** max over tokens of |f′(log-ratio)|. */
export function steepest({ policy }: LengthMember, name: 'k2' | 'k3'): number {
  return logRatio(policy, policy.reference).reduce(
    (size, delta) => Math.max(size, Math.abs(tokenSlopes[name](delta))),
    0,
  );
}
