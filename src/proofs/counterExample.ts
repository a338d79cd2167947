// Searches the smallest policy on which an identity fails: small shapes and small integers first, tried in float64, made simpler while it
// still fails, and confirmed exactly in fractions or, where logarithms are in it, by intervals that do not meet.
import { DivisionByZero } from '../algebra/exactField.ts';
import { intervalField } from '../algebra/interval.ts';
import { rationalField } from '../algebra/rationals.ts';
import { randomStream } from '../base/random.ts';
import { Graphs } from '../claims/shared/places.ts';
import type { Sides, Statement } from '../claims/statement.ts';
import type { PolicyShape } from '../policy/shape.ts';
import {
  type Candidate,
  drawCandidate,
  inFloat64,
  inIntervals,
  inRationals,
  type Range,
} from './candidate.ts';

/** A small policy on which both sides of an identity differ. */
export interface CounterExample {
  readonly shape: PolicyShape;
  readonly candidate: Candidate;
  /** The element of both sides that differs. */
  readonly index: number;
  /** Both sides there: fractions, or intervals. */
  readonly left: string;
  readonly right: string;
}

/** Shapes from small to large. */
export const SHAPES: readonly PolicyShape[] = [
  { attempts: 1, length: 1, vocabulary: 2 },
  { attempts: 1, length: 2, vocabulary: 2 },
  { attempts: 2, length: 1, vocabulary: 2 },
  { attempts: 1, length: 1, vocabulary: 3 },
  { attempts: 2, length: 2, vocabulary: 2 },
  { attempts: 3, length: 1, vocabulary: 2 },
  { attempts: 2, length: 3, vocabulary: 2 },
];

/** 0 … n. */
function upTo(n: number): number[] {
  return Array.from({ length: n + 1 }, (_, i) => i);
}

/** What candidates are drawn from, from small to large, and how many of each are tried on each shape. */
const RANGES: readonly (Range & { readonly tried: number })[] = [
  { odds: [1], rewards: [0, 1], symbols: [1, 0], tried: 10 },
  { odds: [1, 1, 2], rewards: [0, 1], symbols: [1, 0, 2], tried: 25 },
  { odds: [1, 2, 3], rewards: [0, 1, 2], symbols: [1, 2, 3], tried: 25 },
  { odds: [1, 2, 3, 5, 7], rewards: [0, 1, 2, 3, 5], symbols: [1, 2, 3, 5], tried: 25 },
  { odds: [1, 2, 3, 5, 7, 11, 13], rewards: upTo(100), symbols: upTo(100), tried: 40 },
];

/** Below this a relative difference in float64 is taken for rounding. */
const LEAST_GAP = 1e-7;

/** The element at which both sides differ most in float64; −1 if they do not, or something is divided by 0. */
function gapInFloat64(statement: Statement, candidate: Candidate, above: boolean): number {
  const { policy, symbols } = inFloat64(candidate);
  return widestGap(statement.sides(policy, symbols), above);
}

/**
 * The element at which both sides differ most, relative to their size; −1 if they do not, or if some are no numbers.
 * @param above only where left is above right
 */
export function widestGap({ left, right }: Sides<Float64Array>, above: boolean): number {
  let worst = -1;
  let most = LEAST_GAP;
  for (let i = 0; i < left.length; i++) {
    const difference = above ? left[i]! - right[i]! : Math.abs(left[i]! - right[i]!);
    const gap = difference / (1 + Math.abs(left[i]!) + Math.abs(right[i]!));
    if (Number.isNaN(gap)) return -1;
    if (gap > most) {
      most = gap;
      worst = i;
    }
  }
  return worst;
}

/** Shows an interval. */
export function shownInterval(lo: number, hi: number): string {
  return `[${lo.toPrecision(12)}, ${hi.toPrecision(12)}]`;
}

/** Both sides at an element if they differ beyond doubt; undefined if that cannot be said. */
function confirmed(
  statement: Statement,
  candidate: Candidate,
  index: number,
  above: boolean,
): Pick<CounterExample, 'left' | 'right'> | undefined {
  try {
    if (statement.readsLogs !== true) {
      const { policy, symbols } = inRationals(candidate);
      const { left, right } = statement.sides(policy, symbols);
      const { n } = rationalField.sub(left, right)[index]!;
      if (above ? n <= 0n : n === 0n) return undefined;
      return { left: rationalField.show(left, index), right: rationalField.show(right, index) };
    }
    const { policy, symbols } = inIntervals(candidate);
    const { left, right } = statement.sides(policy, symbols);
    const gap = intervalField.sub(left, right);
    // Bounds beyond the range of float64 may be NaN, which says nothing.
    const isApart = gap.lo[index]! > 0 || (!above && gap.hi[index]! < 0);
    if (!isApart) return undefined;
    const at = (side: typeof left): string => shownInterval(side.lo[index]!, side.hi[index]!);
    return { left: at(left), right: at(right) };
  } catch (error) {
    if (error instanceof DivisionByZero) return undefined;
    throw error;
  }
}

