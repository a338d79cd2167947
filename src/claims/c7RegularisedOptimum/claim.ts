// C7: the KL-regularised optimum is a tilt of the reference, and at full capacity it knows no length.
import type { PerComponent } from '../../attribution/byComponent.ts';
import { klTerms } from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy, GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { softOptimum } from '../../attribution/softOptimum.ts';
import { expOf } from '../../attribution/vectors.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { type Comparison, check, control, difference, distance, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import type { LinesFigure } from '../figure.ts';
import { withStated } from '../shared/asStated.ts';
import { DRAWN_LENGTHS, FAMILY_ASSUMPTION, familyOf, LENGTHS, memberOf } from '../shared/lengthFamily.ts';
import { c7Library } from './library.ts';
import {
  BETA,
  type Betas,
  both,
  distanceFromTilt,
  engineObjectiveGradient,
  objectiveValue,
  optimumRounding,
  perturbedNode,
  stationary,
  tableOf,
  tilt,
} from './optimum.ts';
import { c7Statements } from './statements.ts';

function optimumChecks(policy: EvaluatedPolicy): Check[] {
  const tolerance = optimumRounding(policy);
  const optimum = softOptimum(policy, both(BETA));
  const trajectories = tilt(policy, BETA);
  const engine = engineObjectiveGradient(policy, tableOf(policy, optimum.logProb), BETA);
  const perComponent: Betas = { sample: BETA, decision: 3 * BETA };
  const split = softOptimum(policy, perComponent);
  return [
    check('π*(τ) ∝ π_ref(τ)·exp(R(τ)/β): recursion against all trajectories', trajectories.policy, tolerance),
    check('J_β(π*) = β log Z, Z summed over trajectories', trajectories.value, tolerance),
    check(
      'J_β(π*) = E[R] − β·KL at π*',
      difference(objectiveValue(policy, optimum.logProb, both(BETA)), optimum.value),
      tolerance,
    ),
    check(
      'the gradient vanishes at π*: tree program',
      stationary(policy, optimum.logProb, both(BETA)),
      tolerance,
    ),
    check(
      'the gradient vanishes at π*: engine',
      distance(engine, new Float64Array(engine.length)),
      tolerance,
    ),
    check(
      'a β per component: the gradient vanishes at its own optimum',
      stationary(policy, split.logProb, perComponent),
      tolerance,
    ),
  ];
}

/** What the counter-example compares: π* of the first token and of decisions, the KL of each component, and J_β. */
function lengthFree(subject: ClaimSubject): { checks: Check[]; figure: LinesFigure } {
  const family = familyOf(subject);
  const found = LENGTHS.map((length) => {
    const member = memberOf(family, length);
    const { policy } = member;
    const { logProb, value } = softOptimum(policy, both(BETA));
    const kept = logProb.filter((_, e) => member.isPadding[e] === 0);
    const terms: PerComponent = klTerms(new GraphPolicy(policy.graph, logProb), policy.reference);
    return { length, kept: expOf(kept), terms, value, tolerance: optimumRounding(policy) };
  });
  const first = found[0]!;
  const { tolerance } = found.at(-1)!;
  const along = (f: (at: typeof first) => Comparison): Comparison => worst(found.map(f));
  return {
    checks: [
      check(
        'counter-example to (iv) at full capacity: π* of first tokens and decisions is the same for L = 1 … 8 and 1000',
        along((at) => distance(at.kept, first.kept)),
        tolerance,
      ),
      ...COMPONENTS.map((c) =>
        check(
          `counter-example: KL_${c} at π* is the same for every L`,
          along((at) => difference(at.terms[c], first.terms[c])),
          tolerance,
        ),
      ),
      check(
        'counter-example: J_β(π*) is the same for every L',
        along((at) => difference(at.value, first.value)),
        tolerance,
      ),
    ],
    figure: {
      kind: 'lines',
      title: 'The regularised optimum knows no length',
      caption:
        'KL of each component at π* of the padding family, β = 0.1; the lines are the values at L = 1.',
      xLabel: 'attempt length L',
      yLabel: 'nats',
      series: COMPONENTS.map((c) => ({
        name: `KL_${c} at π*`,
        component: c,
        points: found
          .filter(({ length }) => length <= 8)
          .map(({ length, terms }) => [length, terms[c]] as const),
        curve: DRAWN_LENGTHS.map((length) => [length, first.terms[c]] as const),
      })),
    },
  };
}

function optimumControls(subject: ClaimSubject): Control[] {
  const policy = evaluatedPolicy(subject.companion);
  const tolerance = optimumRounding(policy);
  const optimum = softOptimum(policy, both(BETA));
  const split = softOptimum(policy, { sample: BETA, decision: 3 * BETA });
  const frozen = softOptimum(policy, { sample: Number.POSITIVE_INFINITY, decision: BETA });
  const decisions = (logProb: Float64Array): Float64Array =>
    expOf(tableOf(policy, logProb).subarray(policy.graph.sampleSlots));
  return [
    control(
      subject,
      'β perturbed at one node',
      'The gradient vanishes with 1.5 β at the node of largest occupancy × variance of Q.',
      stationary(policy, perturbedNode(policy), both(BETA)),
      tolerance,
    ),
    control(
      subject,
      'optimum of another β',
      'The optimum for 2β is stationary for β.',
      stationary(policy, softOptimum(policy, both(2 * BETA)).logProb, both(BETA)),
      tolerance,
    ),
    control(
      subject,
      'a β per component is a tilt',
      'The optimum with a β per component is π_ref·exp(R/β′) for some β′.',
      distanceFromTilt(policy, split.logProb),
      tolerance,
    ),
    control(
      subject,
      'freezing π_sample',
      'Freezing π_sample at the reference leaves π_d* as it is.',
      distance(decisions(frozen.logProb), decisions(optimum.logProb)),
      tolerance,
    ),
  ];
}

/** The optimum of E[R] − β·KL, free of length. */
export const c7RegularisedOptimum: Claim = {
  id: 'C7',
  title: 'KL-regularised optimum',
  statement:
    'For full-history tabular policies the maximum of E[R] − β·KL is β log Z, at π*(τ) ∝ π_ref(τ)·exp(R(τ)/β), where the gradient ' +
    'vanishes. Counter-example to length asymmetry: under padding π*, the KL of each component and J_β are the same for every L.',
  formulas: [
    String.raw`\pi^\star(\tau)=\frac{\pi_{\mathrm{ref}}(\tau)\,e^{R(\tau)/\beta}}{Z},\qquad J_\beta(\pi^\star)=\beta\log Z,\qquad \nabla\big(J-\beta\,\mathrm{KL}\big)\big|_{\pi^\star}=0`,
    String.raw`V(h)=\beta\log\sum_a\pi_{\mathrm{ref}}(a\mid h)\,e^{Q(h,a)/\beta}`,
  ],
  assumptions: [
    'Full capacity: one row of logits for every history.',
    `β = ${BETA}.`,
    FAMILY_ASSUMPTION,
    'Length asymmetry needs shared parameters, a reward that reads the padding, finite training, or an estimator that is not the true gradient.',
  ],
  run: (subject) => {
    const { checks, figure } = lengthFree(subject);
    const findings = withStated(subject, c7Statements, {
      library: c7Library,
      checks: [...optimumChecks(evaluatedPolicy(subject.policy)), ...checks],
      controls: optimumControls(subject),
    });
    return { ...findings, figures: [figure] };
  },
};
