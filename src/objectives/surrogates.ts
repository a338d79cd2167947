// Surrogates: what is maximised in place of the expected reward, per token, and its slope in log π. Advantages are numbers
// per token, equal within a trajectory except under a critic.
import {
  exp,
  gather,
  indices,
  minimum,
  mul,
  stopGradient,
  sub,
  type Tensor,
  tensor,
} from '../autodiff/index.ts';
import type { Options } from '../base/options.ts';
import { tokenCounts, toTokens } from './aggregation.ts';
import type { TokenBatch } from './batch.ts';
import { clippedRatio, clippedSlopes } from './clip.ts';
import type { ClipOptions } from './commonOptions.ts';
import { maskedConstant, sumByTrajectory, trajectoryOf } from './tracked.ts';

/** One surrogate; arrays and tensors are [T]. */
export interface Surrogate {
  /** Its value per token. `logProb` is 0 on masked-out tokens. */
  value(logProb: Tensor, batch: TokenBatch, advantage: Float64Array, options: Options): Tensor;
  /**
   * d_t such that ∂/∂log π_t of Σ_s c_i·m_s·value_s is c_i·d_t, for a c_i that is equal within a trajectory. Entries of
   * masked-out tokens mean nothing.
   */
  slope(batch: TokenBatch, advantage: Float64Array, options: Options): Float64Array;
}

function constant(values: Float64Array, like: Tensor): Tensor {
  return tensor(values, { dtype: like.dtype });
}

/** log π − log π_old, 0 on masked-out tokens; [T]. */
function logRatioTensor(logProb: Tensor, batch: TokenBatch): Tensor {
  return sub(logProb, maskedConstant(batch.oldLogProb, batch, logProb));
}

/** r_t = π_t/π_old,t of every token; [T]. */
function tokenRatios({ logProb, oldLogProb }: TokenBatch): Float64Array {
  const out = new Float64Array(logProb.length);
  for (let t = 0; t < out.length; t++) out[t] = Math.exp(logProb[t]! - oldLogProb[t]!);
  return out;
}

/** A·log π_t. */
export const scoreFunction: Surrogate = {
  value: (logProb, _batch, advantage) => mul(logProb, constant(advantage, logProb)),
  slope: (_batch, advantage) => advantage,
};

/** A·clip(r_t), r_t = π_t/π_old,t. Source of the clip: arXiv 1707.06347; of the dual clip: arXiv 1912.09729. */
export const clippedTokenRatio: Surrogate = {
  value: (logProb, batch, advantage, options) => {
    const ratio = exp(logRatioTensor(logProb, batch));
    return mul(clippedRatio(ratio, advantage, options as ClipOptions), constant(advantage, logProb));
  },
  slope: (batch, advantage, options) => clippedSlopes(tokenRatios(batch), advantage, options as ClipOptions),
};

/** A·min(r_t, 1 + clipHigh)·log π_t, the factor before log π_t held constant. Source: arXiv 2506.13585. */
export const cappedTokenRatio: Surrogate = {
  value: (logProb, batch, advantage, options) => {
    const ratio = stopGradient(exp(logRatioTensor(logProb, batch)));
    const cap = 1 + (options.clipHigh as number);
    return mul(mul(minimum(ratio, cap), constant(advantage, logProb)), logProb);
  },
  slope: (batch, advantage, options) => {
    const cap = 1 + (options.clipHigh as number);
    const out = tokenRatios(batch);
    for (let t = 0; t < out.length; t++) out[t] = advantage[t]! * Math.min(out[t]!, cap);
    return out;
  },
};

/** 1/L_i, 0 for a trajectory without masked-in tokens; [B]. */
function inverseLengths(batch: TokenBatch): Float64Array {
  return tokenCounts(batch).map((length) => (length === 0 ? 0 : 1 / length));
}

/** s_i = exp(1/L_i·Σ_t log r_t) over masked-in tokens; [B]. */
export function sequenceRatios(batch: TokenBatch): Float64Array {
  const { offsets, logProb, oldLogProb, mask } = batch;
  return inverseLengths(batch).map((perToken, i) => {
    let logRatio = 0;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 1) logRatio += logProb[t]! - oldLogProb[t]!;
    }
    return Math.exp(logRatio * perToken);
  });
}

/**
 * A·clip(s_i) on every token of trajectory i. Each of its L_i tokens holds the whole of it, and s_i has the slope s_i/L_i in
 * each log π_t: L_i·A·s_i/L_i = A·s_i. Source: arXiv 2507.18071.
 */
export const clippedSequenceRatio: Surrogate = {
  value: (logProb, batch, advantage, options) => {
    const perToken = maskedConstant(toTokens(batch, inverseLengths(batch)), batch, logProb);
    const ratio = exp(sumByTrajectory(mul(logRatioTensor(logProb, batch), perToken), batch));
    const spread = gather(ratio, indices(trajectoryOf(batch)));
    return mul(clippedRatio(spread, advantage, options as ClipOptions), constant(advantage, logProb));
  },
  slope: (batch, advantage, options) =>
    clippedSlopes(toTokens(batch, sequenceRatios(batch)), advantage, options as ClipOptions),
};
