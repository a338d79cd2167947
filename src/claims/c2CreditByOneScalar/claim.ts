// C2: outcome rewards credit both roles by one scalar, and which estimators do so without bias.
import { rewardGradient } from '../../attribution/budget.ts';
import { leafRatios } from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { expectedRounding } from '../../attribution/expectedGradient.ts';
import { leafWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { float64Field } from '../../base/field.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { type Comparison, check, control, distance, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import { withStated } from '../shared/asStated.ts';
import {
  byStd,
  critic,
  drGrpo,
  ESTIMATORS,
  type Estimator,
  GROUP,
  gspo,
  offPolicy,
  perLength,
  ppo,
  reinforce,
  rloo,
} from '../shared/estimators.ts';
import { asMultiple, balance, expected, groupsFit, withBinaryReward } from '../shared/expectedGradients.ts';
import { weightMap } from '../shared/weightMap.ts';
import { onTransformer } from '../transformer/onTransformer.ts';
import { trainedChecks, trainedControls } from './asTrained.ts';
import { c2Library } from './library.ts';
import { creditOnTransformer } from './onTransformer.ts';
import { c2Statements } from './statements.ts';

/** Component gradients of E[b(τ) Σ_{t∈c} u_t] for a baseline [leaves]. */
function baselineGradient(policy: EvaluatedPolicy, baseline: Float64Array): Record<Component, Float64Array> {
  const { graph } = policy;
  const weighted = float64Field.mul(leafRatios(policy).prob, baseline);
  const gradient = scoreGradient(policy, leafWeights(graph, weighted));
  return { sample: gradient.subarray(0, graph.sampleSlots), decision: gradient.subarray(graph.sampleSlots) };
}

/** Against zero. */
function vanishes(gradient: Float64Array): Comparison {
  return distance(gradient, new Float64Array(gradient.length));
}

/** [leaves] a number for each first token, another for each last token. */
function baselines({ graph }: EvaluatedPolicy): { first: Float64Array; last: Float64Array } {
  const first = new Float64Array(graph.leaves);
  const last = new Float64Array(graph.leaves);
  const V = graph.vocabulary;
  let nodesPerFirst = 0;
  for (const { nodes, leafStart, terminal, arity, component } of graph.layers) {
    nodesPerFirst = nodes / V;
    for (const [i, edge] of terminal.entries()) {
      const node = Math.floor(edge / arity);
      const action = edge - node * arity;
      const firstToken = nodes === 1 ? action : Math.floor(node / nodesPerFirst);
      first[leafStart + i] = 0.5 + firstToken;
      last[leafStart + i] = component === 'decision' ? -1 : 0.5 + action;
    }
  }
  return { first, last };
}

/** Two attempts of two tokens from two: small enough to enumerate groups of trajectories one by one. */
function smallCompanion(seed: number): TabularPolicy {
  return randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, seed);
}

function runChecks(policy: EvaluatedPolicy, binary: EvaluatedPolicy, small: EvaluatedPolicy): Check[] {
  const gradJ = rewardGradient(policy);
  const isMultiple = (
    estimator: Estimator,
    scale: number,
    on: EvaluatedPolicy,
    target: Float64Array,
  ): Check[] => {
    const found = expected(on, estimator);
    const gradient = found.gradient.map((x) => x / scale);
    const { comparison, tolerance } = balance(found);
    return [
      check(
        `${estimator.label}: expected gradient = ${scale === 1 ? '' : '(1 − 1/G)·'}∇J`,
        distance(gradient, target),
        expectedRounding(on, found),
      ),
      ...(estimator === critic ? [] : [check(`${estimator.label}: balanced`, comparison, tolerance)]),
    ];
  };
  const balancedOnly = (estimator: Estimator): Check => {
    const { comparison, tolerance } = balance(expected(policy, estimator));
    return check(`${estimator.label}: balanced within a trajectory`, comparison, tolerance);
  };
  const std = expected(binary, byStd);
  const first = baselineGradient(policy, baselines(policy).first);
  const zero = policy.rounding(1 + policy.graph.vocabulary, 'max |b|');
  return [
    ...isMultiple(reinforce, 1, policy, gradJ),
    ...isMultiple(rloo, 1, policy, gradJ),
    ...isMultiple(drGrpo, 1 - 1 / GROUP, policy, gradJ),
    ...isMultiple(ppo, 1, policy, gradJ),
    ...isMultiple(critic, 1, small, rewardGradient(small)),
    check(
      `${byStd.label}: balanced, a multiple of ∇J for a binary reward and one prompt`,
      worst([asMultiple(std.gradient, rewardGradient(binary)), balance(std).comparison]),
      expectedRounding(binary, std),
    ),
    balancedOnly(perLength),
    balancedOnly(gspo),
    check('a baseline b(y₁) drops out of g_decision', vanishes(first.decision), zero),
  ];
}

