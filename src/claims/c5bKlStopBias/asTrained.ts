// C5b for the KL penalty of the shipped objectives: REINFORCE's expected gradient on full trees of padded attempts, by its weights and by
// its loss, with respect to RESAMPLE logits.
import { scoreGradient } from '../../attribution/scoreGradient.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { type PaddingFamily, paddingFamily } from '../../policy/padding.ts';
import { type Comparison, check, control, distance, worst } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import { expectedWeights, ROUTES, type Route, weightsRounding } from '../shared/asTrained.ts';
import { BETA, type Penalty, penalisedWeights } from '../shared/klAsTrained.ts';
import { memberOf } from '../shared/lengthFamily.ts';
import {
  closedForm,
  fullTree,
  type PerClass,
  perClass,
  perLengthLoss,
  perSegment,
  resampleEntries,
  tokenSlopeLoss,
} from './resampleDerivatives.ts';

/** Lengths of the full trees. */
const TREES = [1, 2, 3];

/** A penalty, and what the claim says of it at each length. */
interface Form {
  readonly name: string;
  readonly penalty: Penalty;
  readonly expected: (family: PaddingFamily, length: number) => PerClass;
}

const inReward: Form = {
  name: 'k1 in the reward: the derivative of KL, with its slope',
  penalty: { klEstimator: 'k1', klPlacement: 'reward' },
  expected: (family, L) => closedForm(memberOf(family, L).policy),
};
const bySegment: Form = {
  name: 'k1 in the reward, per segment: that of per-segment means',
  penalty: { klEstimator: 'k1', klPlacement: 'reward', klWeight: 'segment' },
  expected: (family, L) => perSegment(memberOf(family, L), L),
};
const inLoss = (['k2', 'k3'] as const).map(
  (klEstimator): Form => ({
    name: `${klEstimator} in the loss: no slope`,
    penalty: { klEstimator, klPlacement: 'loss' },
    expected: (family) => tokenSlopeLoss(memberOf(family, 1), klEstimator),
  }),
);
const perLength = (['k2', 'k3'] as const).map(
  (klEstimator): Form => ({
    name: `${klEstimator} in the loss under 1/|o|`,
    penalty: { klEstimator, klPlacement: 'loss', aggregation: 'sequenceMean' },
    expected: (family, L) => perLengthLoss(memberOf(family, L), klEstimator, (k, d) => 1 / (k * L + d)),
  }),
);
const FORMS: readonly Form[] = [inReward, bySegment, ...inLoss, ...perLength];

/** The derivative of the penalty alone: the expected gradients without and with it, over β, added up over the histories of a class. */
function penaltyDerivative(family: PaddingFamily, length: number, penalty: Penalty, route: Route): PerClass {
  const policy = fullTree(family, length);
  const { aggregation = 'sequenceSum' } = penalty;
  const without = expectedWeights(policy, route, 'reinforce', { aggregation });
  const change = penalisedWeights(policy, penalty, route).map((w, e) => (without[e]! - w) / BETA);
  return perClass(family, length, resampleEntries(policy, scoreGradient(policy, change)));
}

function against(
  family: PaddingFamily,
  { penalty }: Form,
  expected: Form['expected'],
  route: Route,
): Comparison {
  return worst(TREES.map((L) => distance(penaltyDerivative(family, L, penalty, route), expected(family, L))));
}

function toleranceOf(family: PaddingFamily): Tolerance {
  const policy = fullTree(family, TREES.at(-1)!);
  const size = (2 / BETA) * (policy.rewardSize + BETA * (2 + policy.logSize ** 2));
  return weightsRounding(policy, size, 'T · 2/β · (max |R| + β(2 + (E Σ|log-ratio|)²)) at L = 3');
}

/** Two attempts of one to three tokens from two: the smallest family whose full trees have a class with extra attempts. */
const smallFamily = (seed: number): PaddingFamily => paddingFamily(2, 2, seed);

/** Every form of the penalty by both routes. */
export function trainedChecks({ seed }: ClaimSubject): Check[] {
  const family = smallFamily(seed);
  return FORMS.flatMap((form) =>
    ROUTES.map((route) =>
      check(
        `REINFORCE (its ${route}; full tree, L = 1 … 3), ${form.name}`,
        against(family, form, form.expected, route),
        toleranceOf(family),
      ),
    ),
  );
}

/** Forms put to what the claim says of another. */
export function trainedControls(subject: ClaimSubject): Control[] {
  const family = smallFamily(subject.seed);
  const wrong = [
    { form: bySegment, said: inReward, says: 'The weight per segment leaves the slope of KL in the reward.' },
    { form: inLoss[1]!, said: inReward, says: 'k3 as a term of the loss has the slope of KL.' },
    { form: inReward, said: inLoss[0]!, says: 'KL in the reward has no slope.' },
    { form: perLength[0]!, said: inLoss[0]!, says: 'Under 1/|o| the penalty in the loss is as without it.' },
  ];
  return wrong.flatMap(({ form, said, says }) =>
    ROUTES.map((route) =>
      control(
        { ...subject, companionIs: 'companion' },
        `REINFORCE (its ${route}), ${form.name} – put to ${said.name}`,
        says,
        against(family, form, said.expected, route),
        toleranceOf(family),
      ),
    ),
  );
}
