// Decides questions at random points: yes at all of them, with the bound of Schwartz and Zippel on the risk of being wrong, or no.
import { DivisionByZero } from '../../algebra/exactField.ts';
import { type Fraction, showFraction } from '../../algebra/fraction.ts';
import { hashStream } from '../../algebra/hashStream.ts';
import { PRIME_BITS, randomPrime } from '../../algebra/residueField.ts';
import type { FormulaBatch, PerToken } from '../../objectives/formulas/index.ts';
import type { Component } from '../../policy/component.ts';
import { needsPrimes, riskOf } from '../randomPoints.ts';
import { type Element, type Size, smallFraction } from './element.ts';
import { episodesOf } from './episodes.ts';
import { FormulaError } from './formulaError.ts';
import { rememberedWeights } from './groupWeights.ts';
import { Point } from './point.ts';
import { type Gap, isMultiple, type Question, type Setting, unbiased } from './questions.ts';
import { type Drawn, freeSource } from './sources.ts';
import { type Subject, weightsAt } from './subject.ts';

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
function larger(a: Size, b: Size): Size {
  return { degree: Math.max(a.degree, b.degree), height: Math.max(a.height, b.height) };
}

const NO_SIZE: Size = { degree: 0, height: 0 };

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

/** Runs a test at all points: modulo 2^61 − 1 or, if coefficients may be multiples of that, each modulo a random prime. */
export function decide({ points, seed }: Points, purpose: string, test: Test): Decision {
  let vanished = NO_SIZE;
  let divisors = NO_SIZE;
  let isGeneric = false;
  let hasPrimes = false;
  /** Why it does not hold at a point. */
  const failsAt = (name: string): { readonly reason?: string } | 'undefined' | undefined => {
    const draw = (attempt: number): Point => {
      const words = hashStream(seed, `${purpose} ${name} ${attempt}`);
      return hasPrimes ? new Point(words, randomPrime(words)) : new Point(words);
    };
    const found = atPoint(draw, test);
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

/** The largest size if no entry differs. */
function vanish(point: Point, gaps: readonly Gap<Element>[]): Size | undefined {
  let size = NO_SIZE;
  for (const { found, expected } of gaps) {
    const difference = point.sub(found, expected);
    if (difference.residue !== 0n) return undefined;
    size = larger(size, difference.numerator);
  }
  return size;
}

/** The differences of two results. */
function gapsBetween(a: PerToken<Element>, b: PerToken<Element>): Gap<Element>[] {
  return a.flatMap((row, i) => row.map((found, t) => ({ place: '', found, expected: b[i]![t]! })));
}

/** A text that is equal for one element alone, or for equal constants. */
function identities(): (element: Element) => string {
  const known = new Map<Element, string>();
  return (element) => {
    if (element.constant !== undefined) return showFraction(element.constant);
    const key = known.get(element) ?? `symbol ${known.size}`;
    known.set(element, key);
    return key;
  };
}

/** A setting at a point; `varies` becomes true if the weights of a group depend on which case holds. */
class PointSetting implements Setting<Element> {
  varies = false;
  /** The size of what was the same in different cases. */
  same = NO_SIZE;
  readonly field: Point;
  readonly groupSize: number;
  readonly baseline: Element;
  readonly episodes: Setting<Element>['episodes'];
  private readonly subject: Subject;

  constructor(point: Point, subject: Subject, groupSize: number) {
    this.field = point;
    this.subject = subject;
    this.groupSize = groupSize;
    this.baseline = point.symbol();
    const source = freeSource(point, 'onPolicy');
    this.episodes = (shape, isPadded) => episodesOf(point, shape, source, isPadded);
  }

  private readonly inEveryCase = (group: FormulaBatch<Element>): PerToken<Element> => {
    let first: PerToken<Element> | undefined;
    this.field.cases(
      () => weightsAt(this.subject, this.field, group),
      (weights) => {
        first ??= weights;
        const same = vanish(this.field, gapsBetween(first, weights));
        if (same === undefined) this.varies = true;
        else this.same = larger(this.same, same);
        return this.varies;
      },
    );
    return first!;
  };
  readonly weightsOf = rememberedWeights(this.inEveryCase, identities());
}

const NO_FRACTION = 'if there is a factor, its numerator or its denominator is above 2^20';
const VARIES = 'the weights of a group depend on the signs of advantages, so that there is no one formula';

/** Decides a question about expected gradients, on policy. */
export function decideQuestion(
  subject: Subject,
  question: Question,
  points: Points,
  groupSize = 2,
): Decision {
  return decide(points, 'expectation', (point) => {
    const setting = new PointSetting(point, subject, groupSize);
    const size = vanish(point, question.gaps(setting));
    if (size === undefined) return {};
    return setting.varies ? { reason: VARIES } : larger(size, setting.same);
  });
}

/** What λ must be, if there is one, read off a point at which nothing is tested: the points of the test know nothing of it. */
function readFactor(subject: Subject, { seed }: Points, groupSize: number): Fraction | undefined {
  let factor: Fraction | undefined;
  atPoint(
    (attempt) => {
      const words = hashStream(seed, `reading a factor of groups of ${groupSize} ${attempt}`);
      // 2^61 − 1 may divide a divisor.
      return attempt < REDRAWN ? new Point(words) : new Point(words, randomPrime(words));
    },
    (point) => {
      const setting = new PointSetting(point, subject, groupSize);
      const one = unbiased.gaps(setting).find(({ expected }) => expected.residue !== 0n)!;
      factor = smallFraction(point.div(one.found, one.expected).residue, point.elements.prime);
      return NO_SIZE;
    },
  );
  return factor;
}

/** Decides whether E g = λ·∇J with one λ for all policies. */
export function decideFactor(
  subject: Subject,
  points: Points,
  groupSize: number,
): { readonly decision: Decision; readonly factor?: Fraction } {
  const factor = readFactor(subject, points, groupSize);
  if (factor === undefined) return { decision: { holds: false, reason: NO_FRACTION } };
  const decision = decide(points, 'factor', (point) => {
    const setting = new PointSetting(point, subject, groupSize);
    const size = vanish(point, isMultiple(factor).gaps(setting));
    if (size === undefined) return {};
    return setting.varies ? { reason: VARIES } : larger(size, setting.same);
  });
  return decision.holds ? { decision, factor } : { decision };
}

/** A group of two trajectories with one or two attempts, all of whose numbers are symbols of their own. */
function freeGroup(
  point: Point,
  attempts: readonly number[],
  length: number,
  drawn: Drawn,
): FormulaBatch<Element> {
  const one = point.number(1);
  const ratio = (): Element => (drawn === 'onPolicy' ? one : point.symbol());
  const token = (component: Component, attempt: number) => ({
    component,
    attempt,
    mask: true,
    prob: point.symbol(),
    ratio: ratio(),
    samplerRatio: ratio(),
    refRatio: point.symbol(),
    value: point.symbol(),
  });
  return attempts.map((count) => ({
    reward: point.symbol(),
    group: 0,
    tokens: Array.from({ length: count }, (_, k) => [
      ...Array.from({ length }, () => token('sample', k)),
      ...(k === 1 ? [] : [token('decision', k)]),
    ]).flat(),
  }));
}

const PATTERNS = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
];

/**
 * Decides whether all tokens of a trajectory have one weight, in every case of every group of two.
 * @param length tokens of an attempt
 */
export function decideBalance(subject: Subject, drawn: Drawn, length: number, points: Points): Decision {
  return decide(points, `balance ${drawn}`, (point) => {
    let size: Size | undefined = NO_SIZE;
    for (const pattern of PATTERNS) {
      const group = freeGroup(point, pattern, length, drawn);
      point.cases(
        () => weightsAt(subject, point, group),
        (weights) => {
          const gaps = weights.flatMap((row) =>
            row.map((found) => ({ place: '', found, expected: row[0]! })),
          );
          const own = vanish(point, gaps);
          size = own === undefined || size === undefined ? undefined : larger(size, own);
          return size === undefined;
        },
      );
      if (size === undefined) return {};
    }
    return size;
  });
}
