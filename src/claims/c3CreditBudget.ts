// C3: rewards spend a budget that does not grow with length.
import { advantages, rewardBudget } from '../attribution/budget.ts';
import { expOf, sumByComponent } from '../attribution/measure.ts';
import { COMPONENTS } from '../policy/component.ts';
import { edgeLogProbs } from '../policy/model.ts';
import { randomPolicy } from '../policy/random.ts';
import { leaves } from '../policy/shape.ts';
import { type Comparison, check, control, difference, excess, worst } from './check.ts';
import type { Check, Claim, ClaimSubject, Control } from './claim.ts';
import type { BudgetFigure, LinesFigure } from './figure.ts';
import { DRAWN_LENGTHS, FAMILY_ASSUMPTION, familyOf, LENGTHS, memberOf } from './lengthFamily.ts';
import { type Setting, tabularSetting, trajectories } from './setting.ts';
import { treeFigure } from './treeFigure.ts';

/** Σ_c V_c, with advantages taken under `prob` (the policy's own, or in a control another's), against Var(R). */
function budgetAgainstVariance(setting: Setting, prob: Float64Array): Comparison {
  const { graph, reward, reach } = setting;
  const advantage = advantages(graph, prob, reward);
  const { sample, decision } = sumByComponent(
    graph,
    reach.map((r, e) => r * advantage[e]! ** 2),
  );
  return difference(sample + decision, rewardBudget(graph, setting.prob, reward).variance);
}

function budgetOf({ graph, prob, reward }: Setting): ReturnType<typeof rewardBudget> {
  return rewardBudget(graph, prob, reward);
}

/** Rewards R(τ) ± s(τ) with equal probability: the total variance against V_sample + V_d + E Var(R|τ). */
function stochasticRewards(setting: Setting): Comparison {
  const { prob } = trajectories(setting);
  const { mean, budget } = budgetOf(setting);
  let total = 0;
  let within = 0;
  for (let i = 0; i < prob.length; i++) {
    const noise = 0.25 + (0.5 * (i % 7)) / 7;
    const reward = setting.reward[i]!;
    for (const outcome of [reward + noise, reward - noise]) total += (prob[i]! / 2) * (outcome - mean) ** 2;
    within += prob[i]! * noise * noise;
  }
  return difference(budget.sample + budget.decision + within, total);
}

/** The budget does not move with L. */
function lengthChecks(subject: ClaimSubject): { checks: Check[]; figure: LinesFigure } {
  const family = familyOf(subject);
  const first = budgetOf(memberOf(family, 1).setting).budget;
  const members = LENGTHS.map((length) => ({ length, setting: memberOf(family, length).setting }));
  const tolerance = members.at(-1)!.setting.rounding(1, 'max R² ≤ 1, L = 1000');
  return {
    checks: COMPONENTS.map((c) =>
      check(
        `V_${c} under padding: the same for L = 1 … 8 and 1000`,
        worst(members.map(({ setting }) => difference(budgetOf(setting).budget[c], first[c]))),
        tolerance,
      ),
    ),
    figure: {
      kind: 'lines',
      title: 'The credit budget does not grow with the attempt length',
      caption: 'V_sample and V_decision of the padding family; the line is the value at L = 1.',
      xLabel: 'attempt length L',
      yLabel: 'V_c',
      series: COMPONENTS.map((c) => ({
        name: `V_${c}`,
        points: members
          .filter(({ length }) => length <= 8)
          .map(({ length, setting }) => [length, budgetOf(setting).budget[c]] as const),
        curve: DRAWN_LENGTHS.map((length) => [length, first[c]] as const),
      })),
    },
  };
}

/** The same identity on the transformer, its logits tied by shared parameters. */
function transformerCheck(setting: Setting): Check {
  const tolerance = setting.rounding(4 * setting.rewardSize ** 2, '4 · max R²');
  return check(
    'transformer: V_sample + V_decision = Var(R)',
    budgetAgainstVariance(setting, setting.prob),
    tolerance,
  );
}

/** Budgets with the advantages of a policy that differs where it matters. */
function budgetControls(subject: ClaimSubject): Control[] {
  const setting = tabularSetting(subject.companion);
  const { graph, model } = setting;
  const { length } = subject.companion.shape;
  const tolerance = setting.rounding(4 * setting.rewardSize ** 2, '4 · max R²');
  const replaced = (replace: (layer: number) => boolean): Float64Array => {
    const logits = Float64Array.from(model.logits);
    for (const [i, { edgeStart, source }] of graph.layers.entries()) {
      if (!replace(i)) continue;
      for (let e = edgeStart; e < edgeStart + source.length; e++) {
        logits[graph.slot[e]!] = model.reference[graph.slot[e]!]!;
      }
    }
    return expOf(edgeLogProbs(graph, logits));
  };
  return [
    control(
      subject,
      'advantages of another policy: first tokens',
      'The budget may be computed with a policy that differs at all first tokens.',
      budgetAgainstVariance(
        setting,
        replaced((layer) => layer % (length + 1) === 0),
      ),
      tolerance,
    ),
    control(
      subject,
      'advantages of another policy: decisions',
      'The budget may be computed with a policy that differs at the decisions.',
      budgetAgainstVariance(
        setting,
        replaced((layer) => graph.layers[layer]!.component === 'decision'),
      ),
      tolerance,
    ),
  ];
}

/** The bar of the given policy beside members of the family. */
function budgetFigure(subject: ClaimSubject, setting: Setting): BudgetFigure {
  const family = familyOf(subject);
  const bar = (label: string, s: Setting): BudgetFigure['bars'][number] => ({ label, ...budgetOf(s).budget });
  return {
    kind: 'budget',
    title: 'Where the variance of the outcome comes from',
    caption:
      'Var(R) = V_sample + V_decision. V_decision / Var(R) is the share that the randomness of decisions contributes; a ' +
      'deterministic decider, perfect or always wrong, contributes none.',
    unit: 'variance of R',
    bars: [
      bar('policy', setting),
      ...[1, 4, 8].map((length) => bar(`padding, L = ${length}`, memberOf(family, length).setting)),
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
    const setting = tabularSetting(subject.policy);
    const { reward, rewardSize } = setting;
    const { variance } = budgetOf(setting);
    const low = reward.reduce((a, b) => Math.min(a, b));
    const high = reward.reduce((a, b) => Math.max(a, b));
    const tolerance = setting.rounding(4 * rewardSize ** 2, '4 · max R²');
    const { checks, figure } = lengthChecks(subject);
    const transformer =
      subject.transformer === undefined ? [] : [transformerCheck(subject.transformer.setting)];
    const drawn =
      leaves(subject.policy.shape) <= 24
        ? subject.policy
        : randomPolicy({ attempts: 2, length: 1, vocabulary: 3 }, subject.seed);
    return {
      checks: [
        check('V_sample + V_decision = Var(R)', budgetAgainstVariance(setting, setting.prob), tolerance),
        check('Var(R) ≤ (R_max − R_min)²/4', excess(variance, (high - low) ** 2 / 4), tolerance),
        check(
          'stochastic rewards: V_sample + V_decision + E Var(R|τ) = Var(R)',
          stochasticRewards(setting),
          setting.rounding(4 * (rewardSize + 1) ** 2 + reward.length * Number.EPSILON, '4 · max R²'),
        ),
        ...checks,
        ...transformer,
      ],
      controls: budgetControls(subject),
      figures: [budgetFigure(subject, setting), figure, treeFigure(drawn)],
    };
  },
};
