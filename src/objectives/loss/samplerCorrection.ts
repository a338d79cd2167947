// The importance correction for tokens that another program drew: old policy over sampler, held constant, truncated or masked.
import { ABOVE_ZERO, AT_LEAST_ZERO, choiceOption, numberOption, type OptionsOf } from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';
import { toTokens } from './aggregation.ts';

/** The log-probs of the program that drew the tokens: those of the old policy where the batch has no others; [T]. */
export function samplerOf({ samplerLogProb, oldLogProb }: TokenBatch): Float64Array {
  return samplerLogProb ?? oldLogProb;
}

/** The bounds of the correction, and what it is a ratio of. */
export function correctionOptions(low: number, high: number, what: string) {
  return {
    samplerLow: numberOption(low, AT_LEAST_ZERO, `The lower bound of the ratio old policy/sampler, ${what}.`),
    samplerHigh: numberOption(high, ABOVE_ZERO, `The upper bound of the ratio old policy/sampler, ${what}.`),
    samplerLevel: choiceOption(
      ['token', 'sequence'],
      'Whether the ratio old policy/sampler is that of the token, or the product over the tokens of the trajectory.',
    ),
  };
}

/** Values of `correctionOptions`. */
export type CorrectionOptions = OptionsOf<ReturnType<typeof correctionOptions>>;

/** π_old/π_sampler of every token, or of its whole trajectory; [T]. */
function samplerRatios(batch: TokenBatch, level: CorrectionOptions['samplerLevel']): Float64Array {
  const { offsets, oldLogProb, mask } = batch;
  const sampler = samplerOf(batch);
  const log = oldLogProb.map((x, t) => (mask[t] === 1 ? x - sampler[t]! : 0));
  if (level === 'token') return log.map(Math.exp);
  const sums = new Float64Array(offsets.length - 1);
  for (let i = 0; i < sums.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) sums[i]! += log[t]!;
  }
  return toTokens(batch, sums.map(Math.exp));
}

/** A_i·f(π_old,t/π_sampler,t) of every token, held constant; f gives at least 0, which leaves the sign by which a clip goes. */
const correctedBy =
  (f: (ratio: number, low: number, high: number) => number) =>
  (
    batch: TokenBatch,
    advantage: Float64Array,
    { samplerLow, samplerHigh, samplerLevel }: CorrectionOptions,
  ): Float64Array => {
    const ratios = samplerRatios(batch, samplerLevel);
    return toTokens(batch, advantage).map((a, t) => a * f(ratios[t]!, samplerLow, samplerHigh));
  };

/**
 * A_i·min(max(ρ_t, low), high) with ρ_t = π_old,t/π_sampler,t: [B] → [T].
 * Source: Yao et al., "Your efficient RL framework secretly brings you off-policy RL training", 2025.
 */
export const truncatedAdvantage = correctedBy((ratio, low, high) => Math.min(Math.max(ratio, low), high));

/** A_i·ρ_t, but 0 where ρ_t is beyond its bounds: [B] → [T]. Source: arXiv 2510.18855. */
export const maskedAdvantage = correctedBy((ratio, low, high) => (ratio < low || ratio > high ? 0 : ratio));
