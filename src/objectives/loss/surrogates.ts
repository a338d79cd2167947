// Surrogates: what is maximised in place of the expected reward, per token, and its slope in log π. Advantages are numbers
// per token, equal within a trajectory except under a critic.

import {
  exp,
  gather,
  greater,
  indices,
  maximum,
  minimum,
  mul,
  stopGradient,
  sub,
  type Tensor,
  tensor,
  where,
} from '../../autodiff/index.ts';
import { timesExp } from '../../base/functions.ts';
import {
  AT_LEAST_ZERO,
  choiceOption,
  numberOption,
  type OptionsOf,
  UNIT_INTERVAL,
} from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';
import { tokenCounts, toTokens } from './aggregation.ts';
import { cutOf } from './range.ts';
import { maskedConstant, sumByTrajectory, trajectoryOf } from './tracked.ts';

/** One surrogate, which looks at the options O; arrays and tensors are [T]. */
export interface Surrogate<O> {
  /** Its value per token. `logProb` is 0 on masked-out tokens. */
  value(logProb: Tensor, batch: TokenBatch, advantage: Float64Array, options: O): Tensor;
  /**
   * d_t such that ∂/∂log π_t of Σ_s c_i·m_s·value_s is c_i·d_t, for a c_i that is equal within a trajectory. Entries of
   * masked-out tokens mean nothing.
   * @param logScale the slopes are multiplied by e^logScale, inside, so that a ratio and a factor whose product is a number do not overflow
   */
  slope(batch: TokenBatch, advantage: Float64Array, options: O, logScale: number): Float64Array;
  /** The slope before a constant factor, where there is one: a number on the way, which must be one of the type too; [T]. */
  unscaledSlope?(batch: TokenBatch, advantage: Float64Array, options: O): Float64Array;
}

/** Numbers per token as a constant of the type of log π; [T]. */
export function constant(values: Float64Array, like: Tensor): Tensor {
  return tensor(values, { dtype: like.dtype });
}

/** log π − log π_old, 0 on masked-out tokens; [T]. */
export function logRatioTensor(logProb: Tensor, batch: TokenBatch): Tensor {
  return sub(logProb, maskedConstant(batch.oldLogProb, batch, logProb));
}

/**
 * e^x of log-ratios x, cut above the largest one that checkTerms lets through. Beyond the cut a token is clipped, and an infinite ratio
 * would make its gradient 0·∞.
 */
export function ratioOf(logRatio: Tensor): Tensor {
  const cut = cutOf(logRatio.dtype === 'f32' ? 'f32' : 'f64');
  return exp(where(greater(logRatio, cut), cut, logRatio));
}

/** log π_t − log π_old,t of every token; [T]. */
export function tokenLogRatios({ logProb, oldLogProb }: TokenBatch): Float64Array {
  return logProb.map((x, t) => x - oldLogProb[t]!);
}

/** A·log π_t. */
export const scoreFunction: Surrogate<unknown> = {
  value: (logProb, _batch, advantage) => mul(logProb, constant(advantage, logProb)),
  slope: (_batch, advantage, _options, logScale) => advantage.map((a) => timesExp(a, logScale)),
};

/** The clip of the ratio. */
export function clipOptions(low: number, high: number) {
  return {
    clipLow: numberOption(low, UNIT_INTERVAL, 'Where A < 0, ratios below 1 − clipLow carry no gradient.'),
    clipHigh: numberOption(high, AT_LEAST_ZERO, 'Where A > 0, ratios above 1 + clipHigh carry no gradient.'),
    dualClip: numberOption(
      0,
      { expected: '0 (off) or a number above 1', holds: (x) => x === 0 || x > 1 },
      'Where A < 0, ratios above dualClip carry no gradient; 0 turns it off.',
    ),
  };
}

/** Values of `clipOptions`. */
export type ClipOptions = OptionsOf<ReturnType<typeof clipOptions>>;

/**
 * ∂/∂log r of A·clip(r): A·r, or 0 where clipped, times e^logScale. A ratio on a bound itself is not clipped. Shapes [T].
 */
