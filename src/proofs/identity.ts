// One identity decided on one graph: the degrees of its own text, random points, and the risk of both over ℚ.
import type { RandomWords } from '../algebra/hashStream.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { degreesOf } from './degrees.ts';
import { atRandomPoints, moduloRandomPrime, riskLog2, riskOverRationals } from './randomPoints.ts';

/** What was found of an identity. */
export type IdentityDecision =
  | { readonly outcome: 'fails'; readonly degree: number; readonly height: number }
  /** It holds at the points, which says too little, or there is nothing that could fail. */
  | { readonly outcome: 'undecided'; readonly reason: string }
  | {
      readonly outcome: 'holds';
      readonly degree: number;
      readonly height: number;
      readonly riskLog2: number;
      readonly redrawn: number;
      /** Whether all entries, some or none are 0 on both sides before anything is computed. */
      readonly trivial: 'all' | 'some' | 'none';
    };

/** Below this bound no coefficient other than 0 is a multiple of p = 2^61 − 1. */
export const LARGEST_HEIGHT = 60;

/** With a larger risk than 2 to this power nothing is called proved. */
export const LARGEST_RISK_LOG2 = -40;

/** Why a statement about decisions is not proved where there are none. */
export const NO_DECISIONS = 'it says nothing about this shape, which has no decisions';

/** Why an identity that held at all points is not proved. */
export function tooUncertain(degree: number, points: number): string {
  const about = degree < 1e6 ? String(degree) : degree.toExponential(1);
  return (
    `it holds at ${points} random point${points === 1 ? '' : 's'}, but its degree, at most ${about}, ` +
    `leaves a risk above 2^${LARGEST_RISK_LOG2}`
  );
}

/**
 * Decides an identity on a graph. Coefficients that may be multiples of 2^61 − 1 are also looked at modulo random primes.
 * @throws RangeError if a divisor is zero at a hundred points in a row
 */
export function decideIdentity(
  statement: Statement,
  graph: TrajectoryGraph,
  { points, words }: { readonly points: number; readonly words: RandomWords },
): IdentityDecision {
  const bounds = degreesOf(statement, graph);
  const { degree, divisors, height } = bounds;
  if (bounds.entries === 0) {
    return { outcome: 'undecided', reason: NO_DECISIONS };
  }
  const isLarge = height > LARGEST_HEIGHT;
  const inOneField = atRandomPoints(statement, graph, points, words);
  const found =
    isLarge && inOneField.holds
      ? atRandomPoints(statement, graph, points, words, moduloRandomPrime)
      : inOneField;
  if (!found.holds) return { outcome: 'fails', degree, height };
  // Sums of degrees are exact up to 2^53; beyond, there is no risk worth a number.
  const isExact = [degree, divisors].every(Number.isSafeInteger) && bounds.divisorHeight < 2 ** 53;
  const risk = !isExact
    ? Number.POSITIVE_INFINITY
    : isLarge
      ? riskOverRationals(bounds, points)
      : riskLog2(degree, divisors, points);
  if (risk > LARGEST_RISK_LOG2) return { outcome: 'undecided', reason: tooUncertain(degree, points) };
  const { redrawn } = found;
  const trivial = bounds.zeros === bounds.entries ? 'all' : bounds.zeros > 0 ? 'some' : 'none';
  return { outcome: 'holds', degree, height, riskLog2: risk, redrawn, trivial };
}
