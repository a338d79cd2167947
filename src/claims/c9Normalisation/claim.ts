// C9: normalisations weigh whole trajectories, masks weigh tokens.
import { rewardGradient } from '../../attribution/budget.ts';
import { EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { expectedRounding } from '../../attribution/expectedGradient.ts';
import { returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { exactly } from '../../attribution/tolerance.ts';
import { dot, norm2 } from '../../attribution/vectors.ts';
import { float64Field } from '../../base/field.ts';
import { COMPONENTS, type Component, RESAMPLE } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';
import { check, control, distance, excess, shortfall, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import type { Figure, LinesFigure, TableFigure } from '../figure.ts';
import { withStated } from '../shared/asStated.ts';
import {
  byStd,
  type Estimator,
  GROUP,
  NORMALISATIONS,
  perLength,
  sequenceSum,
} from '../shared/estimators.ts';
import { asMultiple, balance, expected, groupsFit, withBinaryReward } from '../shared/expectedGradients.ts';
import { FAMILY_ASSUMPTION, familyOf, memberOf } from '../shared/lengthFamily.ts';
import { weightMap } from '../shared/weightMap.ts';
import { onTransformer } from '../transformer/onTransformer.ts';
import { publishedChecks, publishedControls } from './asPublished.ts';
import { c9Library } from './library.ts';
import { maskedSpread } from './maskedWeights.ts';
import { normalisationOnTransformer } from './onTransformer.ts';
import { c9Statements } from './statements.ts';

/** Random models that the folklore is put to. */
const MODELS = 300;

/** Four seeded prompts with a cost per attempt: independent tables, so that their gradients stand end to end. */
function prompts(subject: ClaimSubject): EvaluatedPolicy[] {
  return [0, 1, 2, 3].map((i) =>
    evaluatedPolicy(randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, subject.seed * 10 + i)),
  );
}

/** Gradients of several prompts end to end, one component or both. */
function stacked(
  policies: readonly EvaluatedPolicy[],
  gradients: readonly Float64Array[],
  component?: Component,
): Float64Array {
  return float64Field.concat(
    gradients.map((gradient, i) => {
      const { sampleSlots } = policies[i]!.graph;
      if (component === undefined) return gradient;
      return component === 'sample' ? gradient.subarray(0, sampleSlots) : gradient.subarray(sampleSlots);
    }),
  );
}

function overPrompts(policies: readonly EvaluatedPolicy[], estimator: Estimator): Float64Array[] {
  return policies.map((policy) => expected(policy, estimator).gradient);
}

/** cos(a, b), null for a zero vector. */
function cosine(a: Float64Array, b: Float64Array): number | null {
  const size = norm2(a) * norm2(b);
  return size === 0 ? null : dot(a, b) / size;
}

/**
 * Does 1/|o| push RESAMPLE down? Σ_h of the RESAMPLE entries of the normalised direction under 1/|o| minus the same without it.
 */
function resampleBias(policy: EvaluatedPolicy): number {
  const entries = (estimator: Estimator): number => {
    const { gradient } = expected(policy, estimator);
    const size = norm2(gradient);
    let sum = 0;
    for (let slot = policy.graph.sampleSlots + RESAMPLE; slot < gradient.length; slot += 2)
      sum += gradient[slot]!;
    return size === 0 ? 0 : sum / size;
  };
  return entries(perLength) - entries(sequenceSum);
}

/** Biases of many random models, ascending. */
function folklore(subject: ClaimSubject): Float64Array {
  const shape = { attempts: 2, length: 1, vocabulary: 2 };
  return Float64Array.from({ length: MODELS }, (_, i) =>
    resampleBias(evaluatedPolicy(randomPolicy(shape, subject.seed * 10_000 + i))),
  ).sort();
}

/** A mask that drops padding changes nothing in expectation for the other parameters. */
function paddingMaskIsInvisible(subject: ClaimSubject): Check {
  const member = memberOf(familyOf(subject), 4);
  const { policy, isPadding, graph, paddingSlot } = member;
  const weight = returnWeights(policy, policy.reward);
  const masked = weight.map((m, e) => (isPadding[e] === 1 ? 0 : m));
  const [whole, dropped] = [weight, masked].map((m) => scoreGradient(policy, m));
  const worstOf = worst([
    distance(whole!.subarray(0, paddingSlot), dropped!.subarray(0, paddingSlot)),
    distance(whole!.subarray(graph.sampleSlots), dropped!.subarray(graph.sampleSlots)),
    distance(
      whole!.subarray(paddingSlot, graph.sampleSlots),
      new Float64Array(graph.sampleSlots - paddingSlot),
    ),
  ]);
  return check(
    'a mask that drops padding is invisible in the expectation (so masks are checked as masks)',
    worstOf,
    policy.rounding(policy.rewardSize, 'max |R|'),
  );
}

function normalisationChecks(subject: ClaimSubject, policy: EvaluatedPolicy, biases: Float64Array): Check[] {
  const positive = biases.filter((b) => b > 0).length;
  const negative = biases.filter((b) => b < 0).length;
  const binary = evaluatedPolicy(withBinaryReward(subject.policy));
  const std = expected(binary, byStd);
  return [
    ...NORMALISATIONS.map((estimator) => {
      const { comparison, tolerance } = balance(expected(policy, estimator));
      return check(`${estimator.label}: balanced within a trajectory`, comparison, tolerance);
    }),
    check(
      'one prompt and a binary reward hide the std: a multiple of ∇J',
      asMultiple(std.gradient, rewardGradient(binary)),
      expectedRounding(binary, std),
    ),
    check(
      'the mask covers every sample and decision token: balanced',
      excess(maskedSpread('whole'), 0),
      exactly,
    ),
    paddingMaskIsInvisible(subject),
    check(
      `counter-example to the folklore: in some of ${MODELS} random models 1/|o| pushes towards RESAMPLE`,
      shortfall(positive, 1),
      { value: 0, bound: 'a count of models' },
    ),
    check(`and in some of ${MODELS} away from it`, shortfall(negative, 1), {
      value: 0,
      bound: 'a count of models',
    }),
  ];
}

function normalisationControls(subject: ClaimSubject, biases: Float64Array): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const found = NORMALISATIONS.map((estimator) => expected(policy, estimator));
  const several = prompts(subject);
  const binary = several.map((s) => binaryPrompt(s));
  const stdOver = overPrompts(binary, byStd);
  const plainOver = binary.map(rewardGradient);
  const companionSubject = { ...subject, companionIs: 'companion' as const };
  return [
    ...NORMALISATIONS.map((estimator, i) => {
      const other = (i + 1) % NORMALISATIONS.length;
      return control(
        subject,
        `${estimator.label} declared as ${NORMALISATIONS[other]!.label}`,
        `The expected gradient under ${estimator.label} is that under ${NORMALISATIONS[other]!.label}.`,
        distance(found[i]!.gradient, found[other]!.gradient),
        expectedRounding(policy, found[i]!),
      );
    }),
    control(
      companionSubject,
      'std over several prompts',
      'Division by the group std leaves the direction of ∇J over several prompts with binary rewards.',
      asMultiple(stacked(binary, stdOver), stacked(binary, plainOver)),
      binary[0]!.rounding(100 * GROUP, 'E Σ|w_t| ≤ 100'),
    ),
    control(
      companionSubject,
      'mask late by one token',
      'A mask that begins one token late at every segment border leaves the balance within a trajectory.',
      excess(maskedSpread('late'), 0),
      exactly,
    ),
    control(
      companionSubject,
      'mask that drops decisions',
      'A mask without the decision tokens leaves the balance within a trajectory.',
      excess(maskedSpread('noDecisions'), 0),
      exactly,
    ),
    control(
      companionSubject,
      'folklore',
      '1/|o| favours short trajectories and so always pushes away from RESAMPLE.',
      excess(biases.at(-1)!, 0),
      exactly,
    ),
  ];
}

/** A prompt of `prompts` with the reward 1 for its target, whatever the number of attempts. */
function binaryPrompt({ model }: EvaluatedPolicy): EvaluatedPolicy {
  return new EvaluatedPolicy({ ...model, reward: model.reward.map((r) => (r > 0.5 ? 1 : 0)) });
}

function directionTable(subject: ClaimSubject): TableFigure {
  const policies = prompts(subject);
  const plain = policies.map(rewardGradient);
  const parts = [...COMPONENTS, undefined];
  return {
    kind: 'table',
    title: 'What each normalisation does to the direction',
    caption:
      `Expected gradient against ∇J over four seeded prompts with a cost of 0.05 per extra attempt; G = ${GROUP}, std with ε = 10⁻⁴ ` +
      'and ddof = 1. Cosine by component, fitted scale ⟨g, ∇J⟩/‖∇J‖², and the bias left after scaling relative to ‖g‖.',
    columns: ['cos, sample', 'cos, decision', 'cos, all', 'scale', 'bias'],
    rows: NORMALISATIONS.map((estimator) => {
      const gradients = overPrompts(policies, estimator);
      const whole = stacked(policies, gradients);
      const target = stacked(policies, plain);
      const scale = dot(whole, target) / dot(target, target);
      const bias = norm2(whole.map((x, i) => x - scale * target[i]!)) / norm2(whole);
      const cosines = parts.map((c) => cosine(stacked(policies, gradients, c), stacked(policies, plain, c)));
      return { label: estimator.label, values: [...cosines, scale, bias] };
    }),
  };
}

function folkloreFigure(biases: Float64Array): LinesFigure {
  const at = (share: number): number => biases[Math.min(MODELS - 1, Math.floor(share * MODELS))]!;
  const shares = Array.from({ length: 51 }, (_, i) => i / 50);
  return {
    kind: 'lines',
    title: 'Does 1/|o| push away from RESAMPLE? No rule',
    caption: `Change of the pull on RESAMPLE logits when 1/|o| is used, ${MODELS} random models in ascending order; the line is no change.`,
    xLabel: 'share of models',
    yLabel: 'change of the RESAMPLE entries (unit gradients)',
    series: [
      {
        name: '1/|o| minus token sums',
        points: shares.map((share) => [share, at(share)] as const),
        curve: [
          [0, 0],
          [1, 0],
        ],
      },
    ],
  };
}

/** What normalisations and masks do to weights and direction. */
export const c9Normalisation: Claim = {
  id: 'C9',
  title: 'Normalisation and masks',
  statement:
    '1/|o|, the token mean, constants, sequence sums and the group std each multiply whole trajectories: they keep the balance ' +
    'within one and change the direction between them. Masks off by one at a segment border break the balance. That 1/|o| always ' +
    'leads to fewer RESAMPLEs is false.',
  formulas: [
    String.raw`w_t=c_i\,A_i\quad\text{for all }t\text{ of trajectory }i,\qquad c_i\in\Big\{\tfrac1{B\,|o_i|},\ \tfrac1{\sum_j|o_j|},\ \tfrac1{B\,L_{\max}},\ \tfrac1B,\ \tfrac1{B\,\sigma}\Big\}`,
  ],
  assumptions: [
    `G = ${GROUP}; std with ε = 10⁻⁴ and ddof = 1.`,
    'Several prompts and a cost per attempt where directions are compared: one prompt with a binary reward hides the std.',
    FAMILY_ASSUMPTION,
  ],
  run: (subject) => {
    const asked = evaluatedPolicy(subject.policy);
    const groupable = groupsFit(asked);
    const policy = groupable ? asked : evaluatedPolicy(subject.companion);
    const biases = folklore(subject);
    const added = onTransformer(subject, normalisationOnTransformer);
    const figures: Figure[] = [
      weightMap(subject.seed, NORMALISATIONS),
      directionTable(subject),
      folkloreFigure(biases),
    ];
    const findings = withStated(subject, c9Statements, {
      library: c9Library,
      checks: [...normalisationChecks(subject, policy, biases), ...publishedChecks(subject), ...added.checks],
      controls: [...normalisationControls(subject, biases), ...publishedControls(subject), ...added.controls],
    });
    return { ...findings, figures };
  },
};
