// C1: the labelled backward pass gives the gradients of the two-copy policy.

import { meanReward, rewardGradient } from '../../attribution/budget.ts';
import { componentLabels, onlyComponent } from '../../attribution/byComponent.ts';
import { expectedLeaf, reachTensor } from '../../attribution/differentiable.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { returnWeights } from '../../attribution/scoreGradient.ts';
import { exactly, type Tolerance } from '../../attribution/tolerance.ts';
import { labelledGradient, type SharedFamily, sharedGradient } from '../../attribution/twoCopy.ts';
import { spread } from '../../attribution/vectors.ts';
import { tensor } from '../../autodiff/index.ts';
import { float64Field } from '../../base/field.ts';
import { randomStream } from '../../base/random.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { type Comparison, check, control, distance, worst } from '../check.ts';
import type { Claim, ClaimSubject, Control } from '../claim.ts';
import { engineScoreGradient } from '../shared/alongDirection.ts';
import { withStated } from '../shared/asStated.ts';
import {
  type DifferentiableValue,
  differences,
  sharedFamily,
  thirdScoreBound,
} from '../shared/sharedFamily.ts';
import { onTransformer } from '../transformer/onTransformer.ts';
import { c1Library } from './library.ts';
import { onEngine } from './onEngine.ts';
import { splitOnTransformer } from './onTransformer.ts';
import { c1Statements } from './statements.ts';

/** E[R]; a constant added to R changes no derivative, so that half the range of R bounds the third. */
function expectedReward(policy: EvaluatedPolicy): DifferentiableValue {
  const { reward, rewardSize } = policy;
  return {
    value: (at) => meanReward(at, reward),
    third: (spread(reward) / 2) * thirdScoreBound(policy),
    size: rewardSize,
  };
}

/** Labels under test against central differences of the two-copy policy; the same for checks and controls. */
function againstTwoCopy(
  policy: EvaluatedPolicy,
  family: SharedFamily,
  labels: readonly Component[],
): { byComponent: Record<Component, Comparison>; total: Float64Array; tolerance: Tolerance } {
  const { reward } = policy;
  const { gradient, tolerance } = differences(policy, family, expectedReward(policy));
  const split = labelledGradient(family, returnWeights(policy, reward), labels);
  const byComponent = {
    sample: distance(split.sample, gradient.sample),
    decision: distance(split.decision, gradient.decision),
  };
  return { byComponent, total: float64Field.add(split.sample, split.decision), tolerance };
}

/** The labels with one decision history (the one that pulls hardest) counted as sample tokens. */
function moveOneDecision(policy: EvaluatedPolicy, labels: readonly Component[]): Component[] {
  const { graph, prob, reward } = policy;
  const weight = returnWeights(policy, reward);
  const moved = [...labels];
  let best = -1;
  let most = 0;
  for (const { component, edgeStart, source, arity } of graph.layers) {
    if (component !== 'decision') continue;
    for (let e = edgeStart; e < edgeStart + source.length; e += arity) {
      const both = weight[e]! + weight[e + 1]!;
      const pull = Math.abs(weight[e]! - prob[e]! * both);
      if (pull > most) {
        most = pull;
        best = e;
      }
    }
  }
  if (best >= 0) moved.fill('sample', best, best + 2);
  return moved;
}

