// Bounds of rounding, from the size of the world: nothing in them is measured.
import type { EnergyOptions } from './options.ts';
import { AFFINITY } from './world.ts';

const EPSILON = 2 ** -52;

/** What the bounds need. */
export type Size = Pick<EnergyOptions, 'answers' | 'beta' | 'coupling'>;

/** The largest |log π| of a tilt of the reference by s·r, 0 ≤ s ≤ 1/β: an affinity over n of the largest, and the tilt. */
export function largestLog({ answers, beta, coupling }: Size): number {
  return Math.log((answers * AFFINITY.to) / (AFFINITY.from * coupling)) + 1 / beta;
}

/** Of a log-probability of a table: the sum of n exponentials (n + 4), the logits and what is subtracted, twice as large at most (3·2L). */
export function logProbRounding(size: Size): number {
  return (size.answers + 4 + 6 * largestLog(size)) * EPSILON;
}

/**
 * Of KL(π‖π*) − KL(Ber(p)‖Ber(p*)) on the family. Both come from the same log π, and an error in these that changes π within a class of
 * equal reward enters at second order. What is left at first order is that p* is a closed form and π* a table (n + 4 + 2L), and the sums:
 * n + 6 roundings of terms that add up to at most 1 + 2/β in size.
 */
export function identityRounding(size: Size): number {
  const { answers: n, beta } = size;
  return (n + 4 + 2 * largestLog(size) + (n + 6) * (1 + 2 / beta)) * EPSILON;
}

/** Of KL = KL(Ber) + Σ P(r)·KL(· | r), all from the same two tables: sums of n + 6 roundings; log-ratios are at most 2/β. */
export function chainRuleRounding({ answers: n, beta }: Size): number {
  return (n + 6) * (2 + 6 / beta) * EPSILON;
}

/** Of a KL between tables: both log-probs, and π itself times a log-ratio of at most 2/β; n + 6 roundings of the sum. */
export function klRounding(size: Size): number {
  const unit = logProbRounding(size) + (size.answers + 6) * EPSILON;
  return (2 + 2 / size.beta) * unit;
}

/** Of J(π*) − J(π) − β·KL(π‖π*): two KL times β, E[r] and β·log Z. */
export function valueRounding(size: Size): number {
  return 2 * size.beta * klRounding(size) + 4 * (1 + size.beta) * logProbRounding(size);
}
