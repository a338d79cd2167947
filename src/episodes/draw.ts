// Draws one token from logits, among those that are legal.
//   log π(a) = z_a − M − log Σ_{legal b} e^{z_b − M};   a ~ softmax(z/τ) by inversion, or the first of the largest.
import { InputError } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { showValue } from '../base/show.ts';

/** `LegalLogits` are the logits of one distribution, with the tokens that are legal in it. */
export interface LegalLogits {
  readonly logits: ArrayLike<number>;
  /** The index at which the logits of this distribution begin. */
  readonly start: number;
  readonly tokens: ArrayLike<number>;
}

/**
 * Returns log π of every legal token at temperature 1, whatever temperature is used for drawing. All are NaN
 * if one of the logits is NaN or the largest is not finite, because then nothing can be drawn.
 * @returns [tokens]
 * @example
 * ```ts
 * import { legalLogProbs } from 'gradsplit/episodes';
 * const logProbs = legalLogProbs({ logits: [0, 5, 0], start: 0, tokens: [0, 2] });
 * logProbs; // → [-0.693147, -0.693147]
 * ```
 */
export function legalLogProbs({ logits, start, tokens }: LegalLogits): Float64Array {
  const out = new Float64Array(tokens.length);
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < out.length; i++) {
    out[i] = logits[start + tokens[i]!]!;
    if (out[i]! > top) top = out[i]!;
  }
  let sum = 0;
  for (let i = 0; i < out.length; i++) sum += Math.exp(out[i]! - top);
  const log = Math.log(sum);
  for (let i = 0; i < out.length; i++) out[i] = out[i]! - top - log;
  return out;
}

/**
 * A `Drawing` draws one token: it takes the log-probabilities of the legal tokens, [tokens], at least one of
 * which is finite, and returns an index into them. It takes one number from the stream, or none.
 */
export type Drawing = (logProbs: Float64Array, stream: RandomStream) => number;

/** Returns the index of the most probable token, the first of them if there are several. */
function mostProbable(logProbs: Float64Array): number {
  let best = 0;
  for (let i = 1; i < logProbs.length; i++) if (logProbs[i]! > logProbs[best]!) best = i;
  return best;
}

/**
 * Returns the most probable token, the first of them if there are several. It takes no number from the
 * stream.
 * @example
 * ```ts
 * import { greedy } from 'gradsplit/episodes';
 * import { randomStream } from 'gradsplit/random';
 * greedy(Float64Array.of(-2, -0.1, -3), randomStream(1, 'draw')); // → 1
 * ```
 */
export const greedy: Drawing = (logProbs) => mostProbable(logProbs);

/**
 * Creates a drawing from softmax(z/τ) by inversion: it returns the first i with Σ_{j ≤ i} w_j > u·Σ w, where
 * w = e^{(log π − max log π)/τ} and u is a number from the stream, uniform in [0, 1). Index i therefore has
 * the probability w_i/Σ w.
 * @param temperature τ; 1 draws from the policy itself
 * @throws InputError unless the temperature is a positive number
 */
export function atTemperature(temperature: number): Drawing {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new InputError(
      `atTemperature: temperature must be a positive number, found ${showValue(temperature)}`,
    );
  }
  return (logProbs, stream) => {
    const top = logProbs[mostProbable(logProbs)]!;
    const weights = new Float64Array(logProbs.length);
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = Math.exp((logProbs[i]! - top) / temperature);
      total += weights[i]!;
    }
    const target = stream.uniform() * total;
    let sum = 0;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i]! > 0) last = i;
      sum += weights[i]!;
      if (sum > target) return i;
    }
    // u·total may round up to total.
    return last;
  };
}
