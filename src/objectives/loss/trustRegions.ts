// Masks that take tokens or whole sequences out of a surrogate where the policy has moved too far. They are held constant.
import { AT_LEAST_ZERO, FINITE, numberOption, type OptionsOf } from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';
import { toTokens } from './aggregation.ts';
import { samplerOf } from './samplerCorrection.ts';
import { clippedTokenRatio, timesConstant, tokenRatio } from './surrogates.ts';

/** The bounds of the difference of probabilities. */
export const differenceOptions = {
  advantageScale: numberOption(1, AT_LEAST_ZERO, 'The factor τ_A of the advantage.'),
  differenceLow: numberOption(
    0.2,
    AT_LEAST_ZERO,
    'Where A < 0, tokens whose probability fell by more than this below that of the sampler carry no policy gradient.',
  ),
  differenceHigh: numberOption(
    0.2,
    AT_LEAST_ZERO,
    'Where A > 0, tokens whose probability rose by more than this above that of the sampler carry no policy gradient.',
  ),
};

/** τ_A where π_t − π_old,t is within its bound on the side to which A pushes, 0 beyond it; [T]. */
function withinDifference(
  { logProb, oldLogProb }: TokenBatch,
  advantage: Float64Array,
  { advantageScale, differenceLow, differenceHigh }: OptionsOf<typeof differenceOptions>,
): Float64Array {
  return advantage.map((a, t) => {
    const difference = Math.exp(logProb[t]!) - Math.exp(oldLogProb[t]!);
    const isBeyond = a > 0 ? difference > differenceHigh : difference < -differenceLow;
    return isBeyond ? 0 : advantageScale;
  });
}

/** τ_A·A·r_t where the probability has not moved too far, else 0. Source: arXiv 2602.04879. */
export const maskedByDifference = timesConstant(tokenRatio, withinDifference);

/** The bound on the distance of a sequence. */
export const sequenceMaskOptions = {
  offPolicyThreshold: numberOption(
    0.5,
    FINITE,
    'Sequences with A < 0 carry no gradient where the mean of log sampler − log π over their tokens is above this.',
  ),
};

/** Mean of log sampler − log π over masked-in tokens, 0 without any; [B]. */
function meanDistance(batch: TokenBatch): Float64Array {
  const { offsets, logProb, mask } = batch;
  const sampler = samplerOf(batch);
  const out = new Float64Array(offsets.length - 1);
  for (let i = 0; i < out.length; i++) {
    let count = 0;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 0) continue;
      out[i]! += sampler[t]! - logProb[t]!;
      count++;
    }
    if (count > 0) out[i]! /= count;
  }
  return out;
}

/** A·clip(r_t), but 0 on sequences with A < 0 that are too far from the sampler. Source: arXiv 2512.02556, equation 9. */
export const maskedSequences = timesConstant(
  clippedTokenRatio,
  (
    batch: TokenBatch,
    advantage: Float64Array,
    { offPolicyThreshold }: OptionsOf<typeof sequenceMaskOptions>,
  ) => {
    const distance = toTokens(batch, meanDistance(batch));
    return advantage.map((a, t) => (a < 0 && distance[t]! > offPolicyThreshold ? 0 : 1));
  },
);
