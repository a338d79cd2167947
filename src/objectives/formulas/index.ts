// The weights of every built-in objective as formulas over any field. Tests compare each with the objective's own weights.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { OptionsOf } from '../../base/options.ts';
import type { LossOptions } from '../loss/policyGradient.ts';
import type { CorrectionOptions } from '../loss/samplerCorrection.ts';
import type { GroupOptions } from '../loss/standardised.ts';
import type { ClipOptions } from '../loss/surrogates.ts';
import type { differenceOptions } from '../loss/trustRegions.ts';
import type { WhiteningOptions } from '../loss/whitening.ts';
import type { ObjectiveName } from '../names.ts';
import {
  type FormulaNumbers,
  generalisedAdvantageOver,
  groupAdvantageOver,
  minusConstantOver,
  minusGroupMeanOver,
  minusLeaveOneOutMeanOver,
  minusLengthWeightedMeanOver,
  overGroupMeanOver,
  whitenedOver,
} from './advantages.ts';
import { spreadOver } from './aggregation.ts';
import type { WeightFormula } from './formula.ts';
import { type FormulaParts, policyGradientFormula } from './policyGradient.ts';
import { sftFormula } from './sft.ts';
import {
  cappedTokenSlope,
  clippedSequenceSlope,
  clippedTokenSlope,
  differenceSlope,
  maskedAdvantageOver,
  maskedSequenceSlope,
  type Slope,
  scoreSlope,
  softGateSlope,
  truncatedAdvantageOver,
} from './surrogates.ts';

export type { FormulaBatch, FormulaToken, FormulaTrajectory, PerToken, WeightFormula } from './formula.ts';

/** Those that standardise the reward in its group differ in the surrogate, and in what the advantage of a token is. */
function standardised<O>(
  slope: Slope<O>,
  tokenAdvantage?: FormulaParts<O>['tokenAdvantage'],
): WeightFormula<O & GroupOptions & LossOptions> {
  const rest = tokenAdvantage === undefined ? {} : { tokenAdvantage };
  return policyGradientFormula<O & GroupOptions & LossOptions>({
    advantage: groupAdvantageOver,
    slope,
    ...rest,
  });
}

type Baseline = LossOptions & { readonly baseline: number };
type Alone = LossOptions & { readonly groupOfOne: 'refused' | 'zero' | 'reward' };
type Mean = LossOptions & ClipOptions & { readonly groupOfOne: 'zero' | 'reward' };
type Critic = Baseline & ClipOptions & { readonly critic: 'none' | 'value'; readonly gaeLambda: number };
type Difference = LossOptions &
  GroupOptions &
  OptionsOf<typeof differenceOptions> & { readonly divideByMean: boolean };
type Whitened = LossOptions & ClipOptions & WhiteningOptions;
type Functions = Whitened & GroupOptions & { readonly rewardWeights: readonly number[] };
type Corrected = ClipOptions & CorrectionOptions;

/** The formula of every built-in objective by name, in the order in which they are shown. */
export const weightFormulas: Readonly<Record<ObjectiveName, WeightFormula>> = {
  sft: sftFormula,
  reinforce: policyGradientFormula<Baseline>({
    advantage: (field, { reward }, { baseline }) => minusConstantOver(field, reward, baseline),
    slope: scoreSlope,
  }),
  rloo: policyGradientFormula<Alone>({
    advantage: (field, all, { groupOfOne }) => minusLeaveOneOutMeanOver(field, all, groupOfOne),
    slope: scoreSlope,
  }),
  grpo: standardised(clippedTokenSlope),
  drGrpo: policyGradientFormula<Mean>({
    advantage: (field, all, { groupOfOne }) => minusGroupMeanOver(field, all, groupOfOne),
    slope: clippedTokenSlope,
  }),
  dapo: standardised(clippedTokenSlope),
  gspo: standardised(clippedSequenceSlope),
  ppo: policyGradientFormula<Critic>({
    advantage: (field, { reward }, { critic, baseline }) =>
      critic === 'value' ? reward : minusConstantOver(field, reward, baseline),
    tokenAdvantage: (field, batch, ofTrajectory, { critic, gaeLambda }) =>
      critic === 'value'
        ? generalisedAdvantageOver(field, batch, ofTrajectory, gaeLambda)
        : spreadOver(batch, ofTrajectory),
    slope: clippedTokenSlope,
  }),
  cispo: standardised(cappedTokenSlope),
  luspo: standardised(clippedSequenceSlope),
  dppo: policyGradientFormula<Difference>({
    advantage: (field, all, options) =>
      options.divideByMean ? overGroupMeanOver(field, all) : groupAdvantageOver(field, all, options),
    slope: differenceSlope,
    view: (field, token) => {
      const ratio = field.mul(token.ratio, token.samplerRatio);
      return { ...token, ratio, refRatio: ratio, samplerRatio: field.number(1) };
    },
  }),
  tis: standardised<Corrected>(clippedTokenSlope, truncatedAdvantageOver),
  icepop: standardised<Corrected>(clippedTokenSlope, maskedAdvantageOver),
  opsm: standardised(maskedSequenceSlope),
  sapo: standardised(softGateSlope),
  maxrl: policyGradientFormula<LossOptions & ClipOptions>({
    advantage: overGroupMeanOver,
    slope: clippedTokenSlope,
  }),
  gdpo: policyGradientFormula<Functions>({ advantage: ofFunctions, slope: clippedTokenSlope }),
  reinforcePlusPlus: policyGradientFormula<Whitened>({
    advantage: (field, { reward, length }, options) => whitenedOver(field, reward, length, options),
    slope: clippedTokenSlope,
  }),
  reinforcePlusPlusBaseline: policyGradientFormula<Whitened & Mean>({
    advantage: (field, all, options) =>
      whitenedOver(field, minusGroupMeanOver(field, all, options.groupOfOne), all.length, options),
    slope: clippedTokenSlope,
  }),
  opo: policyGradientFormula<Mean>({
    advantage: (field, all, { groupOfOne }) => minusLengthWeightedMeanOver(field, all, groupOfOne),
    slope: clippedTokenSlope,
  }),
};

/** The whitened Σ_k w_k·(R_k − mean_k)/(std_k + ε) over reward functions k. */
function ofFunctions<T>(
  field: Arithmetic<T>,
  { reward, rewards = [reward], group, length }: FormulaNumbers<T>,
  options: Functions,
): T[] {
  const { rewardWeights } = options;
  const advantages = rewards.map((one, k) => {
    const weight = field.number(rewardWeights[Math.min(k, rewardWeights.length - 1)]!);
    return groupAdvantageOver(field, { reward: one, group }, options).map((a) => field.mul(weight, a));
  });
  const sum = group.map((_, i) =>
    sumOf(
      field,
      advantages.map((a) => a[i]!),
    ),
  );
  return whitenedOver(field, sum, length, options);
}
