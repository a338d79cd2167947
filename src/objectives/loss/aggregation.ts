// How the tokens of a batch are added up: the factor c_i of trajectory i, the share a_t of a token in its segment, and which
// component carries gradient.
import {
  choiceOption,
  numberOption,
  type OptionsOf,
  POSITIVE_INTEGER,
  withDefault,
} from '../../base/options.ts';
import type { TokenBatch } from '../batch.ts';

/** Names of the aggregations. */
export type Aggregation = 'tokenMean' | 'sequenceMean' | 'sequenceSum' | 'constant' | 'microBatchMean';

/** How tokens are added up, and which of them carry gradient. */
export function aggregationOptions(aggregation: Aggregation) {
  return {
    aggregation: withDefault(
      choiceOption(
        ['tokenMean', 'sequenceMean', 'sequenceSum', 'constant', 'microBatchMean'],
        'The factor c_i of every token of trajectory i: tokenMean 1/ΣL, sequenceMean 1/(B·L_i), sequenceSum 1/B, constant 1/(B·maxLength), microBatchMean 1/(K·ΣL of its micro-batch) with K micro-batches.',
      ),
      aggregation,
    ),
    maxLength: numberOption(
      1,
      POSITIVE_INTEGER,
      'The divisor L_max of aggregation `constant`. At 1 it is sequenceSum; the length of the longest possible trajectory gives the published scale.',
    ),
    microBatchSize: numberOption(
      1,
      POSITIVE_INTEGER,
      'How many trajectories, one after the other, are a micro-batch of aggregation `microBatchMean`.',
    ),
    update: choiceOption(
      ['both', 'sample', 'decision'],
      'Which component carries gradient; the other one still counts in lengths, ratios and advantages.',
    ),
  };
}

/** Values of `aggregationOptions`. */
export type AggregationOptions = OptionsOf<ReturnType<typeof aggregationOptions>>;

/** Which tokens carry gradient. */
export type Update = AggregationOptions['update'];

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

/** c_i = 1/(K·Σ_j L_j) over the micro-batch of i: the mean over K micro-batches of their token means; 0 where it has no token. */
function microBatchMean(lengths: Float64Array, size: number): Float64Array {
  const c = new Float64Array(lengths.length);
  const count = Math.ceil(lengths.length / size);
  for (let from = 0; from < c.length; from += size) {
    const mean = tokenMean(lengths.subarray(from, from + size));
    for (const [k, x] of mean.entries()) c[from + k] = x / count;
  }
  return c;
}

/**
 * c_i of each trajectory, [B]. B is the number of trajectories in the batch, those without a masked-in token included.
 * @param lengths L_i, [B]
 */
export function coefficients(
  { aggregation, maxLength, microBatchSize }: Omit<AggregationOptions, 'update'>,
  lengths: Float64Array,
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
    case 'microBatchMean':
      return microBatchMean(lengths, microBatchSize);
  }
}

/** The value of its trajectory on every token: [B] → [T]. */
export function toTokens({ offsets, logProb }: TokenBatch, perTrajectory: Float64Array): Float64Array {
  const out = new Float64Array(logProb.length);
  for (let i = 0; i < perTrajectory.length; i++) out.fill(perTrajectory[i]!, offsets[i]!, offsets[i + 1]!);
  return out;
}

/** What counts alike: every token, or every segment, which is the sample tokens of one attempt or its decision. */
export type Weighting = 'token' | 'segment';

/** a_t = 1/(number of masked-in tokens of its segment), 0 on masked-out tokens; [T]. */
function segmentShares({ offsets, attempt, component, mask }: TokenBatch): Float64Array {
  const shares = new Float64Array(mask.length);
  for (let i = 0; i + 1 < offsets.length; i++) {
    const counts = new Map<number, number>();
    const segment = (t: number): number => 2 * attempt[t]! + component[t]!;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 1) counts.set(segment(t), (counts.get(segment(t)) ?? 0) + 1);
    }
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 1) shares[t] = 1 / counts.get(segment(t))!;
    }
  }
  return shares;
}

/** a_t: 1, or 1/|segment of t|; 0 on masked-out tokens; [T]. */
export function tokenShares(weighting: Weighting, batch: TokenBatch): Float64Array {
  return weighting === 'segment' ? segmentShares(batch) : Float64Array.from(batch.mask);
}