/** The labelled backward pass against the two-copy policy. */
export const c1ExactSplit: Claim = {
  id: 'C1',
  title: 'Exact split',
  statement:
    'One backward pass with a labelled cotangent per component gives g_sample and g_d, the gradients of the policy with ' +
    'two copies of its parameters; they add up to the plain gradient, and with disjoint parameters each is exactly zero ' +
    "on the other's.",
  formulas: [
    String.raw`g_{\mathrm{sample}}=\left.\frac{\partial F}{\partial\theta_S}\right|_{\theta_S=\theta_D=\theta},\qquad g_d=\left.\frac{\partial F}{\partial\theta_D}\right|_{\theta_S=\theta_D=\theta},\qquad g_{\mathrm{sample}}+g_d=\nabla_\theta F`,
    String.raw`g_c=\mathbb{E}\Big[\sum_{t\in c}w_t\,\nabla_\theta\log\pi_\theta(a_t\mid h_t)\Big]`,
  ],
  assumptions: [
    'The component of a token is fixed by its prefix.',
    'Shared parameters: a seeded family logits + features·θ with two parameters read by both roles, at θ = 0.',
  ],
  run: (subject) => {
    const policy = evaluatedPolicy(subject.policy);
    const { graph, reward, rewardSize } = policy;
    const rounding = policy.rounding(rewardSize, 'E|R| ≤ max |R|');
    const recursion = rewardGradient(policy);
    const part = (c: Component, g: Float64Array): Float64Array => partOf(policy, c, g);

    const family = sharedFamily(policy, subject.seed);
    const labels = componentLabels(graph);
    const { byComponent, total, tolerance } = againstTwoCopy(policy, family, labels);
    const plain = sharedGradient(family, (logProb, dg) =>
      expectedLeaf(dg, reachTensor(dg, logProb), tensor(reward)),
    );

    const weight = returnWeights(policy, reward);
    const engineItself = onEngine(subject);
    const added = onTransformer(subject, splitOnTransformer);
    const findings = withStated(subject, c1Statements, {
      library: c1Library,
      checks: [
        ...COMPONENTS.map((c) =>
          check(
            `g_${c} of shared parameters: labels against differences of the two-copy policy`,
            byComponent[c],
            tolerance,
          ),
        ),
        check('g_sample + g_d = plain gradient (shared parameters)', distance(total, plain), rounding),
        ...COMPONENTS.map((c) =>
          check(
            `disjoint parameters: the weights of ${c} tokens alone give g_${c} on their own`,
            distance(
              part(c, engineScoreGradient(policy, onlyComponent(graph, weight, c))),
              part(c, recursion),
            ),
            rounding,
          ),
        ),
        ...engineItself.checks,
        ...added.checks,
      ],
      controls: [...labelControls(subject), ...engineItself.controls, ...added.controls],
    });
    return { ...findings, figures: [] };
  },
};

/** The entries of a gradient [slots] on the logits of one component. */
function partOf({ graph }: EvaluatedPolicy, c: Component, gradient: Float64Array): Float64Array {
  return c === 'sample' ? gradient.subarray(0, graph.sampleSlots) : gradient.subarray(graph.sampleSlots);
}

/** What weights that are said to be those of one component's tokens do to the parameters of the other: nothing, if they are. */
function onTheOther(policy: EvaluatedPolicy, weight: Float64Array, c: Component): Comparison {
  const found = partOf(policy, c === 'sample' ? 'decision' : 'sample', engineScoreGradient(policy, weight));
  return distance(found, new Float64Array(found.length));
}

/** Wrong labels, put to the comparison that accepts the right ones, on the companion. */
function labelControls(subject: ClaimSubject): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const family = sharedFamily(policy, subject.seed);
  const labels = componentLabels(policy.graph);
  const random = randomStream(subject.seed, 'labels');
  const scrambled = labels.map(() => (random.uniform() < 0.5 ? 'sample' : 'decision') as Component);
  const rejected = (name: string, statement: string, wrong: readonly Component[]): Control => {
    const { byComponent, tolerance } = againstTwoCopy(policy, family, wrong);
    return control(subject, name, statement, worst(Object.values(byComponent)), tolerance);
  };
  return [
    rejected('random labels', 'Labels drawn at random per token give the component gradients.', scrambled),
    rejected(
      'one decision counted as sample',
      'Counting the tokens of one decision history to the sample component changes nothing.',
      moveOneDecision(policy, labels),
    ),
    ...COMPONENTS.map((c) =>
      control(
        subject,
        `weights of both components, said to be ${c}`,
        `The gradient of all tokens is zero on the parameters that ${c} tokens do not read.`,
        onTheOther(policy, returnWeights(policy, policy.reward), c),
        exactly,
      ),
    ),
  ];
}