function clippedSlopes(
  logRatio: Float64Array,
  advantage: Float64Array,
  { clipLow, clipHigh, dualClip }: ClipOptions,
  logScale: number,
): Float64Array {
  const good = 1 + clipHigh;
  const badLow = 1 - clipLow;
  const badHigh = dualClip > 0 ? dualClip : Number.POSITIVE_INFINITY;
  const out = new Float64Array(logRatio.length);
  for (let t = 0; t < out.length; t++) {
    const a = advantage[t]!;
    const r = Math.exp(logRatio[t]!);
    if (a > 0 ? r <= good : a < 0 && r >= badLow && r <= badHigh)
      out[t] = a * Math.exp(logRatio[t]! + logScale);
  }
  return out;
}

/**
 * clip(r): r cut at 1 + clipHigh where A > 0, at 1 − clipLow and dualClip where A < 0. Then A·clip(r) is the published
 * min(r·A, clip(r, 1 − clipLow, 1 + clipHigh)·A), and for A < 0 its maximum with dualClip·A; written with masks, because a
 * minimum would have no definite gradient at ties. Shapes [T].
 */
function clippedRatio(ratio: Tensor, advantage: Float64Array, options: ClipOptions): Tensor {
  const { clipLow, clipHigh, dualClip } = options;
  const highest = dualClip > 0 ? dualClip : Number.POSITIVE_INFINITY;
  const { dtype } = ratio;
  const high = tensor(
    advantage.map((a) => (a > 0 ? 1 + clipHigh : highest)),
    { dtype },
  );
  const low = tensor(
    advantage.map((a) => (a > 0 ? 0 : 1 - clipLow)),
    { dtype },
  );
  return where(greater(ratio, high), high, where(greater(low, ratio), low, ratio));
}

/** A·clip(r_t), r_t = π_t/π_old,t. Source of the clip: arXiv 1707.06347; of the dual clip: arXiv 1912.09729. */
export const clippedTokenRatio: Surrogate<ClipOptions> = {
  value: (logProb, batch, advantage, options) => {
    const ratio = ratioOf(logRatioTensor(logProb, batch));
    return mul(clippedRatio(ratio, advantage, options), constant(advantage, logProb));
  },
  slope: (batch, advantage, options, logScale) =>
    clippedSlopes(tokenLogRatios(batch), advantage, options, logScale),
};

/** The cap of the ratio. */
export const capOption = {
  clipLow: numberOption(1, UNIT_INTERVAL, 'The ratio is at least 1 − clipLow; 1: there is no lower bound.'),
  clipHigh: numberOption(
    4,
    { expected: 'a number above -1', holds: (x) => x > -1 },
    'The ratio is capped at 1 + clipHigh.',
  ),
};

/** A·min(max(r_t, 1 − clipLow), 1 + clipHigh)·log π_t, the factor before log π_t held constant. Source: arXiv 2506.13585. */
export const cappedTokenRatio: Surrogate<OptionsOf<typeof capOption>> = {
  value: (logProb, batch, advantage, { clipLow, clipHigh }) => {
    const ratio = stopGradient(ratioOf(logRatioTensor(logProb, batch)));
    const held = minimum(maximum(ratio, 1 - clipLow), 1 + clipHigh);
    return mul(mul(held, constant(advantage, logProb)), logProb);
  },
  slope: (batch, advantage, { clipLow, clipHigh }, logScale) =>
    tokenLogRatios(batch).map((logRatio, t) => {
      const ratio = Math.exp(logRatio);
      const held = Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh);
      const isCut = ratio !== held;
      return advantage[t]! * (isCut ? timesExp(held, logScale) : Math.exp(logRatio + logScale));
    }),
};

/** How the ratios of a trajectory's tokens make one. */
export const sequenceOption = {
  sequenceRatio: choiceOption(
    ['mean', 'product'],
    'The ratio of a sequence: mean, the geometric mean of its token ratios; product, their product, as in RLOO on whole sequences.',
  ),
};

/** Values of `clipOptions` and `sequenceOption`. */
export type SequenceOptions = ClipOptions & OptionsOf<typeof sequenceOption>;

