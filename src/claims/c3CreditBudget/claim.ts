// C3: rewards spend a budget that does not grow with length.
import { advantages, rewardBudget } from '../../attribution/budget.ts';
import { sumByComponent } from '../../attribution/byComponent.ts';
import { leafRatios } from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy, GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { spread } from '../../attribution/vectors.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { edgeLogProbs } from '../../policy/model.ts';
import { randomPolicy } from '../../policy/random.ts';
import { leaves } from '../../policy/shape.ts';
import { type Comparison, check, control, difference, excess, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import type { BudgetFigure, LinesFigure } from '../figure.ts';
import { withStated } from '../shared/asStated.ts';
import { againstStatement } from '../shared/inFloat64.ts';
import { DRAWN_LENGTHS, FAMILY_ASSUMPTION, familyOf, LENGTHS, memberOf } from '../shared/lengthFamily.ts';
import { budgetIsVariance, c3Statements, lengthFree, stochasticBudget } from './statements.ts';
import { treeFigure } from './treeFigure.ts';

/** Σ_c V_c, with advantages taken under a policy (the same, or in a control another), against Var(R). */
function budgetAgainstVariance(policy: EvaluatedPolicy, under: GraphPolicy = policy): Comparison {
  const { graph, reward, reach } = policy;
  const advantage = advantages(under, reward);
  const { sample, decision } = sumByComponent(
    graph,
    reach.map((r, e) => r * advantage[e]! ** 2),
  );
  return difference(sample + decision, rewardBudget(policy).variance);
}

/** The budget and the variance of the library, each against the other in the text that `prove` decides. */
function budgetAsStated(policy: EvaluatedPolicy): Comparison {
  const { budget, variance } = rewardBudget(policy);
  return againstStatement(budgetIsVariance, policy, budget.sample + budget.decision, variance);
}

/** Rewards R(τ) ± s(τ) with equal probability: the total variance against V_sample + V_d + E Var(R|τ). */
function stochasticRewards(policy: EvaluatedPolicy): Comparison {
  const { prob } = leafRatios(policy);
  const { mean, budget } = rewardBudget(policy);
  const noises = Float64Array.from(prob, (_, i) => 0.25 + (0.5 * (i % 7)) / 7);
  let total = 0;
  let within = 0;
  for (let i = 0; i < prob.length; i++) {
    const noise = noises[i]!;
    const reward = policy.reward[i]!;
    for (const outcome of [reward + noise, reward - noise]) total += (prob[i]! / 2) * (outcome - mean) ** 2;
    within += prob[i]! * noise * noise;
  }
  const known = budget.sample + budget.decision + within;
  return againstStatement(stochasticBudget, policy, known, total, { noise: noises });
}

/** The budget does not move with L. */
function lengthChecks(subject: ClaimSubject): { checks: Check[]; figure: LinesFigure } {
  const family = familyOf(subject);
  const at1 = memberOf(family, 1).policy;
  const first = rewardBudget(at1).budget;
  const both = (policy: EvaluatedPolicy): Float64Array => {
    const { budget } = rewardBudget(policy);
    return Float64Array.from(COMPONENTS, (c) => budget[c]);
  };
  const members = LENGTHS.map((length) => ({ length, policy: memberOf(family, length).policy }));
  const tolerance = members.at(-1)!.policy.rounding(1, 'max R² ≤ 1, L = 1000');
  return {
    checks: [
      check(
        `${lengthFree.name}, L = 1 … 8 and 1000`,
        worst(members.map(({ policy }) => againstStatement(lengthFree, policy, both(policy), both(at1)))),
        tolerance,
      ),
    ],
    figure: {
      kind: 'lines',
      title: 'The credit budget does not grow with the attempt length',
      caption: 'V_sample and V_decision of the padding family; the line is the value at L = 1.',
      xLabel: 'attempt length L',
      yLabel: 'V_c',
      series: COMPONENTS.map((c) => ({
        name: `V_${c}`,
        component: c,
        points: members
          .filter(({ length }) => length <= 8)
          .map(({ length, policy }) => [length, rewardBudget(policy).budget[c]] as const),
        curve: DRAWN_LENGTHS.map((length) => [length, first[c]] as const),
      })),
    },
  };
}

/** The same identity on the transformer, its logits tied by shared parameters. */
function transformerCheck(policy: EvaluatedPolicy): Check {
  const tolerance = policy.rounding(4 * policy.rewardSize ** 2, '4 · max R²');
  return check('transformer: V_sample + V_decision = Var(R)', budgetAgainstVariance(policy), tolerance);
}

/** Budgets with the advantages of a policy that differs where it matters. */
function budgetControls(subject: ClaimSubject): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const { graph, model } = policy;
  const { length } = subject.companion.shape;
  const tolerance = policy.rounding(4 * policy.rewardSize ** 2, '4 · max R²');
  const replaced = (replace: (layer: number) => boolean): GraphPolicy => {
    const logits = Float64Array.from(model.logits);
    for (const [i, { edgeStart, source }] of graph.layers.entries()) {
      if (!replace(i)) continue;
      for (let e = edgeStart; e < edgeStart + source.length; e++) {
        logits[graph.slot[e]!] = model.reference[graph.slot[e]!]!;
      }
    }
    return new GraphPolicy(graph, edgeLogProbs(graph, logits));
  };
  return [
    control(
      subject,
      'advantages of another policy: first tokens',
      'The budget may be computed with a policy that differs at all first tokens.',
      budgetAgainstVariance(
        policy,
        replaced((layer) => layer % (length + 1) === 0),
      ),
      tolerance,
    ),
    control(
      subject,
      'advantages of another policy: decisions',
      'The budget may be computed with a policy that differs at the decisions.',
      budgetAgainstVariance(
        policy,
        replaced((layer) => graph.layers[layer]!.component === 'decision'),
      ),
      tolerance,
    ),
  ];
}

