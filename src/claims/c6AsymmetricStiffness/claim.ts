// C6: near the reference a KL penalty acts like a spring whose stiffness counts tokens.
import { rewardBudget, rewardGradient } from '../../attribution/budget.ts';
import type { PerComponent } from '../../attribution/byComponent.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { sharedGradient, sharedHessian, sharedHessianCheck } from '../../attribution/twoCopy.ts';
import { hvpReverse } from '../../autodiff/index.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';
import { check, control, difference, distance, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import type { LinesFigure } from '../figure.ts';
import { withStated } from '../shared/asStated.ts';
import { budgetInequality, tabularQuadraticForm } from '../shared/fisher.ts';
import { DRAWN_LENGTHS, FAMILY_ASSUMPTION } from '../shared/lengthFamily.ts';
import { FIRST_ONLY, familyAlong, OWN, SHARED, type TokenGroups, TWO_COPY } from './directions.ts';
import {
  displacement,
  displacementTimesStiffness,
  klFunctional,
  paddingBonus,
  type ReferenceFamily,
  referenceFamily,
  rewardFunctional,
  stationaryPoint,
  stiffness,
  stiffnessParts,
} from './displacement.ts';
import { c6Library } from './library.ts';
import { c6Statements } from './statements.ts';

function hessianChecks({ member, along, tolerance }: ReferenceFamily): Check[] {
  const lengths = [1, 2, 4, 8];
  const found = lengths.map((L) => {
    const at = member(L);
    const family = familyAlong(at, TWO_COPY, along);
    const kl = klFunctional(at.policy.logRef);
    return {
      forwardOverReverse: sharedHessian(family, kl),
      reverseOverReverse: sharedHessian(family, kl, hvpReverse),
      closed: stiffness(at, TWO_COPY, along),
    };
  });
  const {
    maxError,
    tolerance: allowed,
    bound,
  } = sharedHessianCheck(familyAlong(member(2), TWO_COPY, along), klFunctional(member(2).policy.logRef));
  return [
    check(
      'Hessian of KL at θ_ref, forward over reverse = Fisher',
      worst(found.map(({ forwardOverReverse, closed }) => distance(forwardOverReverse, closed))),
      tolerance,
    ),
    check(
      'Hessian of KL at θ_ref, reverse over reverse = Fisher',
      worst(found.map(({ reverseOverReverse, closed }) => distance(reverseOverReverse, closed))),
      tolerance,
    ),
    check('Hessian of KL against central differences of its gradient, L = 2', difference(maxError, 0), {
      value: allowed,
      bound,
    }),
    check(
      'block-diagonal between components (two copies)',
      worst(found.map(({ forwardOverReverse }) => difference(forwardOverReverse[1]!, 0))),
      tolerance,
    ),
  ];
}

function displacementChecks(reference: ReferenceFamily): Check[] {
  const { member, along, tolerance } = reference;
  const { first, padding } = stiffnessParts(reference);
  const own = displacement(member(1), FIRST_ONLY, along)[0]!;
  const bonusGradient = (L: number): number =>
    sharedGradient(
      familyAlong(member(L), SHARED, along),
      rewardFunctional(member(L).policy.reward, paddingBonus(member(L))),
    )[0]!;
  const perPosition = bonusGradient(2) - bonusGradient(1);
  return [
    check(
      'padding shares the parameter: displacement · [F₁ + (L−1)F_pad] = ∇J, L = 1 … 8',
      worst(DRAWN_LENGTHS.map((L) => displacementTimesStiffness(reference, SHARED, L))),
      tolerance,
    ),
    check(
      'padding has its own parameter: the first token’s displacement is free of L',
      worst(DRAWN_LENGTHS.slice(1).map((L) => difference(displacement(member(L), OWN, along)[0]!, own))),
      tolerance,
    ),
    check(
      'reward reads the padding: displacement = (g₁ + (L−1)g_pad)/(F₁ + (L−1)F_pad)',
      worst(
        DRAWN_LENGTHS.map((L) =>
          difference(
            displacement(member(L), SHARED, along, paddingBonus(member(L)))[0]!,
            (bonusGradient(1) + (L - 1) * perPosition) / (first + (L - 1) * padding),
          ),
        ),
      ),
      tolerance,
    ),
    firstOrder(reference),
  ];
}

/** dθ*\/d(1/β) at 1/β = 0, by central differences of the stationary point, against H⁺∇J. */
function firstOrder({ member, along, tolerance }: ReferenceFamily): Check {
  const at = member(4);
  const family = familyAlong(at, SHARED, along);
  const hessian = stiffness(at, SHARED, along)[0]!;
  const slope = (s: number): number =>
    (stationaryPoint(at, family, hessian, s) - stationaryPoint(at, family, hessian, -s)) / (2 * s);
  const step = 1 / 128;
  const [coarse, fine] = [slope(2 * step), slope(step)];
  return check(
    'the optimum of J − β·KL moves by H⁺∇J/β at first order, L = 4',
    difference(fine, displacement(at, SHARED, along)[0]!),
    {
      value: Math.abs(coarse - fine) + tolerance.value / step,
      bound:
        'Richardson: |D(2h) − D(h)| bounds three times the truncation error at h = 1/128; plus rounding/h',
    },
  );
}

function budgetChecks(subject: ClaimSubject): Check[] {
  const policy = evaluatedPolicy(subject.companion);
  const { comparison, condition } = budgetInequality(policy, policy, subject.seed);
  const gradient = rewardGradient(policy);
  const budget: PerComponent = rewardBudget(policy).budget;
  const rarest = policy.prob.reduce((low, p) => Math.min(low, p), 1);
  return [
    check(
      'gᵀH⁺g ≤ V for each component (shared parameters, generic policy)',
      comparison,
      policy.rounding(policy.rewardSize ** 2 * condition, `max R² · condition ${condition.toPrecision(2)}`),
    ),
    ...COMPONENTS.map((c) =>
      check(
        `gᵀH⁺g = V_${c} for a tabular policy`,
        difference(tabularQuadraticForm(policy, gradient, c), budget[c]),
        policy.rounding(policy.rewardSize ** 2 / rarest, 'max R² / smallest π'),
      ),
    ),
  ];
}

function stiffnessControls(subject: ClaimSubject, reference: ReferenceFamily): Control[] {
  const policies = Array.from({ length: 16 }, (_, i) => {
    const draw = (step: number): EvaluatedPolicy =>
      evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 3 }, subject.seed * 100 + step));
    return budgetInequality(draw(2 * i), draw(2 * i + 1), subject.seed);
  });
  const comparison = worst(policies.map((found) => found.comparison));
  const condition = Math.max(...policies.map((found) => found.condition));
  return [
    control(
      subject,
      'tilt of the first token alone',
      'With a parameter for the first token alone, displacement · [F₁ + (L−1)F_pad] = ∇J.',
      displacementTimesStiffness(reference, FIRST_ONLY, 8),
      reference.tolerance,
    ),
    control(
      subject,
      'stiffness without the padding',
      'With a shared parameter the displacement is free of L.',
      difference(
        displacement(reference.member(8), SHARED, reference.along)[0]!,
        displacement(reference.member(1), SHARED, reference.along)[0]!,
      ),
      reference.tolerance,
    ),
    control(
      { ...subject, companionIs: 'companion' },
      'Fisher matrix of another policy',
      'gᵀH⁺g ≤ V with the Fisher matrix of another policy (16 pairs of seeded policies).',
      comparison,
      evaluatedPolicy(subject.companion).rounding(condition * 2, `condition ${condition.toPrecision(2)}`),
    ),
  ];
}