/** One list of a candidate with one entry replaced. */
function replaced(values: readonly number[], index: number, value: number): number[] {
  return values.map((x, i) => (i === index ? value : x));
}

/** Simpler candidates: one number less than it was, the simplest first. */
function* simpler({ positive, rewards }: Statement, candidate: Candidate): Generator<Candidate> {
  const least = positive === true ? 1 : 0;
  for (const field of ['refOdds', 'odds'] as const) {
    for (const [i, x] of candidate[field].entries()) {
      for (let y = 1; y < x; y++) yield { ...candidate, [field]: replaced(candidate[field], i, y) };
    }
  }
  // Rewards that the statement speaks of stay as they are.
  for (const [i, x] of rewards === undefined ? candidate.reward.entries() : []) {
    for (let y = 0; y < x; y++) yield { ...candidate, reward: replaced(candidate.reward, i, y) };
  }
  for (const [name, values] of Object.entries(candidate.symbols)) {
    for (const [i, x] of values.entries()) {
      for (let y = least; y < x; y++) {
        yield { ...candidate, symbols: { ...candidate.symbols, [name]: replaced(values, i, y) } };
      }
    }
  }
}

/** The candidate with every number as small as it can be one after the other, while the identity fails on it. */
function simplest(statement: Statement, candidate: Candidate, above: boolean): Candidate {
  for (const one of simpler(statement, candidate)) {
    const index = gapInFloat64(statement, one, above);
    if (index < 0 || confirmed(statement, one, index, above) === undefined) continue;
    return simplest(statement, one, above);
  }
  return candidate;
}

/** Shapes that a search looks at: those given, or from small to large. */
export interface SearchOptions {
  readonly shapes?: readonly PolicyShape[];
  readonly seed?: number;
  /** Only where left is above right: counter-examples to left ≤ right. */
  readonly above?: boolean;
}

/** The largest degree, and log2 of coefficients, of what is computed in fractions. */
const MOST_IN_FRACTIONS = 2 ** 15;

/** Whether a search in fractions would not end. */
export function isTooLargeForFractions(bounds: {
  readonly degree: number;
  readonly height: number;
}): boolean {
  return Math.max(bounds.degree, bounds.height) > MOST_IN_FRACTIONS;
}

/** One policy of each shape in fractions, for a difference that float64 rounds away. */
function inFractions(
  statement: Statement,
  { shapes = SHAPES, seed = 1, above = false }: SearchOptions,
): CounterExample | undefined {
  if (statement.readsLogs === true) return undefined;
  const random = randomStream(seed, 'counter-example in fractions');
  for (const shape of shapes) {
    for (const graph of new Graphs(shape).of(statement)) {
      const candidate = drawCandidate(graph, statement, RANGES[1]!, random);
      const { policy, symbols } = inRationals(candidate);
      try {
        const { left, right } = statement.sides(policy, symbols);
        const isGap = ({ n }: { readonly n: bigint }): boolean => (above ? n > 0n : n !== 0n);
        const index = rationalField.sub(left, right).findIndex(isGap);
        if (index < 0) continue;
        const [shownLeft, shownRight] = [left, right].map((side) => rationalField.show(side, index));
        return { shape, candidate, index, left: shownLeft!, right: shownRight! };
      } catch (error) {
        if (!(error instanceof DivisionByZero)) throw error;
      }
    }
  }
  return undefined;
}

/** The smallest policy found on which an identity fails; undefined if none was found among a few hundred candidates. */
export function counterExample(
  statement: Statement,
  { shapes = SHAPES, seed = 1, above = false }: SearchOptions = {},
): CounterExample | undefined {
  const random = randomStream(seed, 'counter-example');
  for (const range of RANGES) {
    for (const shape of shapes) {
      for (const graph of new Graphs(shape).of(statement)) {
        for (let n = 0; n < range.tried; n++) {
          const drawn = drawCandidate(graph, statement, range, random);
          const at = gapInFloat64(statement, drawn, above);
          if (at < 0 || confirmed(statement, drawn, at, above) === undefined) continue;
          const candidate = simplest(statement, drawn, above);
          const index = gapInFloat64(statement, candidate, above);
          return { shape, candidate, index, ...confirmed(statement, candidate, index, above)! };
        }
      }
    }
  }
  return inFractions(statement, { shapes, seed, above });
}