/** What each log r_t counts in log s_i: 1/L_i or 1; 0 for a trajectory without masked-in tokens; [B]. */
function tokenShare(batch: TokenBatch, kind: SequenceOptions['sequenceRatio']): Float64Array {
  return tokenCounts(batch).map((length) => (length === 0 ? 0 : kind === 'mean' ? 1 / length : 1));
}

/** log s_i, the mean or the sum of log r_t over masked-in tokens; [B]. */
export function sequenceLogRatios(
  batch: TokenBatch,
  kind: SequenceOptions['sequenceRatio'] = 'mean',
): Float64Array {
  const { offsets, logProb, oldLogProb, mask } = batch;
  return tokenShare(batch, kind).map((share, i) => {
    let logRatio = 0;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 1) logRatio += logProb[t]! - oldLogProb[t]!;
    }
    return logRatio * share;
  });
}

/** log s_i on every token; [T]. */
const spreadLogRatios = (batch: TokenBatch, { sequenceRatio }: SequenceOptions): Float64Array =>
  toTokens(batch, sequenceLogRatios(batch, sequenceRatio));

/** Numbers per token times the number of tokens of their trajectory; [T] → [T]. */
function timesLength(batch: TokenBatch, values: Float64Array): Float64Array {
  const lengths = toTokens(batch, tokenCounts(batch));
  return values.map((x, t) => x * lengths[t]!);
}

/**
 * A·clip(s_i) on every token of trajectory i. Each of its L_i tokens holds the whole of it, and s_i has the slope s_i/L_i in
 * each log π_t: L_i·A·s_i/L_i = A·s_i. Where s_i is the product its slope is s_i, which makes L_i·A·s_i. Source: arXiv 2507.18071.
 */
export const clippedSequenceRatio: Surrogate<SequenceOptions> = {
  value: (logProb, batch, advantage, options) => {
    const perToken = toTokens(batch, tokenShare(batch, options.sequenceRatio));
    const logRatio = mul(logRatioTensor(logProb, batch), maskedConstant(perToken, batch, logProb));
    const ratio = ratioOf(sumByTrajectory(logRatio, batch));
    const spread = gather(ratio, indices(trajectoryOf(batch)));
    return mul(clippedRatio(spread, advantage, options), constant(advantage, logProb));
  },
  slope: (batch, advantage, options, logScale) => {
    const slope = clippedSlopes(spreadLogRatios(batch, options), advantage, options, logScale);
    if (options.sequenceRatio === 'mean') return slope;
    return timesLength(batch, slope);
  },
  // The way back sums over the tokens of a trajectory before it divides by their number.
  unscaledSlope: (batch, advantage, options) =>
    timesLength(batch, clippedSlopes(spreadLogRatios(batch, options), advantage, options, 0)),
};

/** A·r_t, r_t = π_t/π_old,t, without a clip. */
export const tokenRatio: Surrogate<unknown> = {
  value: (logProb, batch, advantage) =>
    mul(ratioOf(logRatioTensor(logProb, batch)), constant(advantage, logProb)),
  slope: (batch, advantage, _options, logScale) =>
    tokenLogRatios(batch).map((x, t) => (advantage[t] === 0 ? 0 : advantage[t]! * Math.exp(x + logScale))),
};

/**
 * A surrogate times a factor per token, [T], that is held constant: a mask, or the weight of an importance correction.
 * @param factorOf 0 where the token drops out, whatever its ratio
 */
export function timesConstant<O, P>(
  surrogate: Surrogate<O>,
  factorOf: (batch: TokenBatch, advantage: Float64Array, options: P) => Float64Array,
): Surrogate<O & P> {
  return {
    value: (logProb, batch, advantage, options) =>
      mul(
        surrogate.value(logProb, batch, advantage, options),
        maskedConstant(factorOf(batch, advantage, options), batch, logProb),
      ),
    slope: (batch, advantage, options, logScale) => {
      const factor = factorOf(batch, advantage, options);
      return surrogate
        .slope(batch, advantage, options, logScale)
        .map((d, t) => (factor[t] === 0 ? 0 : factor[t]! * d));
    },
    unscaledSlope: (batch, advantage, options) => {
      const factor = factorOf(batch, advantage, options);
      return surrogate.slope(batch, advantage, options, 0).map((d, t) => (factor[t] === 0 ? 0 : d));
    },
  };
}
