// Quantities with true logarithms, enclosed on policies with known odds: the interval has the value of float64 in it.
import { intervalField } from '../algebra/interval.ts';
import { randomStream } from '../base/random.ts';
import type { EnclosedQuantity } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { drawCandidate, inFloat64, inIntervals } from './candidate.ts';

/** A quantity between bounds that are sure. */
export interface Enclosed {
  /** The largest relative width of the intervals. */
  readonly width: number;
  /** Whether every interval has what float64 computes. */
  readonly hasFloat64: boolean;
}

/** Wider intervals than this, relative to what they enclose, say too little. */
export const LARGEST_WIDTH = 1e-12;

const RANGE = { odds: [1, 2, 3, 5, 7, 11, 13], rewards: [0, 1], symbols: [1] };

/** Encloses a quantity on a seeded policy whose odds are small integers. */
export function enclosed({ value }: EnclosedQuantity, graph: TrajectoryGraph, seed: number): Enclosed {
  const candidate = drawCandidate(graph, {}, RANGE, randomStream(seed, 'enclosure'));
  const intervals = value(inIntervals(candidate).policy);
  const numbers = value(inFloat64(candidate).policy);
  return {
    width: intervalField.relativeWidth(intervals),
    hasFloat64: numbers.every((x, i) => intervals.lo[i]! <= x && x <= intervals.hi[i]!),
  };
}
