// What rules about the KL penalty have in common: whether there is one in the loss, its estimator, and δ of a token.
import type { KlEstimator, PenaltyEstimator } from '../objectives/index.ts';
import type { Trajectory } from '../rollouts/index.ts';
import { type Form, formOf } from './alternatives.ts';
import { klForm, reweigh } from './reweigh.ts';
import { optionOf, type Setting } from './setting.ts';
import type { TokenView } from './tokenView.ts';

/** Forms that rules try for one penalty in the loss: none, clamped, and the two other estimators. */
export const KL_ALTERNATIVES = 4;

/** Why a rule about the penalty in the loss says nothing; undefined where there is one. */
export function noPenaltyInLoss(setting: Setting): string | undefined {
  const beta = optionOf(setting, 'beta');
  if (typeof beta !== 'number' || beta === 0) return 'the objective has no KL penalty';
  if (optionOf(setting, 'klPlacement') === 'reward')
    return 'the KL penalty is in the reward, not in the loss';
  return undefined;
}

/** The estimator of the penalty; undefined if the objective has no such option. k3Corrected has the slope of k2. */
export function estimatorOf(setting: Setting): PenaltyEstimator | undefined {
  const name = optionOf(setting, 'klEstimator');
  return name === 'k1' || name === 'k2' || name === 'k3' || name === 'k3Corrected' ? name : undefined;
}

/** [T] δ = log π − log π_ref; NaN where it is not known. Undefined without a reference. */
export function referenceGap(trajectory: Trajectory): Float64Array | undefined {
  const { refLogProbs } = trajectory;
  const logProbs = trajectory.logProbs ?? trajectory.oldLogProbs ?? trajectory.samplerLogProbs;
  if (logProbs === undefined || refLogProbs === undefined) return undefined;
  return logProbs.map((x, t) => x - refLogProbs[t]!);
}

/** [T] δ as the penalty in the loss sees it, whatever stands in the place of the reference: the slope of k2 over that of k1. */
export function penaltyGap(view: TokenView, setting: Setting): Float64Array | undefined {
  const [k1, k2] = (['k1', 'k2'] as const).map(
    (klEstimator) => reweigh(view, setting, { options: { klEstimator } })?.kl,
  );
  return k1 === undefined || k2 === undefined ? undefined : k2.map((w, t) => w / k1[t]!);
}

/**
 * The weights without the penalty in the loss. Where all ratios of a trajectory are 1 they are those of k1 but for a factor, A against
 * A − β.
 */
export function withoutPenalty({ terms }: TokenView): Form | undefined {
  return terms?.kl === undefined ? undefined : formOf(terms.policy);
}

/** The weights if the penalty in the loss had another estimator. */
export function withEstimator(view: TokenView, setting: Setting, estimator: KlEstimator): Form | undefined {
  const kl = reweigh(view, setting, { options: { klEstimator: estimator } })?.kl;
  return kl === undefined || view.terms === undefined
    ? undefined
    : klForm(view, setting, [view.terms.policy, kl]);
}
