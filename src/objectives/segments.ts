// Segments: the sample tokens of one attempt, or its decision. What a token weighs where every segment weighs the same.
import type { TokenBatch } from './batch.ts';

/** What counts alike: every token, or every segment. */
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
