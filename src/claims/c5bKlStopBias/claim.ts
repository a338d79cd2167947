// C5b: a KL penalty pulls decisions towards STOP, more so the longer an attempt; token-level losses do not.
import { rewardGradient } from '../../attribution/budget.ts';
import { expectedEdges, reachTensor } from '../../attribution/differentiable.ts';
import { klGradient } from '../../attribution/divergence.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { engineGradient } from '../../attribution/twoCopy.ts';
import { sub, tensor } from '../../autodiff/index.ts';
import { type PaddingFamily, paddingFamily, withAttempts } from '../../policy/padding.ts';
import { type Comparison, check, control, distance, shortfall, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import type { LinesFigure } from '../figure.ts';
import { withStated } from '../shared/asStated.ts';
import { withUniformMismatch } from '../shared/divergenceTerms.ts';
import { leftAgainstStatement } from '../shared/inFloat64.ts';
import {
  DRAWN_LENGTHS,
  FAMILY_ASSUMPTION,
  familyOf,
  LENGTHS,
  type LengthMember,
  memberOf,
  members,
  paddingMismatch,
} from '../shared/lengthFamily.ts';
import { trainedChecks, trainedControls } from './asTrained.ts';
import { c5bLibrary } from './library.ts';
import {
  closedForm,
  extraAttempts,
  type PerClass,
  perLengthLoss,
  perSegment,
  resampleEntries,
  sequenceK2,
  steepest,
  tokenLoss,
} from './resampleDerivatives.ts';
import {
  c5bStatements,
  perSegment as perSegmentStated,
  pullOfReward,
  slope as slopeStated,
} from './statements.ts';
import { noSlope } from './tokenLosses.ts';

/** Classes, over many seeded families, whose derivative is negative at L = 1 and positive at L = 1000. */
function signChanges(subject: ClaimSubject): number {
  const { vocabulary } = familyOf(subject);
  let count = 0;
  for (let i = 0; i < 20; i++) {
    const family = paddingFamily(2, vocabulary, subject.seed * 1000 + i);
    const [short, long] = [1, 1000].map((L) => closedForm(memberOf(family, L).policy));
    count += short!.filter((x, row) => x < 0 && long![row]! > 0).length;
  }
  return count;
}

interface Case {
  readonly family: PaddingFamily;
  /** The member of each length. */
  readonly at: (length: number) => LengthMember;
  readonly delta: number;
  readonly tolerance: Tolerance;
  readonly along: (f: (length: number) => Comparison, lengths?: readonly number[]) => Comparison;
}

function caseOf(subject: ClaimSubject): Case {
  const family = familyOf(subject);
  const at = members((length) => memberOf(family, length));
  const longest = at(LENGTHS.at(-1)!).policy;
  return {
    family,
    at,
    delta: paddingMismatch(family.policy, family.reference),
    tolerance: longest.rounding(longest.logSize, 'E Σ|log-ratio| at L = 1000'),
    along: (f, lengths = LENGTHS) => worst(lengths.map(f)),
  };
}

/** value(L) = value(1) + (L−1)·slope, class by class. */
function affine(value: PerClass, first: PerClass, slope: PerClass, length: number): Comparison {
  return distance(
    value,
    first.map((x, row) => x + (length - 1) * slope[row]!),
  );
}

function slopeChecks({ family, at, delta, tolerance, along }: Case): Check[] {
  const slope = extraAttempts(at(1)).map((x) => delta * x);
  const ofKl = (policy: EvaluatedPolicy): PerClass =>
    resampleEntries(policy, klGradient(policy, policy.reference));
  const engine = (L: number): PerClass => {
    const { policy, graph } = at(L);
    const gradient = engineGradient(graph, policy.model.logits, (logProb, dg) =>
      expectedEdges(reachTensor(dg, logProb), sub(logProb, tensor(policy.logRef))),
    );
    return resampleEntries(policy, gradient);
  };
  const short = withAttempts(family, 2);
  return [
    check(
      '∂KL/∂RESAMPLE: closed form against engine, L = 1 … 8',
      along((L) => distance(engine(L), closedForm(at(L).policy)), DRAWN_LENGTHS),
      tolerance,
    ),
    check(
      '∂KL/∂RESAMPLE: closed form against tree program, L = 1 … 8 and 1000',
      along((L) => distance(ofKl(at(L).policy), closedForm(at(L).policy))),
      tolerance,
    ),
    check(
      `${slopeStated.name}, L = 1 … 8 and 1000`,
      along((L) => leftAgainstStatement(slopeStated, at(L).policy, ofKl(at(L).policy))),
      tolerance,
    ),
    check(
      'the slope is not negative',
      shortfall(
        slope.reduce((a, b) => Math.min(a, b)),
        0,
      ),
      tolerance,
    ),
    check(
      `${pullOfReward.name}, L = 1 … 8 and 1000`,
      along((L) =>
        leftAgainstStatement(
          pullOfReward,
          at(L).policy,
          resampleEntries(at(L).policy, rewardGradient(at(L).policy)),
        ),
      ),
      tolerance,
    ),
    check(
      'sequence-level k2 loss (full tree, L = 1 … 3): the same derivative',
      along((L) => distance(sequenceK2(short, L), closedForm(memberOf(short, L).policy)), [1, 2, 3]),
      tolerance,
    ),
  ];
}

function conditionChecks(subject: ClaimSubject, { family, at, tolerance, along }: Case): Check[] {
  const atReference = (L: number): PerClass =>
    closedForm(memberOf(family, L, family.reference, family.reference).policy);
  const uniform = withUniformMismatch(family);
  return [
    ...(['k2', 'k3'] as const).map((name) => {
      const stated = noSlope(name);
      return check(
        `${stated.name}, L = 1 … 8 and 1000`,
        along((L) => leftAgainstStatement(stated, at(L).policy, tokenLoss(at(L), name))),
        at(1000).policy.rounding(2 * steepest(at(1), name), '2 · max |f′(log-ratio)|'),
      );
    }),
    ...(['k2', 'k3'] as const).map((name) => {
      const L = 1000;
      const scaled = perLengthLoss(at(L), name, (k, d) => L / (k * L + d));
      const limit = perLengthLoss(at(L), name, (k) => 1 / k);
      return check(
        `under 1/|o| the token-level ${name} loss decays like 1/L (L·derivative at its limit)`,
        distance(scaled, limit),
        {
          value: (2 * steepest(at(1), name)) / L,
          bound: '|L/|o| − 1/k| ≤ 1/L, times 2 · max |f′(log-ratio)|, L = 1000',
        },
      );
    }),
    check(
      'at θ = θ_ref the derivative vanishes for every L',
      along((L) => distance(atReference(L), new Float64Array(extraAttempts(at(1)).length))),
      tolerance,
    ),
    check(
      `${perSegmentStated.name}, L = 1 … 8 and 1000`,
      along((L) => {
        const grown = perSegment(at(L), L).map((x) => L * x);
        const { measured, expected, error } = leftAgainstStatement(perSegmentStated, at(L).policy, grown);
        return { measured: measured / L, expected: expected / L, error: error / L };
      }),
      tolerance,
    ),
    check(
      'per-segment mean with the first token’s KL equal to δ_K: free of L',
      along((L) => distance(perSegment(memberOf(uniform, L), L), perSegment(memberOf(uniform, 1), 1))),
      tolerance,
    ),
    check(
      'the local term may decide the sign at small L: classes with negative derivative at L = 1, positive at 1000',
      shortfall(signChanges(subject), 1),
      { value: 0, bound: 'a count: at least one in twenty seeded families' },
    ),
  ];
}

function stopBiasControls(subject: ClaimSubject, { family, at, delta, tolerance }: Case): Control[] {
  const first = closedForm(at(1).policy);
  const slope = extraAttempts(at(1)).map((x) => delta * x);
  return [
    control(
      subject,
      'slope by δ of the data',
      'The slope is made from KL(D‖π) of a padding token instead of KL(π‖π_ref).',
      affine(
        closedForm(at(8).policy),
        first,
        slope.map((x) => (x / delta) * paddingMismatch(family.data, family.policy)),
        8,
      ),
      tolerance,
    ),
    control(
      subject,
      'no transient under per-segment means',
      'Per-segment means make the derivative free of L, whatever the first token’s KL.',
      distance(perSegment(at(8), 8), perSegment(at(1), 1)),
      tolerance,
    ),
  ];
}

function slopeFigure({ at, delta }: Case): LinesFigure {
  const slope = extraAttempts(at(1)).map((x) => delta * x);
  const row = slope.indexOf(slope.reduce((a, b) => Math.max(a, b)));
  const first = closedForm(at(1).policy)[row]!;
  const token = (L: number): number => tokenLoss(at(L), 'k3')[row]!;
  const reward = (L: number): number => resampleEntries(at(L).policy, rewardGradient(at(L).policy))[row]!;
  const series = (
    name: string,
    f: (L: number) => number,
    curve: (L: number) => number,
  ): LinesFigure['series'][number] => ({
    name,
    points: DRAWN_LENGTHS.map((L) => [L, f(L)] as const),
    curve: DRAWN_LENGTHS.map((L) => [L, curve(L)] as const),
  });
  return {
    kind: 'lines',
    title: 'A KL penalty pulls towards STOP, more so the longer an attempt',
    caption:
      'Derivatives with respect to the RESAMPLE logit of the class with the steepest slope: KL (descent goes towards STOP), the ' +
      'token-summed k3 loss, and the reward. Lines: closed forms.',
    xLabel: 'attempt length L',
    yLabel: 'derivative',
    series: [
      series(
        'KL(π‖π_ref)',
        (L) => closedForm(at(L).policy)[row]!,
        (L) => first + (L - 1) * slope[row]!,
      ),
      series('token-summed k3 loss', token, () => token(1)),
      series('reward', reward, () => reward(1)),
    ],
  };
}

/** What KL does to decisions. */
export const c5bKlStopBias: Claim = {
  id: 'C5b',
  title: 'KL stop bias',
  statement:
    'The derivative of KL with respect to a RESAMPLE logit grows in L with slope ρ π_R π_S · δ_K · E[extra attempts | RESAMPLE] ≥ 0, ' +
    'so that descent on KL goes towards STOP, while the reward’s pull is free of L. It holds for KL in the reward and for ' +
    'sequence-level k2; token-summed k2 and k3 losses have no such slope; at θ = θ_ref the derivative vanishes; per-segment means ' +
    'remove the slope up to a transient of 1/L.',
  formulas: [
    String.raw`\frac{\partial\,\mathrm{KL}}{\partial\ell_R(h)}=\rho(h)\,\pi_R\,\pi_S\big[\Delta\log\text{-ratio}+\mathrm{KLtogo}(R)-\mathrm{KLtogo}(S)\big]`,
    String.raw`\frac{d}{dL}\frac{\partial\,\mathrm{KL}}{\partial\ell_R(h)}=\rho(h)\,\pi_R\,\pi_S\,\delta_K\,\mathbb{E}[\#\text{extra attempts}\mid h,R],\qquad \frac{\partial J}{\partial\ell_R(h)}=\rho(h)\,\pi_R\,\pi_S\,[Q_R-Q_S]`,
  ],
  assumptions: [
    FAMILY_ASSUMPTION,
    'Free decision logits; h is the class of histories with the same first tokens (at one full history the occupancy itself falls with L).',
  ],
  run: (subject) => {
    const given = caseOf(subject);
    const findings = withStated(subject, c5bStatements, {
      library: c5bLibrary,
      read: [slopeStated, pullOfReward, noSlope('k2'), noSlope('k3'), perSegmentStated].map(
        ({ name }) => name,
      ),
      checks: [...slopeChecks(given), ...conditionChecks(subject, given), ...trainedChecks(subject)],
      controls: [...stopBiasControls(subject, given), ...trainedControls(subject)],
    });
    return { ...findings, figures: [slopeFigure(given)] };
  },
};
