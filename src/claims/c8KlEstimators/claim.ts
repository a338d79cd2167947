// C8: KL estimators as used in practice: what k1, k2 and k3 estimate, and what they differentiate to.

import {
  estimatorMoments,
  forwardKlGradient,
  klDivergence,
  klGradient,
  klWeights,
  leafEstimates,
  leafRatios,
  logRatio,
} from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { backward } from '../../attribution/recursions.ts';
import { leafWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { float64Field as field } from '../../base/field.ts';
import type { KlEstimator, KlPlacement } from '../../objectives/kl.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { type Comparison, check, control, difference, distance, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import { withStated } from '../shared/asStated.ts';
import { ROUTES } from '../shared/asTrained.ts';
import { projected } from '../shared/fisher.ts';
import { againstStatement } from '../shared/inFloat64.ts';
import { againstPenalty, asBatch, type Penalty, penaltyRounding } from '../shared/klAsTrained.ts';
import { differences, sharedFamily } from '../shared/sharedFamily.ts';
import { tokenLossGradient } from '../shared/tokenLoss.ts';
import type { Statement } from '../statement.ts';
import { onTransformer } from '../transformer/onTransformer.ts';
import { engineForwardGradient, engineSequenceK3, forwardValue } from './byEngine.ts';
import { estimatorsOnTransformer } from './onTransformer.ts';
import { c8Statements, estimates } from './statements.ts';

/** Every quantity of the claim on one policy: values are numbers, gradients [slots]. */
interface Estimates {
  readonly kl: number;
  readonly forwardKl: number;
  readonly value: Readonly<Record<'k1' | 'k2' | 'k3' | 'tokenK3', number>>;
  readonly reverseGradient: Float64Array;
  readonly forwardGradient: Float64Array;
  readonly loss: Readonly<Record<'k1' | 'k2' | 'k3' | 'tokenK1' | 'tokenK2' | 'tokenK3', Float64Array>>;
  readonly reward: Readonly<Record<'k1' | 'k1ToGo' | 'k3', Float64Array>>;
  /** −E_π Σ_t ref(·|h_t)-score: the forward KL under π's occupancy. */
  readonly forwardUnderPolicy: Float64Array;
  /** Reward-to-go of token-level k3 plus the token-level loss. */
  readonly tokenK3Total: Float64Array;
}

/** π(a|h)-weighted token k3: e^{−δ} − 1 + δ, where π·e^{−δ} is written as ref. */
function weightedTokenK3({ prob, reference }: EvaluatedPolicy, ratio: Float64Array): Float64Array {
  return prob.map((p, e) => reference.prob[e]! - p + p * ratio[e]!);
}

/** [edges] ρ(h)·weighted(h,a) of a value that is already weighted by π(a|h), or by another policy's probability. */
function underOccupancy({ graph, occupancy }: EvaluatedPolicy, weighted: Float64Array): Float64Array {
  const out = new Float64Array(graph.edges);
  for (const { nodeStart, edgeStart, source } of graph.layers) {
    for (const [e, n] of source.entries())
      out[edgeStart + e] = occupancy[nodeStart + n]! * weighted[edgeStart + e]!;
  }
  return out;
}

/**
 * ρ(h)·π(a|h)·(estimate_e + to-go of the next node) [edges]: the weights of a reward that pays token estimates and is seen from
 * each token on. `weighted` [edges] = π(a|h)·estimate(h,a).
 */
function toGoWeights(policy: EvaluatedPolicy, weighted: Float64Array): Float64Array {
  const { graph, prob } = policy;
  const perNode = nodeSums(policy, weighted);
  const { q } = backward(field, graph, prob, new Float64Array(graph.leaves), perNode);
  const later = q.map((value, e) => value - perNode[e]!);
  return field.add(underOccupancy(policy, weighted), field.mul(policy.reach, later));
}

/** [edges] Σ_a weighted(h,a) of the edge's node: the expected estimate at h, given to each of its actions. */
function nodeSums({ graph }: EvaluatedPolicy, weighted: Float64Array): Float64Array {
  const out = new Float64Array(graph.edges);
  for (const { edgeStart, source, nodes } of graph.layers) {
    const sums = field.segmentSum(weighted.subarray(edgeStart, edgeStart + source.length), source, nodes);
    out.set(field.gather(sums, source), edgeStart);
  }
  return out;
}

function estimatesOf(policy: EvaluatedPolicy): Estimates {
  const { graph, reference } = policy;
  const [k1, k2, k3] = (['k1', 'k2', 'k3'] as const).map((name) => estimatorMoments(policy, name));
  const ratio = logRatio(policy, reference);
  const tokenEstimates = weightedTokenK3(policy, ratio);
  const score = (weight: Float64Array): Float64Array => scoreGradient(policy, weight);
  const inReward = (name: 'k1' | 'k3'): Float64Array =>
    score(leafWeights(graph, leafEstimates(policy, name)));
  const tokenK3 = tokenLossGradient(policy, 'k3');
  return {
    kl: klDivergence(policy, reference),
    forwardKl: klDivergence(reference, policy),
    value: {
      k1: k1!.value,
      k2: k2!.value,
      k3: k3!.value,
      tokenK3: underOccupancy(policy, tokenEstimates).reduce((a, b) => a + b, 0),
    },
    reverseGradient: klGradient(policy, reference),
    forwardGradient: forwardKlGradient(policy, reference),
    loss: {
      k1: k1!.lossGradient,
      k2: k2!.lossGradient,
      k3: k3!.lossGradient,
      tokenK1: score(policy.reach),
      tokenK2: tokenLossGradient(policy, 'k2'),
      tokenK3,
    },
    reward: {
      k1: inReward('k1'),
      k1ToGo: score(klWeights(policy, reference)),
      k3: inReward('k3'),
    },
    forwardUnderPolicy: score(
      underOccupancy(
        policy,
        reference.prob.map((q) => -q),
      ),
    ),
    tokenK3Total: field.add(score(toGoWeights(policy, tokenEstimates)), tokenK3),
  };
}

/** Log-ratios are added up over trajectories; ratios themselves are bounded by the masses they are written as. */
function estimateRounding(policy: EvaluatedPolicy): Tolerance {
  return policy.rounding(2 + policy.logSize ** 2, '2 + (E Σ|log-ratio|)²');
}

function estimatorChecks(policy: EvaluatedPolicy, seed: number): Check[] {
  const tolerance = estimateRounding(policy);
  const at = estimatesOf(policy);
  const none = new Float64Array(at.reverseGradient.length);
  const shared = sharedFamily(policy, seed);
  const forward = differences(policy, shared, forwardValue(policy));
  const { prob, refProb } = leafRatios(policy);
  const k3Weights = prob.map((p, i) => p - refProb[i]!);
  const equal = (name: string, measured: Float64Array, expected: Float64Array): Check =>
    check(name, distance(measured, expected), tolerance);
  // What the library computes against the text that `prove` decides for all policies, and the other way round.
  const stated = (
    name: string,
    statement: Statement,
    measured: number | Float64Array,
    expected: number | Float64Array,
  ): Check => check(name, againstStatement(statement, policy, measured, expected), tolerance);
  return [
    stated('value of k1: unbiased for KL(π‖ref)', estimates.k1Value, at.value.k1, at.kl),
    stated('value of k3: unbiased for KL(π‖ref)', estimates.k3Value, at.value.k3, at.kl),
    stated(
      'value of token-level k3: unbiased for KL(π‖ref)',
      estimates.tokenK3Value,
      at.value.tokenK3,
      at.kl,
    ),
    stated('k1 as a loss: zero', estimates.k1Loss, at.loss.k1, none),
    stated('token-level k1 as a loss: zero', estimates.tokenK1Loss, at.loss.tokenK1, none),
    stated('k2 as a loss: ∇KL(π‖ref)', estimates.k2Loss, at.loss.k2, at.reverseGradient),
    stated('k3 as a loss: ∇KL(ref‖π)', estimates.k3Loss, at.loss.k3, at.forwardGradient),
    equal('k3 as a loss: engine against tree program', engineSequenceK3(policy, k3Weights), at.loss.k3),
    equal('∇KL(ref‖π): engine against tree program', engineForwardGradient(policy), at.forwardGradient),
    check(
      'k3 as a loss, shared parameters, per component: against differences of KL(ref‖π) of the two-copy policy',
      worst(COMPONENTS.map((c) => distance(projected(shared, at.loss.k3, c), forward.gradient[c]))),
      forward.tolerance,
    ),
    stated(
      'token-level k3 as a loss: forward KL under π’s occupancy',
      estimates.tokenK3Loss,
      at.loss.tokenK3,
      at.forwardUnderPolicy,
    ),
    stated('k1 in the reward: ∇KL(π‖ref)', estimates.k1Reward, at.reward.k1, at.reverseGradient),
    equal('k1 in the reward, to go: ∇KL(π‖ref)', at.reward.k1ToGo, at.reverseGradient),
    stated(
      'k3 in the reward: ∇KL(π‖ref) − ∇KL(ref‖π)',
      estimates.k3Reward,
      at.reward.k3,
      field.sub(at.reverseGradient, at.forwardGradient),
    ),
    stated(
      'token-level k3, reward-to-go plus loss: ∇KL(π‖ref)',
      estimates.tokenK3Total,
      at.tokenK3Total,
      at.reverseGradient,
    ),
  ];
}

/** [edges] π(a|h)·k(δ) of every token. */
function weightedToken(policy: EvaluatedPolicy, estimator: KlEstimator): Float64Array {
  const { prob } = policy;
  const ratio = logRatio(policy, policy.reference);
  if (estimator === 'k3') return weightedTokenK3(policy, ratio);
  return prob.map((p, e) => p * (estimator === 'k1' ? ratio[e]! : ratio[e]! ** 2 / 2));
}

/** [edges] ρ(h)·π(a|h)·dk/dδ of every token. */
function tokenSlopes(policy: EvaluatedPolicy, estimator: KlEstimator): Float64Array {
  const { prob, reach, reference } = policy;
  const ratio = logRatio(policy, reference);
  if (estimator === 'k1') return reach;
  if (estimator === 'k2') return field.mul(reach, ratio);
  return underOccupancy(
    policy,
    prob.map((p, e) => p - reference.prob[e]!),
  );
}

/** What a penalty adds to the gradient, in closed form: by its slope as a loss, to go in the reward. */
function penaltyGradient(
  policy: EvaluatedPolicy,
  estimator: KlEstimator,
  placement: KlPlacement,
): Float64Array {
  const weight =
    placement === 'loss'
      ? tokenSlopes(policy, estimator)
      : toGoWeights(policy, weightedToken(policy, estimator));
  return scoreGradient(policy, weight);
}

/** Every penalty as a training step takes it from the objectives: by their weights and by the engine's gradient of their loss. */
function trainedChecks(subject: ClaimSubject): Check[] {
  const { policy, suffix } = asBatch(subject);
  return PENALTIES.flatMap((penalty) =>
    ROUTES.map((route) => {
      const { klEstimator, klPlacement } = penalty;
      const gradient = penaltyGradient(policy, klEstimator, klPlacement);
      return check(
        `REINFORCE with ${klEstimator} in the ${klPlacement}, by its ${route}${suffix}`,
        againstPenalty(policy, penalty, route, gradient),
        penaltyRounding(policy),
      );
    }),
  );
}

/** The same comparison with every penalty said to be another. */
function trainedControls(subject: ClaimSubject): Control[] {
  const { policy } = asBatch({ ...subject, policy: subject.companion });
  return PENALTIES.flatMap((penalty, i) =>
    ROUTES.map((route) => {
      const other = PENALTIES[(i + 1) % PENALTIES.length]!;
      const [is, said] = [penalty, other].map((one) => `${one.klEstimator} in the ${one.klPlacement}`);
      return control(
        subject,
        `${is} declared as ${said}, by the ${route}`,
        `REINFORCE with ${is} has the gradient of ${said}.`,
        againstPenalty(policy, penalty, route, penaltyGradient(policy, other.klEstimator, other.klPlacement)),
        penaltyRounding(policy),
      );
    }),
  );
}

function pairingControls(subject: ClaimSubject): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const tolerance = estimateRounding(policy);
  const at = estimatesOf(policy);
  const none = new Float64Array(at.reverseGradient.length);
  const wrong = (name: string, statement: string, comparison: Comparison): Control =>
    control(subject, name, statement, comparison, tolerance);
  const pair = (name: string, statement: string, a: Float64Array, b: Float64Array): Control =>
    wrong(name, statement, distance(a, b));
  return [
    wrong('value of k2', 'k2 is unbiased for KL(π‖ref).', difference(at.value.k2, at.kl)),
    wrong('value of k1, forward', 'k1 is unbiased for KL(ref‖π).', difference(at.value.k1, at.forwardKl)),
    pair('k1 as a loss', 'k1 as a loss has the gradient of KL(π‖ref).', at.loss.k1, at.reverseGradient),
    pair('k2 as a loss', 'k2 as a loss has the gradient of KL(ref‖π).', at.loss.k2, at.forwardGradient),
    pair('k3 as a loss', 'k3 as a loss has the gradient of KL(π‖ref).', at.loss.k3, at.reverseGradient),
    pair(
      'token-level k2 as a loss',
      'Token-level k2 as a loss has the gradient of KL(π‖ref).',
      at.loss.tokenK2,
      at.reverseGradient,
    ),
    pair(
      'token-level k3 as a loss',
      'Token-level k3 as a loss has the gradient of KL(ref‖π).',
      at.loss.tokenK3,
      at.forwardGradient,
    ),
    pair(
      'k3 in the reward',
      'k3 in the reward has the gradient of KL(π‖ref).',
      at.reward.k3,
      at.reverseGradient,
    ),
    pair('k1 in the reward', 'k1 in the reward has zero gradient.', at.reward.k1, none),
    pair(
      'token-level k3 without the loss',
      'Token-level k3 as reward-to-go alone has the gradient of KL(π‖ref).',
      field.sub(at.tokenK3Total, at.loss.tokenK3),
      at.reverseGradient,
    ),
  ];
}

