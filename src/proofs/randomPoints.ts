// An identity between rational functions put to random points of GF(2^61 − 1): what holds there holds for every policy of the shape,
// except with the probability that Schwartz and Zippel bound.
import type { DegreeBound } from '../algebra/degree.ts';
import { DivisionByZero, type ExactField } from '../algebra/exactField.ts';
import type { RandomWords } from '../algebra/hashStream.ts';
import { PRIME, primeField } from '../algebra/primeField.ts';
import { PRIME_BITS, PRIMES_LOG2, randomPrime, residueField } from '../algebra/residueField.ts';
import { freePolicy } from '../attribution/over/instance.ts';
import type { PolicyOver } from '../attribution/policyOver.ts';
import type { ArrayField } from '../base/field.ts';
import type { Statement, Symbols } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';

/** A policy and the further symbols of a statement over one field. */
export interface Instance<A> {
  readonly policy: PolicyOver<A>;
  readonly symbols: Symbols<A>;
}

/** A policy and the symbols of a statement, all of them free. */
export function freeInstance<A>(
  field: ArrayField<A>,
  graph: TrajectoryGraph,
  { symbols, rewards }: Pick<Statement, 'symbols' | 'rewards'>,
  fresh: (count: number, name: string) => A,
): Instance<A> {
  const sizes = Object.entries(symbols?.(graph) ?? {});
  const policy = freePolicy(field, graph, fresh);
  return {
    policy: rewards === undefined ? policy : { ...policy, reward: field.from(rewards(graph)) },
    symbols: Object.fromEntries(sizes.map(([name, size]) => [name, fresh(size, name)])),
  };
}

/** What random points say of an identity: it held at all of them, or it failed at one. */
export interface AtPoints {
  readonly holds: boolean;
  /** The points at which it was evaluated. */
  readonly points: number;
  /** The points that were replaced because a divisor was zero there. */
  readonly redrawn: number;
}

/** Points drawn in a row at which a divisor was zero, after which it is taken to be zero everywhere. */
const MOST_REDRAWN = 100;

/** Draws one random point of one field: whether left = right there. @throws DivisionByZero where it is not defined */
export type OnePoint = (statement: Statement, graph: TrajectoryGraph, words: RandomWords) => boolean;

function holdsIn<A>(
  field: ExactField<A> & { random(n: number, words: RandomWords): A },
  statement: Statement,
  graph: TrajectoryGraph,
  words: RandomWords,
): boolean {
  const fresh = (count: number): A => field.random(count, words);
  const { policy, symbols } = freeInstance(field, graph, statement, fresh);
  const { left, right } = statement.sides(policy, symbols);
  return field.firstNonZero(field.sub(left, right)) < 0;
}

/** A point of GF(2^61 − 1). */
export const inPrimeField: OnePoint = (statement, graph, words) =>
  holdsIn(primeField, statement, graph, words);

/** A point modulo a random prime: slower, and it also sees an identity whose coefficients are all multiples of 2^61 − 1. */
export const moduloRandomPrime: OnePoint = (statement, graph, words) =>
  holdsIn(residueField(randomPrime(words)), statement, graph, words);

/**
 * Evaluates an identity at random points until it fails or has held at as many as asked.
 * @throws RangeError if a divisor is zero at a hundred points in a row
 */
export function atRandomPoints(
  statement: Statement,
  graph: TrajectoryGraph,
  points: number,
  words: RandomWords,
  holds: OnePoint = inPrimeField,
): AtPoints {
  let redrawn = 0;
  let inARow = 0;
  for (let done = 0; done < points; ) {
    try {
      if (!holds(statement, graph, words)) return { holds: false, points: done + 1, redrawn };
      done++;
      inARow = 0;
    } catch (error) {
      if (!(error instanceof DivisionByZero)) throw error;
      redrawn++;
      inARow++;
      if (inARow >= MOST_REDRAWN) {
        throw new RangeError(`${statement.name}: a divisor is zero at ${inARow} random points in a row`);
      }
    }
  }
  return { holds: true, points, redrawn };
}

/** log2 of a positive integer. */
function log2(x: bigint): number {
  const text = x.toString(2);
  return text.length - 53 <= 0
    ? Math.log2(Number(x))
    : Math.log2(Number(x >> BigInt(text.length - 53))) + text.length - 53;
}

/**
 * log2 of the probability that a false identity holds at all points: (d/(p − d₀))^points, where d bounds the degree of the numerator of
 * left − right and d₀ that of the product of all divisors, since points at which one of them is zero are drawn again.
 * Source: Schwartz, "Fast probabilistic algorithms for verification of polynomial identities", 1980; Zippel 1979; machine-checked as
 * `MvPolynomial.schwartz_zippel_sum_degreeOf` in Mathlib.
 */
export function riskLog2(degree: number, divisors: number, points: number): number {
  const choices = PRIME - BigInt(divisors);
  return Math.ceil(points * (Math.log2(Math.max(1, degree)) - log2(choices)));
}

/**
 * log2 of the probability that an identity that is false over ℚ holds at points modulo random primes. At one of them it is at most
 * (h/60/2^54 + d/2^60)/(1 − d₀/2^60 − h₀/60/2^54): a coefficient other than 0 below 2^h has at most h/60 prime factors above 2^60, of the
 * more than 2^54 primes that are drawn from; d₀ and h₀ are the degree and the height of all divisors, since points at which one of them is
 * zero are drawn again.
 */
export function riskOverRationals(bounds: DegreeBound, points: number): number {
  const { degree, divisors, height, divisorHeight } = bounds;
  const unlucky = (bits: number): number => Math.max(1, bits) / PRIME_BITS / 2 ** PRIMES_LOG2;
  const zero = unlucky(height) + Math.max(1, degree) / 2 ** PRIME_BITS;
  const undefinedThere = unlucky(divisorHeight) + divisors / 2 ** PRIME_BITS;
  if (undefinedThere >= 0.5) throw new RangeError(`divisors of degree ${divisors} leave no points`);
  return Math.ceil(points * Math.log2(zero / (1 - undefinedThere)));
}

/** Below this bound no coefficient other than 0 is a multiple of p = 2^61 − 1. */
const LARGEST_HEIGHT = 60;

/** Whether coefficients may be multiples of 2^61 − 1, so that points modulo random primes are needed. */
export function needsPrimes({ height }: Pick<DegreeBound, 'height'>): boolean {
  return height > LARGEST_HEIGHT;
}

/** With a larger risk than 2 to this power nothing is called proved. */
const LARGEST_RISK_LOG2 = -40;

/** The risk over ℚ of what holds at points modulo 2^61 − 1 or, where they are needed, modulo random primes; why none is given if it is too large. */
export function riskOf(bounds: DegreeBound, points: number): number | string {
  const { degree, divisors, height, divisorHeight } = bounds;
  // Sums are exact up to 2^53.
  const isExact = [degree, divisors, height, divisorHeight].every((bound) => bound < 2 ** 53);
  if (isExact) {
    const risk = needsPrimes(bounds) ? riskOverRationals(bounds, points) : riskLog2(degree, divisors, points);
    if (risk <= LARGEST_RISK_LOG2) return risk;
  }
  const about = degree < 1e6 ? String(degree) : degree.toExponential(1);
  return (
    `it holds at ${points} random point${points === 1 ? '' : 's'}, but its degree, at most ${about}, ` +
    `leaves a risk above 2^${LARGEST_RISK_LOG2}`
  );
}
