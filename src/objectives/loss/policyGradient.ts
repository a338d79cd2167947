// What all policy-gradient objectives have in common: L = −Σ_i c_i·Σ_t m_t·(surrogate_t − β·a_t·k_t). An objective says what
// its advantage and its surrogate are.
import { type FloatType, mul, neg, sub } from '../../autodiff/index.ts';
import { FINITE, numberOption, type OptionsOf } from '../../base/options.ts';
import { checkBatch, checkLogProb, lastAttempt, type TokenBatch } from '../batch.ts';
import {
  type KlPlacement,
  klOptions,
  klShapedReward,
  klSlope,
  klTensor,
  type PenaltyEstimator,
  scaledKlSlope,
} from '../kl.ts';
import {
  defineObjective,
  type Objective,
  type ObjectiveTraits,
  type TermWeights,
  type TrajectoryNumbers,
  type TrajectoryScales,
} from '../objective.ts';
import { checkScales } from '../pieces.ts';
import {
  type Aggregation,
  aggregationOptions,
  coefficients,
  tokenCounts,
  tokenShares,
  toTokens,
} from './aggregation.ts';
import { checkTerms } from './range.ts';
import type { Surrogate } from './surrogates.ts';
import { isUpdated, maskedConstant, trackedLogProb, weightedSum } from './tracked.ts';

/** The options that every policy-gradient objective has, with the defaults of its paper. */
export function lossOptions(aggregation: Aggregation, estimator: PenaltyEstimator, placement: KlPlacement) {
  return {
    ...aggregationOptions(aggregation),
    ...klOptions(estimator, placement),
    attemptCost: numberOption(
      0,
      FINITE,
      'R becomes R − attemptCost·(attempts − 1), in addition to any cost in the reward itself.',
    ),
  };
}

/** Values of `lossOptions`. */
export type LossOptions = OptionsOf<ReturnType<typeof lossOptions>>;

/** What makes one objective differ from another; `O` is inferred from its table of options. */
export interface PolicyGradientParts<O>
  extends Pick<Objective<O>, 'name' | 'sentence' | 'formula' | 'source' | 'options'> {
  /** A_i of every trajectory [B]; rewards already hold the cost of attempts, and the KL penalty if placed there. */
  advantage(all: TrajectoryNumbers, options: NoInfer<O>): Float64Array;
  /** A_t of every token [T] from those of the trajectories [B]; left out: A_i on every token. */
  tokenAdvantage?(batch: TokenBatch, ofTrajectory: Float64Array, options: NoInfer<O>): Float64Array;
  readonly surrogate: Surrogate<NoInfer<O>>;
  /** The batch as this objective sees it, with other log-probs in the place of those before or of the reference; left out: as it is. */
  view?(batch: TokenBatch): TokenBatch;
  /** Traits beside those that follow from the options all have. */
  traits?(options: NoInfer<O>): Partial<ObjectiveTraits>;
}

/** R_i − attemptCost·(attempts of i − 1), [B]. */
function afterCost(batch: TokenBatch, { attemptCost }: LossOptions): Float64Array {
  if (attemptCost === 0) return batch.reward;
  return batch.reward.map((reward, i) => reward - attemptCost * lastAttempt(batch, i));
}

/** The rewards [B] after the cost of attempts, and after the KL penalty if it is placed there. */
function shapedReward(objective: string, given: TokenBatch, options: LossOptions): Float64Array {
  const { beta, klPlacement, klEstimator, klWeight } = options;
  const batch = { ...given, reward: afterCost(given, options) };
  const shaped = klPlacement === 'reward' && beta > 0;
  return shaped ? klShapedReward(batch, beta, klEstimator, klWeight, objective) : batch.reward;
}

/** The reward functions [K][B]; what is taken off the reward, if anything is, is one more: the cost of attempts and the KL penalty. */
function functions(
  objective: string,
  batch: TokenBatch,
  rewards: readonly Float64Array[],
  options: LossOptions,
): readonly Float64Array[] {
  const { attemptCost, beta, klPlacement } = options;
  if (attemptCost === 0 && (beta === 0 || klPlacement !== 'reward')) return rewards;
  const none = { ...batch, reward: batch.reward.map(() => 0) };
  return [...rewards, shapedReward(objective, none, options)];
}

/** β·a_t of the penalty in the loss, [T]; nothing where there is no such penalty. */
function lossBetas(
  batch: TokenBatch,
  { beta, klPlacement, klWeight }: LossOptions,
): Float64Array | undefined {
  if (klPlacement !== 'loss' || beta === 0) return undefined;
  return tokenShares(klWeight, batch).map((a) => beta * a);
}

/** The slopes of a loss in log π: w_t = c_i·m_t·(policy_t − betas_t·∂k_t/∂log π_t). */
interface Slopes {
  /** [T] */
  readonly policy: Float64Array;
  /** [T] β·a_t of a KL penalty in the loss; undefined where there is none. */
  readonly betas: Float64Array | undefined;
  klSlopeAt(delta: number): number;
}