function runControls(subject: ClaimSubject): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const small = evaluatedPolicy(smallCompanion(subject.seed));
  const gradJ = rewardGradient(policy);
  const direction = (estimator: Estimator, statement: string): Control => {
    const found = expected(policy, estimator);
    return control(
      subject,
      `${estimator.label}: direction`,
      statement,
      asMultiple(found.gradient, gradJ),
      expectedRounding(policy, found),
    );
  };
  const unbalanced = (estimator: Estimator, statement: string): Control => {
    const { comparison, tolerance } = balance(expected(small, estimator));
    return control(
      { ...subject, companionIs: 'companion' },
      `${estimator.label}: balance`,
      statement,
      comparison,
      tolerance,
    );
  };
  const { first, last } = baselines(policy);
  const zero = policy.rounding(1 + policy.graph.vocabulary, 'max |b|');
  const byLast = baselineGradient(policy, last);
  const lengths = new Float64Array(policy.graph.leaves);
  policy.graph.layers.forEach(({ leafStart, terminal }, t) => {
    lengths.fill(0.7 / (t + 1), leafStart, leafStart + terminal.length);
  });
  const perLengthBaseline = baselineGradient(policy, lengths);
  return [
    ...COMPONENTS.map((c) =>
      control(
        subject,
        `b(last token), ${c}`,
        `A baseline that depends on the last token drops out of g_${c}.`,
        vanishes(byLast[c]),
        zero,
      ),
    ),
    control(
      subject,
      'b(y₁), sample',
      'A baseline that depends on the first token drops out of g_sample.',
      vanishes(baselineGradient(policy, first).sample),
      zero,
    ),
    control(
      subject,
      'constant baseline under 1/|o|',
      'Under 1/|o| a constant baseline drops out.',
      worst(COMPONENTS.map((c) => vanishes(perLengthBaseline[c]))),
      zero,
    ),
    direction(byStd, 'With a cost per attempt, division by the std leaves the direction of ∇J.'),
    direction(perLength, 'GRPO with 1/|o| points along ∇J.'),
    direction(gspo, 'GSPO points along ∇J.'),
    unbalanced(critic, 'With a critic the weights within a trajectory are equal.'),
    unbalanced(offPolicy, 'Off policy, with an active clip, the weights within a trajectory are equal.'),
  ];
}

/** Estimators, their balance and their bias. */
export const c2CreditByOneScalar: Claim = {
  id: 'C2',
  title: 'Rewards credit both roles by one scalar',
  statement:
    'REINFORCE, RLOO with token sums and PPO at ratio 1 with a trajectory-level advantage put one scalar on every token of ' +
    'both roles and have ∇J as expected gradient; Dr. GRPO has (1 − 1/G)·∇J; division by the group std keeps the balance and, ' +
    'beyond binary rewards, changes the direction; 1/|o| and GSPO are balanced within a trajectory and biased; a critic is ' +
    'unbiased and not balanced. A baseline free of the actions drops out of each component separately.',
  formulas: [
    String.raw`\nabla J=\mathbb{E}\Big[(R-b)\sum_t u_t\Big],\qquad \mathbb{E}\Big[b\sum_{t\in S}u_t\Big]=\mathbb{E}\Big[b\sum_{t\in D}u_t\Big]=0`,
    String.raw`\mathbb{E}\big[g_{\text{Dr. GRPO}}\big]=\Big(1-\tfrac1G\Big)\nabla J`,
  ],
  assumptions: [
    `Groups of G = ${GROUP} independent trajectories of one prompt; every group is enumerated.`,
    'Balance is a property of an estimator as implemented (its weights w_t), not of an objective.',
    'Estimators with token-dependent weights are enumerated on a small companion (2 attempts of 2 tokens from 2).',
  ],
  run: (subject) => {
    const asked = evaluatedPolicy(subject.policy);
    const groupable = groupsFit(asked);
    const policy = groupable ? asked : evaluatedPolicy(subject.companion);
    const binary = evaluatedPolicy(withBinaryReward(subject.policy));
    const small = evaluatedPolicy(smallCompanion(subject.seed));
    const added = onTransformer(subject, creditOnTransformer);
    const findings = withStated(subject, c2Statements, {
      library: c2Library,
      checks: [
        ...runChecks(policy, binary, small).map((c) =>
          groupable
            ? c
            : { ...c, name: `${c.name} (on the companion: too many distinct rewards to enumerate groups)` },
        ),
        ...trainedChecks(subject),
        ...added.checks,
      ],
      controls: [...runControls(subject), ...trainedControls(subject), ...added.controls],
    });
    return { ...findings, figures: [weightMap(subject.seed, ESTIMATORS)] };
  },
};