/** The bar of the given policy beside members of the family. */
function budgetFigure(subject: ClaimSubject, policy: EvaluatedPolicy): BudgetFigure {
  const family = familyOf(subject);
  const bar = (label: string, s: EvaluatedPolicy): BudgetFigure['bars'][number] => ({
    label,
    ...rewardBudget(s).budget,
  });
  return {
    kind: 'budget',
    title: 'Where the variance of the outcome comes from',
    caption:
      'Var(R) = V_sample + V_decision. V_decision / Var(R) is the share that the randomness of decisions contributes; a ' +
      'deterministic decider, perfect or always wrong, contributes none.',
    unit: 'variance of R',
    bars: [
      bar('policy', policy),
      ...[1, 4, 8].map((length) => bar(`padding, L = ${length}`, memberOf(family, length).policy)),
    ],
  };
}

/** Var(R) as a budget of both components. */
export const c3CreditBudget: Claim = {
  id: 'C3',
  title: 'Credit budget',
  statement:
    'The variance of the outcome divides into the squared advantages of sample tokens and of decision tokens, is bounded by ' +
    'the range of rewards, and under padding neither part changes with the length of an attempt.',
  formulas: [
    String.raw`\operatorname{Var}(R\mid x)=\underbrace{\mathbb{E}\sum_{t\in S}A_t^2}_{V_{\mathrm{sample}}}+\underbrace{\mathbb{E}\sum_{t\in D}A_t^2}_{V_d}\le\tfrac14(R_{\max}-R_{\min})^2`,
  ],
  assumptions: [
    'R(τ) and the transitions are deterministic; with stochastic rewards E Var(R|τ) is added.',
    FAMILY_ASSUMPTION,
    'The picture of the tree shows the policy itself where it has at most 24 trajectories, else a small random one.',
  ],
  run: (subject) => {
    const policy = evaluatedPolicy(subject.policy);
    const { reward, rewardSize } = policy;
    const { variance } = rewardBudget(policy);
    const tolerance = policy.rounding(4 * rewardSize ** 2, '4 · max R²');
    const { checks, figure } = lengthChecks(subject);
    const transformer =
      subject.transformer === undefined ? [] : [transformerCheck(subject.transformer.policy)];
    const drawn =
      leaves(subject.policy.shape) <= 24
        ? subject.policy
        : randomPolicy({ attempts: 2, length: 1, vocabulary: 3 }, subject.seed);
    const findings = withStated(subject, c3Statements, {
      read: [budgetIsVariance.name, stochasticBudget.name, lengthFree.name],
      checks: [
        check(
          budgetIsVariance.name,
          worst([budgetAgainstVariance(policy), budgetAsStated(policy)]),
          tolerance,
        ),
        check('Var(R) ≤ (R_max − R_min)²/4', excess(variance, spread(reward) ** 2 / 4), tolerance),
        check(
          'stochastic rewards: V_sample + V_decision + E Var(R|τ) = Var(R)',
          stochasticRewards(policy),
          policy.rounding(4 * (rewardSize + 1) ** 2 + reward.length * Number.EPSILON, '4 · max R²'),
        ),
        ...checks,
        ...transformer,
      ],
      controls: budgetControls(subject),
    });
    return { ...findings, figures: [budgetFigure(subject, policy), figure, treeFigure(drawn)] };
  },
};
