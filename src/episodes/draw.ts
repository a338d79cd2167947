// Draws one token from logits, among those that are legal.
//   log π(a) = z_a − M − log Σ_{legal b} e^{z_b − M};   a ~ softmax(z/τ) by inversion, or the first of the largest.
import type { RandomStream } from '../base/random.ts';

/**
 * How a token is drawn: the first of the most probable ones, or at random from the logits divided by a temperature.
 */
export type Drawing = 'greedy' | { readonly temperature: number };

/** The legal part of a distribution. */
export interface LegalLogits {
  readonly logits: ArrayLike<number>;
  /** Where the logits of this distribution begin. */
  readonly start: number;
  readonly tokens: ArrayLike<number>;
}

/**
 * log π of every legal token, at temperature 1 whatever the drawing. All are NaN if one of the logits is NaN or the largest is not finite, because
 * then nothing can be drawn.
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
 * Which of the legal tokens is drawn. It uses one number of the stream, or none for 'greedy'.
 * @param logProbs [tokens], of the legal tokens; one of them is finite
 * @returns the token's position among them
 * @example
 * ```ts
 * import { drawPosition } from 'gradsplit/episodes';
 * import { randomStream } from 'gradsplit/random';
 * drawPosition(Float64Array.of(-2, -0.1, -3), 'greedy', randomStream(1, 'draw')); // → 1
 * ```
 */
export function drawPosition(logProbs: Float64Array, drawing: Drawing, stream: RandomStream): number {
  return drawing === 'greedy' ? first(logProbs) : invert(logProbs, drawing.temperature, stream.uniform());
}

/** The first of the largest. */
function first(logProbs: Float64Array): number {
  let best = 0;
  for (let i = 1; i < logProbs.length; i++) if (logProbs[i]! > logProbs[best]!) best = i;
  return best;
}

/** The first i with Σ_{j ≤ i} w_j > u·Σ w for w = e^{(log π − max log π)/τ}: probability w_i/Σ w for u uniform in [0, 1). */
function invert(logProbs: Float64Array, temperature: number, u: number): number {
  const top = logProbs[first(logProbs)]!;
  const weights = new Float64Array(logProbs.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.exp((logProbs[i]! - top) / temperature);
    total += weights[i]!;
  }
  const target = u * total;
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! > 0) last = i;
    sum += weights[i]!;
    if (sum > target) return i;
  }
  // u·total may round up to total.
  return last;
}
