// One identity decided on one graph: the degrees of its own text, random points, and the risk of both over ℚ.
import type { RandomWords } from '../algebra/hashStream.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { type Degrees, degreesOf } from './degrees.ts';
import { type AtPoints, atRandomPoints, moduloRandomPrime, needsPrimes, riskOf } from './randomPoints.ts';

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

/** Why a statement about decisions is not proved where there are none. */
export const NO_DECISIONS = 'it says nothing about this shape, which has no decisions';

/** What points of GF(2^61 − 1) say; undefined if a divisor is 0 at all of them and may be a multiple of 2^61 − 1. */
function inPrimeFieldOf(
  statement: Statement,
  graph: TrajectoryGraph,
  points: number,
  words: RandomWords,
  { divisorHeight }: Degrees,
): AtPoints | undefined {
  try {
    return atRandomPoints(statement, graph, points, words);
  } catch (error) {
    if (error instanceof RangeError && needsPrimes({ height: divisorHeight })) return undefined;
    throw error;
  }
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
  const known = degreesOf(statement, graph);
  if (known.entries === 0) {
    return { outcome: 'undecided', reason: NO_DECISIONS };
  }
  const inOneField = inPrimeFieldOf(statement, graph, points, words, known);
  // Where 2^61 − 1 divides a divisor, all is modulo random primes, as if the coefficients were as large as those of the divisors.
  const bounds =
    inOneField === undefined ? { ...known, height: Math.max(known.height, known.divisorHeight) } : known;
  const { degree, height } = bounds;
  const found =
    inOneField === undefined || (inOneField.holds && needsPrimes(bounds))
      ? atRandomPoints(statement, graph, points, words, moduloRandomPrime)
      : inOneField;
  if (!found.holds) return { outcome: 'fails', degree, height };
  const risk = riskOf(bounds, points);
  if (typeof risk === 'string') return { outcome: 'undecided', reason: risk };
  const { redrawn } = found;
  const trivial = bounds.zeros === bounds.entries ? 'all' : bounds.zeros > 0 ? 'some' : 'none';
  return { outcome: 'holds', degree, height, riskLog2: risk, redrawn, trivial };
}
