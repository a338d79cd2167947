// How the tokens of a batch are added up: the coefficient c_i that every token of trajectory i is multiplied by.
import type { TokenBatch } from './batch.ts';

/** Names of the aggregations. */
export type Aggregation = 'tokenMean' | 'sequenceMean' | 'sequenceSum' | 'constant';

/** L_i = number of masked-in tokens of trajectory i; [B]. */
export function tokenCounts({ offsets, mask }: TokenBatch): Float64Array {
  const lengths = new Float64Array(offsets.length - 1);
  for (let i = 0; i < lengths.length; i++) {
    let length = 0;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) length += mask[t]!;
    lengths[i] = length;
  }
  return lengths;
}

/** c = 1/Σ_i L_i on every trajectory: each token of the batch counts the same. */
function tokenMean(lengths: Float64Array): Float64Array {
  let total = 0;
  for (let i = 0; i < lengths.length; i++) total += lengths[i]!;
  return new Float64Array(lengths.length).fill(total === 0 ? 0 : 1 / total);
}

/** c_i = 1/(B·L_i): each trajectory counts the same; 0 where L_i = 0. */
function sequenceMean(lengths: Float64Array): Float64Array {
  const c = new Float64Array(lengths.length);
  for (let i = 0; i < c.length; i++) c[i] = lengths[i] === 0 ? 0 : 1 / (c.length * lengths[i]!);
  return c;
}

/** c = 1/(B·divisor). */
function perTrajectory(lengths: Float64Array, divisor: number): Float64Array {
  return new Float64Array(lengths.length).fill(1 / (lengths.length * divisor));
}

/**
 * c_i of each trajectory, [B]. B is the number of trajectories in the batch, those without a masked-in token included.
 * @param lengths L_i, [B]
 * @param maxLength the divisor of `constant`
 */
export function coefficients(
  aggregation: Aggregation,
  lengths: Float64Array,
  maxLength: number,
): Float64Array {
  switch (aggregation) {
    case 'tokenMean':
      return tokenMean(lengths);
    case 'sequenceMean':
      return sequenceMean(lengths);
    case 'sequenceSum':
      return perTrajectory(lengths, 1);
    case 'constant':
      return perTrajectory(lengths, maxLength);
  }
}

/** The value of its trajectory on every token: [B] → [T]. */
export function toTokens({ offsets, logProb }: TokenBatch, perTrajectory: Float64Array): Float64Array {
  const out = new Float64Array(logProb.length);
  for (let i = 0; i < perTrajectory.length; i++) out.fill(perTrajectory[i]!, offsets[i]!, offsets[i + 1]!);
  return out;
}
