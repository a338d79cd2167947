// Quantities with true logarithms, enclosed on policies with known odds: the interval has the value of float64 in it.
import { intervalField } from '../algebra/interval.ts';
import { randomStream } from '../base/random.ts';
import type { Elementary, EnclosedQuantity } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { drawCandidate, inFloat64, inIntervals } from './candidate.ts';

/** A quantity between bounds that are sure. */
export interface Enclosed {
  /** The largest relative width of the intervals. */
  readonly width: number;
  /** Whether every interval has what float64 computes. */
  readonly hasFloat64: boolean;
  /** Whether the intervals of the same numbers in another way meet them; true if there is no other way. */
  readonly meets: boolean;
}

/** Wider intervals than this, relative to what they enclose, say too little. */
export const LARGEST_WIDTH = 1e-12;

const RANGE = { odds: [1, 2, 3, 5, 7, 11, 13], rewards: [0, 1], symbols: [1] };

const inDoubles: Elementary<Float64Array> = {
  log: (a) => a.map((x) => Math.log(x)),
  exp: (a) => a.map((x) => Math.exp(x)),
};

/** Encloses a quantity on a seeded policy whose odds are small integers. */
export function enclosed({ value, also }: EnclosedQuantity, graph: TrajectoryGraph, seed: number): Enclosed {
  const candidate = drawCandidate(graph, {}, RANGE, randomStream(seed, 'enclosure'));
  const { policy } = inIntervals(candidate);
  const ways = (also === undefined ? [value] : [value, also]).map((way) => ({
    intervals: way(policy, intervalField),
    numbers: way(inFloat64(candidate).policy, inDoubles),
  }));
  const [own, other = own] = ways.map(({ intervals }) => intervals);
  return {
    width: Math.max(...ways.map(({ intervals }) => intervalField.relativeWidth(intervals))),
    hasFloat64: ways.every(({ intervals: { lo, hi }, numbers }) =>
      numbers.every((x, i) => lo[i]! <= x && x <= hi[i]!),
    ),
    meets: own!.lo.every((lo, i) => lo <= other!.hi[i]! && other!.lo[i]! <= own!.hi[i]!),
  };
}
