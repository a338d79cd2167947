// A soft gate in the place of a clip: the sigmoid of the ratio.
import { greater, mul, neg, sigmoid, sub, where } from '../../autodiff/index.ts';
import { ABOVE_ZERO, numberOption, type OptionsOf } from '../../base/options.ts';
import { constant, logRatioTensor, ratioOf, type Surrogate, tokenLogRatios } from './surrogates.ts';

/** The temperatures of the gate. */
export const gateOptions = {
  gatePositive: numberOption(1, ABOVE_ZERO, 'The τ of the gate 4/τ·σ(τ(r − 1)) where A > 0.'),
  gateNegative: numberOption(1.05, ABOVE_ZERO, 'The τ of the gate where A is not above 0.'),
};

/** Values of `gateOptions`. */
export type GateOptions = OptionsOf<typeof gateOptions>;

/** τ of every token, [T]. */
function temperatures(advantage: Float64Array, { gatePositive, gateNegative }: GateOptions): Float64Array {
  return advantage.map((a) => (a > 0 ? gatePositive : gateNegative));
}

/** A·4/τ·σ(τ(r_t − 1)), whose slope in log π_t is 4·σ·(1 − σ)·r_t·A: at r = 1 that of the ratio. Source: arXiv 2511.20347. */
export const softGate: Surrogate<GateOptions> = {
  value: (logProb, batch, advantage, options) => {
    const tau = temperatures(advantage, options);
    const ratio = ratioOf(logRatioTensor(logProb, batch));
    const x = mul(sub(ratio, 1), constant(tau, logProb));
    // σ(x) = 1 − σ(−x): of a number below 0, whose σ·(1 − σ) keeps its digits.
    const above = greater(x, 0);
    const small = sigmoid(where(above, neg(x), x));
    const gate = where(above, sub(1, small), small);
    return mul(
      gate,
      constant(
        advantage.map((a, t) => (4 * a) / tau[t]!),
        logProb,
      ),
    );
  },
  slope: (batch, advantage, options, logScale) => {
    const tau = temperatures(advantage, options);
    return tokenLogRatios(batch).map((logRatio, t) => {
      const x = Math.abs(tau[t]! * (Math.exp(logRatio) - 1));
      // σ(1 − σ) = e^{−|x|}/(1 + e^{−|x|})². A ratio beyond the type has the slope 0.
      const tail = Math.exp(-x);
      const peak = tail === 0 ? 0 : (Math.exp(logRatio + logScale) * tail) / (1 + tail) ** 2;
      return 4 * advantage[t]! * peak;
    });
  },
};
