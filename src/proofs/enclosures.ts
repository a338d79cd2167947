// Quantities with true logarithms, enclosed on policies with known odds: what is true, to thirty decimals, and what float64 makes of it.
import { fixedPointField, floatAbove, floatBelow, sureDecimals } from '../algebra/fixedPoint.ts';
import { intervalField } from '../algebra/interval.ts';
import { randomStream } from '../base/random.ts';
import type { Elementary, EnclosedQuantity } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { drawCandidate, inFixedPoint, inFloat64, inIntervals } from './candidate.ts';

/** One number between bounds that are sure. */
export interface EnclosedNumber {
  /** The number rounded to as many decimals as its bounds agree on; 57 are computed and at most 30 given. */
  readonly value: string;
  /** What float64 computes. */
  readonly float64: number;
  /** The smallest interval of float64 numbers that has both the true number and `float64` in it. */
  readonly lo: number;
  readonly hi: number;
}

/** A quantity between bounds that are sure. */
export interface Enclosed {
  readonly numbers: readonly EnclosedNumber[];
  /** The largest width of [lo, hi], relative to its larger end or to 10^-40. */
  readonly width: number;
  /**
   * Whether what float64 computes lies in intervals that are computed beside it, rounded outwards at every step: it errs by no more than
   * the roundings of the program can explain.
   */
  readonly hasFloat64: boolean;
  /** Whether the intervals of one number by different arithmetics, and in the other way to it if there is one, have a number in common. */
  readonly meets: boolean;
}

/** Wider intervals than this, relative to what they enclose, say too little. */
export const LARGEST_WIDTH = 1e-12;

/** A smaller number may be 0, as E[R] is where all rewards are: its interval is compared with this. */
const SMALLEST_SIZE = 1e-40;

function relativeWidth({ lo, hi }: EnclosedNumber): number {
  return (hi - lo) / Math.max(Math.abs(lo), Math.abs(hi), SMALLEST_SIZE);
}

const RANGE = { odds: [1, 2, 3, 5, 7, 11, 13], rewards: [0, 1], symbols: [1] };

const inDoubles: Elementary<Float64Array> = {
  log: (a) => a.map((x) => Math.log(x)),
  exp: (a) => a.map((x) => Math.exp(x)),
};

/** Whether the intervals of every number have a number in common. */
function meet<T extends number | bigint>(
  a: { readonly lo: ArrayLike<T>; readonly hi: ArrayLike<T> },
  b: { readonly lo: ArrayLike<T>; readonly hi: ArrayLike<T> },
): boolean {
  return Array.from(a.lo).every((lo, i) => lo <= b.hi[i]! && b.lo[i]! <= a.hi[i]!);
}

/**
 * Encloses a quantity on a seeded policy whose odds are small integers.
 * @param float64 what float64 has for log and exp
 */
export function enclosed(
  { value, also }: EnclosedQuantity,
  graph: TrajectoryGraph,
  seed: number,
  float64: Elementary<Float64Array> = inDoubles,
): Enclosed {
  const candidate = drawCandidate(graph, {}, RANGE, randomStream(seed, 'enclosure'));
  const { policy: precise } = inFixedPoint(candidate);
  const { policy: outward } = inIntervals(candidate);
  const { policy: rounded } = inFloat64(candidate);
  const ways = (also === undefined ? [value] : [value, also]).map((way) => {
    const bounds = way(precise, fixedPointField);
    return {
      bounds,
      truth: { lo: Float64Array.from(bounds.lo, floatBelow), hi: Float64Array.from(bounds.hi, floatAbove) },
      around: way(outward, intervalField),
      computed: way(rounded, float64),
    };
  });
  const [{ bounds, truth, computed }, other] = [ways[0]!, ways.at(-1)!];
  const numbers = Array.from(computed, (x, i) => ({
    value: sureDecimals({ lo: bounds.lo[i]!, hi: bounds.hi[i]! }) ?? 'no decimal',
    float64: x,
    lo: Math.min(truth.lo[i]!, x),
    hi: Math.max(truth.hi[i]!, x),
  }));
  return {
    numbers,
    width: Math.max(...numbers.map(relativeWidth)),
    hasFloat64: ways.every(({ around, computed: own }) =>
      own.every((x, i) => around.lo[i]! <= x && x <= around.hi[i]!),
    ),
    meets: ways.every((way) => meet(way.truth, way.around)) && meet(bounds, other.bounds),
  };
}
