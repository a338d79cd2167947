// The tokens of a trajectory whose log-probs can be compared: trained ones at which both sides give a probability.
import type { Trajectory } from '../../rollouts/index.ts';

/** The fields of log-probs. */
export const LOG_PROBS = ['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs'] as const;

/** The trainer's log-prob below which a sampler's log-prob of exactly 0 says nothing: a probability of 0.9 would not be rounded to 1. */
export const SURE = -0.1;

/**
 * Rounding alone can leave a log-prob this far above 0: the last digit of float32 numbers up to 2¹³, of which it may be the difference.
 */
export const ROUNDING = 2 ** -10;

/** The trainer's log-probs of the policy that drew: those at the start of the step, or where the file has none, those of the trained policy. */
export function drawingLogProbs({ oldLogProbs, logProbs }: Trajectory): Float64Array | undefined {
  return oldLogProbs ?? logProbs;
}

/** Whether a number is a log-prob: finite, and not above 0 by more than rounding. */
export function isLogProb(x: number): boolean {
  return x <= ROUNDING && x > Number.NEGATIVE_INFINITY;
}

/** Whether a sampler's log-prob is a placeholder: exactly 0 where the trainer is not sure of the token. */
export function isPlaceholder(trainer: number, sampler: number): boolean {
  return sampler === 0 && trainer < SURE;
}

/** Calls `visit` with every trained token that trainer and sampler give a probability; placeholders are left out. */
export function eachCompared(
  trajectory: Trajectory,
  visit: (token: number, trainer: number, sampler: number) => void,
): void {
  const { mask, length, samplerLogProbs } = trajectory;
  const trainer = drawingLogProbs(trajectory);
  if (trainer === undefined || samplerLogProbs === undefined) return;
  for (let t = 0; t < length; t++) {
    if (mask[t] === 0) continue;
    const [a, b] = [trainer[t]!, samplerLogProbs[t]!];
    if (isLogProb(a) && isLogProb(b) && !isPlaceholder(a, b)) visit(t, a, b);
  }
}