/** Every estimator in both places. */
const PENALTIES: readonly Penalty[] = (['loss', 'reward'] as const).flatMap((klPlacement) =>
  (['k1', 'k2', 'k3'] as const).map((klEstimator) => ({ klEstimator, klPlacement })),
);

/** Above it e^x is soon no float64 number. */
const LARGEST_EXPONENT = 700;

/** Values and gradients of k1, k2, k3. */
export const c8KlEstimators: Claim = {
  id: 'C8',
  title: 'KL estimators as used in practice',
  statement:
    'With samples from π, k1 and k3 are unbiased for KL(π‖ref) in value, k2 is not. Differentiated as losses k1 gives zero, k2 the ' +
    'reverse KL, k3 the forward KL(ref‖π); token sums drop the effect on later states. In the reward k1 gives ∇KL and k3 gives ' +
    '∇KL(π‖ref) − ∇KL(ref‖π); token-level k3 as reward-to-go plus loss gives ∇KL.',
  formulas: [
    String.raw`k_1=r,\qquad k_2=\tfrac12r^2,\qquad k_3=e^{-r}-1+r,\qquad r=\log\frac{\pi_\theta(\tau)}{\pi_{\mathrm{ref}}(\tau)}`,
    String.raw`\mathbb{E}[\nabla k_1]=0,\qquad \mathbb{E}[\nabla k_2]=\nabla\mathrm{KL}(\pi\|\mathrm{ref}),\qquad \mathbb{E}[\nabla k_3]=\nabla\mathrm{KL}(\mathrm{ref}\|\pi)`,
  ],
  assumptions: [
    'Samples from π, held fixed when a loss is differentiated; supp(ref) ⊆ supp(π).',
    'Controls need θ far from the reference and histories that matter.',
  ],
  notApplicable: ({ policy }) => {
    const { logProb, logRef } = evaluatedPolicy(policy);
    return logProb.some((lp, e) => logRef[e]! - lp > LARGEST_EXPONENT)
      ? 'supp(ref) ⊆ supp(π) fails in float64: π gives an action less than e^−700 of its probability in the reference, so that k3 has no finite value'
      : undefined;
  },
  run: (subject) => {
    const added = onTransformer(subject, estimatorsOnTransformer);
    const findings = withStated(subject, c8Statements, {
      read: Object.values(estimates).map(({ name }) => name),
      checks: [
        ...estimatorChecks(evaluatedPolicy(subject.policy), subject.seed),
        ...trainedChecks(subject),
        ...added.checks,
      ],
      controls: [...pairingControls(subject), ...trainedControls(subject), ...added.controls],
    });
    return { ...findings, figures: [] };
  },
};
