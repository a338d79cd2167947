// Rollouts as an objective sees them where the policy that is trained has drawn them itself.
import type { TokenBatch } from '../../objectives/index.ts';

/** Where B trajectories of one length begin and end, [B + 1]. */
export function evenOffsets(count: number, length: number): Int32Array {
  const offsets = new Int32Array(count + 1);
  for (let i = 1; i <= count; i++) offsets[i] = i * length;
  return offsets;
}

/**
 * The batch: no token is masked out, old and reference log-probs are the current ones, and all tokens are `sample` tokens of a first
 * attempt. What differs is written over it.
 */
export function onPolicyBatch({
  logProb,
  ...given
}: Pick<TokenBatch, 'offsets' | 'logProb' | 'reward' | 'group'>): TokenBatch {
  return {
    ...given,
    logProb,
    oldLogProb: logProb,
    refLogProb: logProb,
    mask: new Uint8Array(logProb.length).fill(1),
    component: new Uint8Array(logProb.length),
    attempt: new Int32Array(logProb.length),
  };
}