/** w_t and its terms, 0 on tokens that are not updated; `coefficient` is c_i, [B]. */
function combined(
  batch: TokenBatch,
  { update }: LossOptions,
  coefficient: Float64Array,
  { policy: slope, betas, klSlopeAt }: Slopes,
): TermWeights {
  const { offsets, logProb, refLogProb, mask, component } = batch;
  const policy = new Float64Array(logProb.length);
  const total = betas === undefined ? policy : new Float64Array(logProb.length);
  const kl = betas === undefined ? undefined : new Float64Array(logProb.length);
  for (let i = 0; i < coefficient.length; i++) {
    const c = coefficient[i]!;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 0 || !isUpdated(component[t]!, update)) continue;
      policy[t] = c * slope[t]!;
      if (betas === undefined || kl === undefined) continue;
      const pull = betas[t]! * klSlopeAt(logProb[t]! - refLogProb[t]!);
      kl[t] = -c * pull;
      total[t] = c * (slope[t]! - pull);
    }
  }
  return kl === undefined ? { total, policy } : { total, policy, kl };
}

/**
 * An objective from its parts; see `ObjectiveDefinition` for what its members promise. Its loss and its weights throw an InputError
 * that names token and term where a number is too large for the type: see range.ts.
 */
export function policyGradient<O extends LossOptions>({
  advantage,
  tokenAdvantage = toTokens,
  surrogate,
  view = (batch) => batch,
  traits,
  ...said
}: PolicyGradientParts<O>): Objective<O> {
  const numbers = (batch: TokenBatch, options: O): TrajectoryNumbers => ({
    length: tokenCounts(batch),
    reward: shapedReward(said.name, batch, options),
    group: batch.group,
    ...(batch.rewards === undefined ? {} : { rewards: functions(said.name, batch, batch.rewards, options) }),
  });
  const scales = (all: TrajectoryNumbers, options: O): TrajectoryScales => ({
    advantage: advantage(all, options),
    coefficient: coefficients(options, all.length),
  });
  const scalesOf = (batch: TokenBatch, options: O): TrajectoryScales =>
    scales(numbers(batch, options), options);
  /** β·a_t of the penalty, and A_t and the surrogate's slope, all [T], which fit the type of the loss. */
  const termsOf = (batch: TokenBatch, given: TrajectoryScales, options: O, dtype: FloatType) => {
    const betas = lossBetas(batch, options);
    const a = tokenAdvantage(batch, given.advantage, options);
    const slope = surrogate.slope(batch, a, options, 0);
    const klEstimator = betas === undefined ? undefined : options.klEstimator;
    const unscaled = surrogate.unscaledSlope?.(batch, a, options);
    checkTerms(said.name, batch, { advantage: a, slope, unscaled, klEstimator }, dtype);
    return { betas, advantage: a, slope };
  };
  const weightsFrom = (batch: TokenBatch, given: TrajectoryScales, options: O): TermWeights => {
    const { betas, slope } = termsOf(batch, given, options, 'f64');
    const klSlopeAt = (delta: number): number => klSlope(options.klEstimator, delta);
    return combined(batch, options, given.coefficient, { policy: slope, betas, klSlopeAt });
  };

  return defineObjective<O>({
    ...said,
    traits: (options) => ({
      readsLogProbs: options.beta > 0,
      update: options.update,
      attemptCost: options.attemptCost,
      ...traits?.(options),
    }),

    // L = −Σ_i c_i·Σ_t m_t·(surrogate_t − β·a_t·k_t)
    loss(logProb, whole, options) {
      checkBatch(whole);
      checkLogProb(logProb, whole);
      const batch = view(whole);
      const tracked = trackedLogProb(logProb, batch, options.update);
      const given = scalesOf(batch, options);
      const { betas, advantage } = termsOf(batch, given, options, logProb.dtype === 'f32' ? 'f32' : 'f64');
      const gain = surrogate.value(tracked, batch, advantage, options);
      const c = toTokens(batch, given.coefficient);
      if (betas === undefined) return neg(weightedSum(gain, c, batch));
      const reference = maskedConstant(batch.refLogProb, batch, tracked);
      const penalty = mul(
        klTensor(options.klEstimator, tracked, reference),
        maskedConstant(betas, batch, tracked),
      );
      return neg(weightedSum(sub(gain, penalty), c, batch));
    },

    weights(whole, options) {
      checkBatch(whole);
      const batch = view(whole);
      return weightsFrom(batch, scalesOf(batch, options), options).total;
    },

    parts: {
      numbers(some, options) {
        checkBatch(some);
        return numbers(view(some), options);
      },
      scales,
      weights(some, given, options) {
        checkBatch(some);
        checkScales(given, some);
        return weightsFrom(view(some), given, options);
      },
    },

    scaledWeights(whole, options, logScale) {
      checkBatch(whole);
      const batch = view(whole);
      const given = scalesOf(batch, options);
      const a = tokenAdvantage(batch, given.advantage, options);
      return combined(batch, options, given.coefficient, {
        policy: surrogate.slope(batch, a, options, logScale),
        betas: lossBetas(batch, options),
        klSlopeAt: (delta) => scaledKlSlope(options.klEstimator, delta, logScale),
      }).total;
    },
  });
}
