// Decides questions at random points: yes at all of them, with the bound of Schwartz and Zippel on the risk of being wrong, or no.
import { DivisionByZero } from '../../algebra/exactField.ts';
import { hashStream } from '../../algebra/hashStream.ts';
import { PRIME_BITS, randomPrime } from '../../algebra/residueField.ts';
import { needsPrimes, riskOf } from '../randomPoints.ts';
import { CasesError } from './cases.ts';
import type { Element, Size } from './element.ts';
import { FormulaError } from './formulaError.ts';
import { Point } from './point.ts';

/** How many points are drawn, from which seed. */
export interface Points {
  readonly points: number;
  readonly seed: number | string;
}

/** The outcome at random points. */
export type Decision =
  | {
      readonly holds: true;
      readonly degree: number;
      readonly riskLog2: number;
      /** Whether the formula asked of something that may be 0 whether it is 0. */
      readonly isGeneric: boolean;
    }
  | {
      readonly holds: false;
      readonly reason?: string;
      /** Whether it held at all points, which says too little: the numbers in it are too large to be looked at elsewhere. */
      readonly isVague?: boolean;
    };

/** Points at which something is divided by 0 are drawn again, up to so often. */
const REDRAWN = 8;

/** A test at a point: the size of what vanished there, or why it does not hold. */
type Test = (point: Point) => Size | { readonly reason?: string };

function isSize(result: ReturnType<Test>): result is Size {
  return 'degree' in result;
}

/** The larger degree and the larger height. */
export function larger(a: Size, b: Size): Size {
  return { degree: Math.max(a.degree, b.degree), height: Math.max(a.height, b.height) };
}

/** The size of 0. */
export const NO_SIZE: Size = { degree: 0, height: 0 };

/** The result of a test at the first point at which nothing is divided by 0, if there is one. */
function atPoint(
  draw: (attempt: number) => Point,
  test: Test,
): { point: Point; result: ReturnType<Test> } | undefined {
  for (let attempt = 0; attempt <= REDRAWN; attempt++) {
    const point = draw(attempt);
    try {
      return { point, result: test(point) };
    } catch (error) {
      if (!(error instanceof DivisionByZero)) throw error;
    }
  }
  return undefined;
}

/**
 * Runs `read` at the first point, drawn apart from all others, at which nothing is divided by 0: the points of a test know nothing of what
 * was read there. Undefined if there is none, or if `read` gives nothing.
 */
export function readAtPoint<R>({ seed }: Points, purpose: string, read: (point: Point) => R): R | undefined {
  let found: R | undefined;
  atPoint(
    (attempt) => {
      const words = hashStream(seed, `${purpose} ${attempt}`);
      // 2^61 − 1 may divide a divisor.
      return attempt < REDRAWN ? new Point(words) : new Point(words, randomPrime(words));
    },
    (point) => {
      found = read(point);
      return NO_SIZE;
    },
  );
  return found;
}

/** Runs a test at all points: modulo 2^61 − 1 or, if coefficients may be multiples of that, each modulo a random prime. */
export function decide({ points, seed }: Points, purpose: string, test: Test): Decision {
  let vanished = NO_SIZE;
  let divisors = NO_SIZE;
  let isGeneric = false;
  let hasPrimes = false;
  const decided: Test = (point) => {
    try {
      return test(point);
    } catch (error) {
      if (error instanceof CasesError) return { reason: `it was not decided: ${error.message}` };
      throw error;
    }
  };
  /** Why it does not hold at a point. */
  const failsAt = (name: string): { readonly reason?: string } | 'undefined' | undefined => {
    const draw = (attempt: number): Point => {
      const words = hashStream(seed, `${purpose} ${name} ${attempt}`);
      return hasPrimes ? new Point(words, randomPrime(words)) : new Point(words);
    };
    const found = atPoint(draw, decided);
    if (found === undefined) return 'undefined';
    const { point, result } = found;
    if (!isSize(result)) return result;
    const { degree, height } = point.taken;
    vanished = larger(vanished, { degree: result.degree + degree, height: result.height + height });
    divisors = larger(divisors, point.divided);
    isGeneric ||= point.isGeneric;
    return undefined;
  };
  for (let p = 0; p < points; p++) {
    const failed = failsAt(hasPrimes ? `prime ${p}` : String(p));
    if (failed === 'undefined' && hasPrimes) throw new FormulaError('it divides by 0 at every point');
    if (typeof failed === 'object') return { holds: false, ...failed };
    if (hasPrimes || (failed === undefined && !needsPrimes(vanished))) continue;
    // All points again: the first one has shown how large coefficients may be, or a divisor that may be a multiple of 2^61 − 1.
    hasPrimes = true;
    p = -1;
  }
  const { degree } = vanished;
  const bounds = {
    degree,
    height: hasPrimes ? Math.max(vanished.height, divisors.height, PRIME_BITS + 1) : vanished.height,
    divisors: divisors.degree,
    divisorHeight: divisors.height,
    denominator: 0,
  };
  const risk = riskOf(bounds, points);
  return typeof risk === 'string'
    ? { holds: false, reason: risk, isVague: true }
    : { holds: true, degree, riskLog2: risk, isGeneric };
}

/** What a question says is equal. */
export interface Sides {
  readonly found: Element;
  readonly expected: Element;
}

/** The largest size if no entry differs. */
export function vanish(point: Point, gaps: Iterable<Sides>): Size | undefined {
  let size = NO_SIZE;
  for (const { found, expected } of gaps) {
    const difference = point.sub(found, expected);
    if (difference.residue !== 0n) return undefined;
    size = larger(size, difference.numerator);
  }
  return size;
}
