// Generalised advantage estimation: one advantage per token from a critic's values.
import { InputError } from '../base/errors.ts';
import type { TokenBatch } from './batch.ts';

/**
 * A_t = Σ_{s≥t} λ^{s−t}·(V(h_{s+1}) − V(h_s)) over masked-in tokens, with R in the place of V after the last one; no
 * discount. At λ = 1 that is R − V(h_t). [T], 0 on masked-out tokens. Source: arXiv 1506.02438.
 * @param reward [B], paid at the end of the trajectory
 * @throws InputError if the batch brings no values
 */
export function generalisedAdvantage(
  batch: TokenBatch,
  reward: Float64Array,
  lambda: number,
  objective: string,
): Float64Array {
  const { offsets, mask, value } = batch;
  if (value === undefined) {
    throw new InputError(
      `${objective}: critic=value needs batch.value, one V(h_t) per token, and the batch has none`,
    );
  }
  const out = new Float64Array(value.length);
  for (let i = 0; i < reward.length; i++) {
    let next = reward[i]!;
    let advantage = 0;
    for (let t = offsets[i + 1]! - 1; t >= offsets[i]!; t--) {
      if (mask[t] === 0) continue;
      advantage = next - value[t]! + lambda * advantage;
      next = value[t]!;
      out[t] = advantage;
    }
  }
  return out;
}