function stiffnessFigure(reference: ReferenceFamily): LinesFigure {
  const { first, padding } = stiffnessParts(reference);
  const at1 = displacement(reference.member(1), SHARED, reference.along)[0]!;
  const points = (groups: TokenGroups): [number, number][] =>
    DRAWN_LENGTHS.map((L) => [
      L,
      displacement(reference.member(L), L === 1 ? FIRST_ONLY : groups, reference.along)[0]! / at1,
    ]);
  return {
    kind: 'lines',
    title: 'How far the first token moves under J − β·KL',
    caption: 'First-order displacement relative to L = 1. Lines: F₁/(F₁ + (L − 1)F_pad), and 1.',
    xLabel: 'attempt length L',
    yLabel: 'displacement, relative to L = 1',
    series: [
      {
        name: 'padding shares the parameter',
        points: points(SHARED),
        curve: DRAWN_LENGTHS.map((L) => [L, first / (first + (L - 1) * padding)] as const),
      },
      { name: 'padding has its own', points: points(OWN), curve: DRAWN_LENGTHS.map((L) => [L, 1] as const) },
    ],
  };
}

/** The Hessian of KL at the reference, and what it lets move. */
export const c6AsymmetricStiffness: Claim = {
  id: 'C6',
  title: 'Asymmetric stiffness',
  statement:
    'At θ = θ_ref the Hessian of KL is the token Fisher matrix, block-diagonal between the components. Under J − β·KL the first ' +
    'token moves by ∇J/(β[F₁ + (L−1)F_pad]) where padding shares its parameter, and independently of L where it does not. For each ' +
    'component gᵀH⁺g is at most its credit budget.',
  formulas: [
    String.raw`H_c=\mathbb{E}\sum_{t\in c}F(h_t),\qquad \theta^\star-\theta_{\mathrm{ref}}=\tfrac1\beta H^{+}\nabla J+O(\beta^{-2}),\qquad \propto\frac1{F_1+(L-1)F_{\mathrm{pad}}}\ \text{(shared)}`,
    String.raw`g_c^{\top}H_c^{+}g_c\le V_c,\quad\text{with equality for a tabular policy}`,
  ],
  assumptions: [
    FAMILY_ASSUMPTION,
    'One-parameter tilts of first tokens and padding along seeded directions, at the reference logits.',
    'The inequality uses the reward gradient, the budget and the Fisher matrix of one and the same θ; it is checked on the companion policy.',
  ],
  run: (subject) => {
    const reference = referenceFamily(subject);
    const findings = withStated(subject, c6Statements, {
      library: c6Library,
      checks: [...hessianChecks(reference), ...displacementChecks(reference), ...budgetChecks(subject)],
      controls: stiffnessControls(subject, reference),
    });
    return { ...findings, figures: [stiffnessFigure(reference)] };
  },
};
