// What an objective sees: a batch of trajectories with their tokens laid end to end.

/** Component of a token, fixed by its prefix. */
export const SAMPLE = 0;
export const DECISION = 1;

/** B trajectories with T tokens in all; arrays over tokens are ragged, cut by `offsets`. */
export interface TokenBatch {
  /** [B + 1]: the tokens of trajectory i are offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [T] log π_θ(a_t | h_t), the policy that is trained. */
  readonly logProb: Float64Array;
  /** [T] the same under the policy that drew the tokens; equal to logProb on policy. */
  readonly oldLogProb: Float64Array;
  /** [T] the same under the reference policy. */
  readonly refLogProb: Float64Array;
  /** [T] 1 where the token takes part in the loss, else 0. */
  readonly mask: Uint8Array;
  /** [T] SAMPLE or DECISION. */
  readonly component: Uint8Array;
  /** [T] attempt the token belongs to, from 0; a decision belongs to the attempt it judges. */
  readonly attempt: Int32Array;
  /** [B] R(τ_i). */
  readonly reward: Float64Array;
  /** [B] which prompt the trajectory answers; groups need not be contiguous. */
  readonly group: Int32Array;
  /** [T] a critic's V(h_t), for the objectives that can use one. */
  readonly value?: Float64Array;
}

/** The attempt of the last token of trajectory i, from 0: the one that was kept. Masked-out tokens count. */
export function lastAttempt({ offsets, attempt }: TokenBatch, i: number): number {
  let last = 0;
  for (let t = offsets[i]!; t < offsets[i + 1]!; t++) last = Math.max(last, attempt[t]!);
  return last;
}
