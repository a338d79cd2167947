// One identity decided on one graph: the degrees of its own text, random points, and the risk of both over ℚ.
import type { RandomWords } from '../algebra/hashStream.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { degreesOf } from './degrees.ts';
import { atRandomPoints, moduloRandomPrime, needsPrimes, riskOf } from './randomPoints.ts';

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
  const { degree, height } = bounds;
  if (bounds.entries === 0) {
    return { outcome: 'undecided', reason: NO_DECISIONS };
  }
  const inOneField = atRandomPoints(statement, graph, points, words);
  const found =
    inOneField.holds && needsPrimes(bounds)
      ? atRandomPoints(statement, graph, points, words, moduloRandomPrime)
      : inOneField;
  if (!found.holds) return { outcome: 'fails', degree, height };
  const risk = riskOf(bounds, points);
  if (typeof risk === 'string') return { outcome: 'undecided', reason: risk };
  const { redrawn } = found;
  const trivial = bounds.zeros === bounds.entries ? 'all' : bounds.zeros > 0 ? 'some' : 'none';
  return { outcome: 'holds', degree, height, riskLog2: risk, redrawn, trivial };
}
