// C5: the mass of a KL penalty, and what the penalty is as a reward.
import { klDivergence, klGradient, leafRatios } from '../../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { check, control, distance, worst } from '../check.ts';
import type { Check, Claim, ClaimSubject, Control } from '../claim.ts';
import { engineKlGradient } from '../shared/alongDirection.ts';
import { withStated } from '../shared/asStated.ts';
import { ROUTES } from '../shared/asTrained.ts';
import {
  affineControls,
  type DivergenceByLength,
  growthCheck,
  termsFigure,
} from '../shared/divergenceTerms.ts';
import { projected } from '../shared/fisher.ts';
import { againstStatement } from '../shared/inFloat64.ts';
import { againstPenalty, asBatch, type Penalty, penaltyRounding } from '../shared/klAsTrained.ts';
import { FAMILY_ASSUMPTION, familyOf, memberOf, members, paddingMismatch } from '../shared/lengthFamily.ts';
import { chainRule, massGrowth } from '../shared/overMasses.ts';
import {
  type DifferentiableValue,
  differences,
  sharedFamily,
  thirdScoreBound,
} from '../shared/sharedFamily.ts';
import { onTransformer } from '../transformer/onTransformer.ts';
import { c5Library } from './library.ts';
import { klOnTransformer } from './onTransformer.ts';
import { c5Statements } from './statements.ts';

/**
 * KL(π‖π_ref) = Σ p·r: KL‴ = Σ p‴r + 2Σ p″L′ + Σ p′L″, bounded with |p″/p| ≤ T² + T/4; twice, for the neighbourhood that the steps reach.
 */
function klValue(policy: EvaluatedPolicy): DifferentiableValue {
  const { graph, reference, logSize } = policy;
  const tokens = graph.layers.length;
  return {
    value: (at) => klDivergence(at, reference),
    third: 2 * (logSize * thirdScoreBound(policy) + 2 * tokens ** 3 + 0.75 * tokens ** 2),
    size: logSize,
  };
}

const IN_REWARD: Penalty = { klEstimator: 'k1', klPlacement: 'reward' };

/** The penalty as a training step takes it from the objectives. */
function trainedChecks(subject: ClaimSubject): Check[] {
  const { policy, suffix } = asBatch(subject);
  const gradient = klGradient(policy, policy.reference);
  return ROUTES.map((route) =>
    check(
      `REINFORCE with k1 in the reward, by its ${route}: ∇J − β∇KL${suffix}`,
      againstPenalty(policy, IN_REWARD, route, gradient),
      penaltyRounding(policy),
    ),
  );
}

/** The same comparison with the penalty's sign turned, or left out. */
function trainedControls(subject: ClaimSubject): Control[] {
  const { policy } = asBatch({ ...subject, policy: subject.companion });
  const gradient = klGradient(policy, policy.reference);
  return ROUTES.flatMap((route) =>
    [
      { name: 'of the wrong sign', factor: -1, says: 'The penalty in the reward adds β∇KL to ∇J.' },
      { name: 'without effect', factor: 0, says: 'The penalty in the reward changes no gradient.' },
    ].map(({ name, factor, says }) =>
      control(
        subject,
        `k1 in the reward ${name}, by the ${route}`,
        says,
        againstPenalty(
          policy,
          IN_REWARD,
          route,
          gradient.map((x) => factor * x),
        ),
        penaltyRounding(policy),
      ),
    ),
  );
}

const CHAIN_RULE = chainRule('KL(π‖π_ref) over trajectories = sample terms + decision terms');

/** KL(π‖π_ref) by component and length. */
export const c5KlMass: Claim = {
  id: 'C5',
  title: 'KL penalties: mass',
  statement:
    'KL(π‖π_ref) is a sum over sample tokens plus a sum over decision tokens; under padding it is affine in the length of an ' +
    'attempt through the sample part only. Put inside the reward its weights are formally balanced (one log-ratio for the whole ' +
    'trajectory), and its gradient is the same.',
  formulas: [
    String.raw`\mathrm{KL}(\pi_\theta\|\pi_{\mathrm{ref}})=\mathbb{E}\sum_{t\in S}\mathrm{kl}_t+\mathbb{E}\sum_{t\in D}\mathrm{kl}_t,\qquad \mathrm{KL}_{\mathrm{sample}}(L)=\mathrm{KL}_{\mathrm{sample}}(1)+(L-1)\,\delta_K\,\mathbb{E}[\#\text{attempts}]`,
    String.raw`\nabla\mathrm{KL}=\mathbb{E}\Big[\log\frac{\pi_\theta(\tau)}{\pi_{\mathrm{ref}}(\tau)}\sum_t u_t\Big]`,
  ],
  assumptions: [FAMILY_ASSUMPTION, 'δ_K = KL(π‖π_ref) of one padding token.'],
  run: (subject) => {
    const policy = evaluatedPolicy(subject.policy);
    const { logSize } = policy;
    const tolerance = policy.rounding(logSize, 'E Σ|log-ratio|');
    const { prob: leafProb, logRatio } = leafRatios(policy);
    const weighted = leafProb.map((p, i) => (p === 0 ? 0 : p * logRatio[i]!));
    const whole = weighted.reduce((sum, x) => sum + x, 0);
    const recursion = klGradient(policy, policy.reference);
    const engine = engineKlGradient(policy);
    const family = familyOf(subject);
    const shared = sharedFamily(policy, subject.seed);
    const { gradient, tolerance: differenceTolerance } = differences(policy, shared, klValue(policy));
    const masses: DivergenceByLength = {
      member: members((length) => memberOf(family, length)),
      delta: paddingMismatch(family.policy, family.reference),
    };
    const growth = massGrowth('δ_K');
    const added = onTransformer(subject, klOnTransformer);
    const findings = withStated(subject, c5Statements, {
      library: c5Library,
      read: [CHAIN_RULE, growth].map(({ name }) => name),
      checks: [
        check(
          CHAIN_RULE.name,
          againstStatement(CHAIN_RULE, policy, klDivergence(policy, policy.reference), whole),
          tolerance,
        ),
        check('∇KL: tree program against engine', distance(engine, recursion), tolerance),
        check(
          '∇KL of shared parameters, per component: tree program against differences of the two-copy policy',
          worst(COMPONENTS.map((c) => distance(projected(shared, recursion, c), gradient[c]))),
          differenceTolerance,
        ),
        ...trainedChecks(subject),
        growthCheck(masses, growth),
        ...added.checks,
      ],
      controls: [...trainedControls(subject), ...affineControls(subject, masses), ...added.controls],
    });
    return {
      ...findings,
      figures: [
        termsFigure(
          masses,
          'The mass of a KL penalty grows with the attempt length on one side only',
          'Chain-rule terms of KL(π‖π_ref) under padding; lines: the value at L = 1 plus (L − 1)·δ_K·E[attempts], and a constant.',
        ),
      ],
    };
  },
};
