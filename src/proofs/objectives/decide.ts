// Decides questions at random points: yes at all of them, with the bound of Schwartz and Zippel on the risk of being wrong, or no.
import { DivisionByZero } from '../../algebra/exactField.ts';
import { hashStream } from '../../algebra/hashStream.ts';
import type { FormulaBatch, PerToken } from '../../objectives/formulas/index.ts';
import type { Component } from '../../policy/component.ts';
import { riskLog2 } from '../randomPoints.ts';
import { type Element, smallFraction } from './element.ts';
import { episodesOf } from './episodes.ts';
import { FormulaError } from './formulaError.ts';
import { rememberedWeights } from './groupWeights.ts';
import { Point } from './point.ts';
import { type Gap, isTimes, type Question, type Setting } from './questions.ts';
import { type Drawn, freeSource } from './sources.ts';
import { type Subject, weightsAt } from './subject.ts';

/** How many points are drawn, from which seed. */
export interface Points {
  readonly points: number;
  readonly seed: number | string;
}

/** The outcome at random points. */
export type Decision =
  | { readonly holds: true; readonly degree: number; readonly riskLog2: number }
  | { readonly holds: false; readonly reason?: string };

const NO: Decision = { holds: false };
/** Points at which something is divided by 0 are drawn again, up to so often. */
const REDRAWN = 8;

/** A test at a point: the degree of what vanished there, or why it does not hold. */
type Test = (point: Point) => number | { readonly reason?: string };

function atPoint(draw: (attempt: number) => Point, test: Test): { point: Point; result: ReturnType<Test> } {
  for (let attempt = 0; ; attempt++) {
    const point = draw(attempt);
    try {
      return { point, result: test(point) };
    } catch (error) {
      if (!(error instanceof DivisionByZero)) throw error;
      if (attempt === REDRAWN) throw new FormulaError('it divides by 0 at every point');
    }
  }
}

/** Runs a test at all points. */
export function decide({ points, seed }: Points, purpose: string, test: Test): Decision {
  let degree = 0;
  let divisors = 0;
  for (let p = 0; p < points; p++) {
    const draw = (attempt: number): Point => new Point(hashStream(seed, `${purpose} ${p} ${attempt}`));
    const { point, result } = atPoint(draw, test);
    if (typeof result !== 'number') return { ...NO, ...result };
    degree = Math.max(degree, result + point.taken);
    divisors = Math.max(divisors, point.divided);
  }
  return { holds: true, degree, riskLog2: riskLog2(degree, divisors, points) };
}

/** Whether no entry differs, and then the largest degree. */
function vanish(point: Point, gaps: readonly Gap<Element>[]): number | undefined {
  let degree = 0;
  for (const { found, expected } of gaps) {
    const difference = point.sub(found, expected);
    if (difference.residue !== 0n) return undefined;
    degree = Math.max(degree, difference.degree);
  }
  return degree;
}

function isSame(a: PerToken<Element>, b: PerToken<Element>): boolean {
  return a.every((row, i) => row.every((w, t) => w.residue === b[i]![t]!.residue));
}

/** A setting at a point; `varies` becomes true if the weights of a group depend on which case holds. */
class PointSetting implements Setting<Element> {
  varies = false;
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
        this.varies ||= !isSame(first, weights);
        return this.varies;
      },
    );
    return first!;
  };
  readonly weightsOf = rememberedWeights(this.inEveryCase, (element: Element) => String(element.residue));
}

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
    const degree = vanish(point, question.gaps(setting));
    if (degree === undefined) return {};
    return setting.varies ? { reason: VARIES } : degree;
  });
}

/** Decides whether E g = λ·∇J with one λ for all policies; λ is read off the first point, and tested at all. */
export function decideFactor(
  subject: Subject,
  points: Points,
  groupSize: number,
): { readonly decision: Decision; readonly factor?: { readonly n: bigint; readonly d: bigint } } {
  let factor: { readonly n: bigint; readonly d: bigint } | undefined;
  const decision = decide(points, 'factor', (point) => {
    const setting = new PointSetting(point, subject, groupSize);
    const first = isTimes(setting, point.number(1)).find(({ expected }) => expected.residue !== 0n)!;
    factor ??= smallFraction(point.div(first.found, first.expected).residue);
    if (factor === undefined) return {};
    const scale = point.div(point.number(Number(factor.n)), point.number(Number(factor.d)));
    const degree = vanish(point, isTimes(setting, scale));
    if (degree === undefined) return {};
    return setting.varies ? { reason: VARIES } : degree;
  });
  return factor === undefined || !decision.holds ? { decision } : { decision, factor };
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
    let degree: number | undefined = 0;
    for (const pattern of PATTERNS) {
      const group = freeGroup(point, pattern, length, drawn);
      point.cases(
        () => weightsAt(subject, point, group),
        (weights) => {
          const gaps = weights.flatMap((row) =>
            row.map((found) => ({ place: '', found, expected: row[0]! })),
          );
          const own = vanish(point, gaps);
          degree = own === undefined || degree === undefined ? undefined : Math.max(degree, own);
          return degree === undefined;
        },
      );
      if (degree === undefined) return {};
    }
    return degree;
  });
}
