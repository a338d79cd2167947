// What all policy-gradient objectives have in common: L = −Σ_i c_i·Σ_t m_t·(surrogate_t − β·a_t·k_t). An objective says what
// its advantage and its surrogate are.
import { mul, neg, sub } from '../autodiff/index.ts';
import { type Options, type OptionTable, parseOptions } from '../base/options.ts';
import { coefficients, tokenCounts, toTokens } from './aggregation.ts';
import { lastAttempt, type TokenBatch } from './batch.ts';
import { checkBatch, checkLogProb } from './checkBatch.ts';
import {
  type AggregationOptions,
  type KlOptions,
  type RewardOptions,
  rewardOptions,
} from './commonOptions.ts';
import { klShapedReward, klSlope, klTensor } from './kl.ts';
import type { Objective, ObjectiveName } from './objective.ts';
import { tokenShares } from './segments.ts';
import type { Surrogate } from './surrogates.ts';
import { isUpdated, maskedConstant, trackedLogProb, weightedSum } from './tracked.ts';

/** What makes one objective differ from another. */
export interface PolicyGradientParts {
  readonly name: ObjectiveName;
  readonly sentence: string;
  readonly formula: string;
  readonly source: string;
  /** All options but those of the reward, which every objective has. */
  readonly options: OptionTable;
  /** A_t of every token [T] from the rewards [B], which already hold the cost of attempts, and the KL penalty if placed there. */
  advantage(batch: TokenBatch, reward: Float64Array, options: Options): Float64Array;
  readonly surrogate: Surrogate;
}

type CommonOptions = AggregationOptions & KlOptions & RewardOptions;

/** c_i of each trajectory, [B]. */
function batchCoefficients(batch: TokenBatch, { aggregation, maxLength }: CommonOptions): Float64Array {
  return coefficients(aggregation, tokenCounts(batch), maxLength);
}

/** R_i − attemptCost·(attempts of i − 1), [B]. */
function afterCost(batch: TokenBatch, { attemptCost }: CommonOptions): Float64Array {
  if (attemptCost === 0) return batch.reward;
  return batch.reward.map((reward, i) => reward - attemptCost * lastAttempt(batch, i));
}

/** A_t, [T]. */
function advantages(parts: PolicyGradientParts, given: TokenBatch, options: Options): Float64Array {
  const common = options as CommonOptions;
  const { beta, klPlacement, klEstimator, klWeight } = common;
  const batch = { ...given, reward: afterCost(given, common) };
  const shaped = klPlacement === 'reward' && beta > 0;
  const reward = shaped ? klShapedReward(batch, beta, klEstimator, klWeight) : batch.reward;
  return parts.advantage(batch, reward, options);
}

/** β·a_t of the penalty in the loss, [T]; nothing where there is no such penalty. */
function lossBetas(
  batch: TokenBatch,
  { beta, klPlacement, klWeight }: CommonOptions,
): Float64Array | undefined {
  if (klPlacement !== 'loss' || beta === 0) return undefined;
  return tokenShares(klWeight, batch).map((a) => beta * a);
}

/** An objective from its parts; see `Objective` for what its members promise. */
export function policyGradient(parts: PolicyGradientParts): Objective {
  const { name, sentence, formula, source, surrogate } = parts;
  const table = { ...parts.options, ...rewardOptions };
  return {
    name,
    sentence,
    formula,
    source,
    options: table,
    parseOptions: (raw) => parseOptions(name, table, raw),

    // L = −Σ_i c_i·Σ_t m_t·(surrogate_t − β·a_t·k_t)
    loss(logProb, batch, options) {
      checkBatch(batch);
      checkLogProb(logProb, batch);
      const common = options as CommonOptions;
      const tracked = trackedLogProb(logProb, batch, common.update);
      const gain = surrogate.value(tracked, batch, advantages(parts, batch, options), options);
      const c = toTokens(batch, batchCoefficients(batch, common));
      const betas = lossBetas(batch, common);
      if (betas === undefined) return neg(weightedSum(gain, c, batch));
      const reference = maskedConstant(batch.refLogProb, batch, tracked);
      const penalty = mul(
        klTensor(common.klEstimator, tracked, reference),
        maskedConstant(betas, batch, tracked),
      );
      return neg(weightedSum(sub(gain, penalty), c, batch));
    },

    // w_t = c_i·m_t·(surrogate's slope − β·a_t·∂k_t/∂log π_t), 0 on tokens that are not updated
    weights(batch, options) {
      checkBatch(batch);
      const common = options as CommonOptions;
      const slope = surrogate.slope(batch, advantages(parts, batch, options), options);
      const c = batchCoefficients(batch, common);
      const betas = lossBetas(batch, common);
      const { offsets, logProb, refLogProb, mask, component } = batch;
      const w = new Float64Array(logProb.length);
      for (let i = 0; i < c.length; i++) {
        for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
          if (mask[t] === 0 || !isUpdated(component[t]!, common.update)) continue;
          const pull =
            betas === undefined ? 0 : betas[t]! * klSlope(common.klEstimator, logProb[t]! - refLogProb[t]!);
          w[t] = c[i]! * (slope[t]! - pull);
        }
      }
      return w;
    },
  };
}
