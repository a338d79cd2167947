// Derives tolerances from the number of operations, the magnitude of what is added up, and the machine epsilon.
import type { TrajectoryGraph } from '../policy/graph.ts';

/** The unit roundoff of float64: half the distance from 1 to the next number. */
export const UNIT_ROUNDOFF: number = Number.EPSILON / 2;

/** A bound on an error, and the sentence that says where it comes from. */
export interface Tolerance {
  readonly value: number;
  readonly bound: string;
}

/** Writes a number with three digits, to be put in a sentence. */
function show(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/**
 * Computes the tolerance of rounding, γ(n)·magnitude with γ(n) = n·u/(1 − n·u), for n roundings of terms whose absolute values
 * add up to `magnitude`.
 * @param what the terms in words, for the sentence that says where the tolerance comes from
 * @example
 * ```ts
 * import { rounding } from 'gradsplit/attribution';
 * rounding(4, 2, 'a sum of four'); // → { value: 8.88178e-16, bound: 'rounding: γ(4) · 2 (a sum of four)' }
 * ```
 */
export function rounding(operations: number, magnitude: number, what: string): Tolerance {
  const nu = operations * UNIT_ROUNDOFF;
  return {
    value: (nu / (1 - nu)) * magnitude,
    bound: `rounding: γ(${Math.ceil(operations)}) · ${show(magnitude)} (${what})`,
  };
}

/** The tolerance 0, where no rounding may occur. */
export const exactly: Tolerance = { value: 0, bound: 'exact: no rounding may occur' };

/** Finds the largest |log p| of `logProb` [edges] over the edges where the probability `carrier` [edges] is positive. */
export function largestLog(logProb: Float64Array, carrier: Float64Array): number {
  let largest = 0;
  for (let e = 0; e < logProb.length; e++) {
    if (carrier[e]! > 0) largest = Math.max(largest, Math.abs(logProb[e]!));
  }
  return largest;
}

/**
 * Counts the roundings from logits to a probability-weighted sum over trajectories, and from there to a gradient. Each of T
 * layers costs a log-softmax over V logits (V + 6 roundings and 2|log p| of its own size), a product and two sums over V;
 * two ways are compared, each of which subtracts two such sums: 4 in all.
 */
export function graphOperations(graph: TrajectoryGraph, largestLogProb: number): number {
  return 4 * graph.layers.length * (3 * graph.vocabulary + 8 + 2 * largestLogProb);
}
