// Numbers that a loss cannot hold. A ratio or an estimator of KL may be larger than the largest number of the type, where the true
// gradient is too. There loss and weights end alike, with an error that names the token and the term.

import type { FloatType } from '../../autodiff/index.ts';
import type { TokenBatch } from '../batch.ts';
import { klSlope, klValue, type PenaltyEstimator } from '../kl.ts';
import { OverflowError } from '../overflowError.ts';

/** The largest exponents n, and half of the largest numbers of each type, so that the sum of two of them fits. */
const LIMITS: Record<FloatType, { readonly exponent: number; readonly largest: number }> = {
  f32: { exponent: 88, largest: 2 ** 127 },
  f64: { exponent: 709, largest: 2 ** 1023 },
};

/** A little above the largest log-ratio, and still with a finite exponential. Beyond it a token is clipped, or there is an error. */
export function cutOf(dtype: FloatType): number {
  return LIMITS[dtype].exponent + 0.5;
}

const short = (x: number): string => String(Number(x.toPrecision(3)));

/** The terms of the loss that are checked, [T] each. */
export interface Terms {
  readonly advantage: Float64Array;
  /** d_t of the surrogate, see there: the advantage times a ratio, or 0 where it is clipped. */
  readonly slope: Float64Array;
  /** The slope before a factor that is held constant; `slope` itself where there is none. */
  readonly unscaled?: Float64Array | undefined;
  /** The estimator of the KL penalty in the loss, if there is one. */
  readonly klEstimator?: PenaltyEstimator | undefined;
}

/**
 * Checks that what masked-in tokens bring into a loss, and into its gradient, are numbers of the type. A ratio that is not clipped is
 * at most e^88 in f32 and e^709 in f64.
 * @throws OverflowError naming the objective, the token and the term
 */
export function checkTerms(
  objective: string,
  { offsets, mask, logProb, refLogProb }: TokenBatch,
  { advantage, slope, unscaled, klEstimator }: Terms,
  dtype: FloatType,
): void {
  const { exponent, largest } = LIMITS[dtype];
  const ratio = Math.exp(exponent);
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 0) continue;
      const check = (term: string, value: number, limit: number): void => {
        if (Math.abs(value) <= limit) return;
        throw new OverflowError(
          `${objective}: the ${term} of token ${t} (trajectory ${i}) is ${short(value)}, expected at most ${short(limit)} in absolute value (${dtype})`,
        );
      };
      const a = advantage[t]!;
      check('advantage', a, largest);
      // A factor can make a number of the slope again, but not of the ratio, which the loss computes first.
      const bound = Math.min(largest, Math.abs(a) * ratio);
      check('slope of the surrogate', slope[t]!, unscaled === undefined ? bound : largest);
      if (unscaled !== undefined) check('slope of the surrogate before its factor', unscaled[t]!, bound);
      if (klEstimator === undefined) continue;
      const delta = logProb[t]! - refLogProb[t]!;
      check(`KL estimator ${klEstimator}`, klValue(klEstimator, delta), largest);
      check(`slope of the KL estimator ${klEstimator}`, klSlope(klEstimator, delta), largest);
    }
  }
}
