// Intervals that enclose real numbers: every operation rounds its lower bounds downwards and its upper bounds upwards. A program that
// runs over them proves where its true value lies, and encloses what the same program gives in float64.
import { type ArrayField, float64Field } from '../base/field.ts';
import {
  above,
  addDown,
  addUp,
  below,
  divDown,
  divUp,
  mulDown,
  mulUp,
  sqrtDown,
  sqrtUp,
} from './directed.ts';
import { type Bounds, expBounds, logBounds } from './elementary.ts';
import { DivisionByZero } from './exactField.ts';
import { fractionToNumber } from './fraction.ts';

/** An array of intervals: element i lies in [lo[i], hi[i]]. */
export interface IntervalArray {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** What intervals have beside the operations of a field. */
export interface IntervalField extends ArrayField<IntervalArray> {
  /** The enclosures of fractions. */
  fractions(numerators: readonly bigint[], denominators: readonly bigint[]): IntervalArray;
  /**
   * log of every element; widths of points are a few units in the last place.
   * @throws RangeError at an element that may be 0 or negative
   */
  log(a: IntervalArray): IntervalArray;
  /** e to the power of every element. */
  exp(a: IntervalArray): IntervalArray;
  /**
   * The square root of every element.
   * @throws RangeError at an element that may be negative
   */
  sqrt(a: IntervalArray): IntervalArray;
}

/** Element by element: f writes the bounds of the result. */
function map(n: number, f: (i: number, lo: Float64Array, hi: Float64Array) => void): IntervalArray {
  const [lo, hi] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) f(i, lo, hi);
  return { lo, hi };
}

function mapBounds(a: IntervalArray, f: (x: number) => Bounds): IntervalArray {
  return map(a.lo.length, (i, lo, hi) => {
    const bottom = f(a.lo[i]!);
    lo[i] = bottom.lo;
    hi[i] = a.hi[i] === a.lo[i] ? bottom.hi : f(a.hi[i]!).hi;
  });
}

function sameLength(a: IntervalArray, b: IntervalArray): number {
  if (a.lo.length !== b.lo.length) throw new RangeError(`${a.lo.length} elements beside ${b.lo.length}`);
  return a.lo.length;
}

function refuse(a: IntervalArray, wrong: (lo: number) => boolean, what: string): void {
  const at = a.lo.findIndex(wrong);
  if (at >= 0) throw new RangeError(`${what} of element ${at}, which may be ${a.lo[at]}`);
}

/** The bounds on n/d, d > 0. */
function enclosed(n: bigint, d: bigint): Bounds {
  const [x, y] = [Number(n), Number(d)];
  if (BigInt.asIntN(54, n) === n && BigInt.asIntN(54, d) === d) return { lo: divDown(x, y), hi: divUp(x, y) };
  const value = fractionToNumber({ n, d });
  return { lo: below(value), hi: above(value) };
}

/**
 * Intervals, by arrays.
 * @throws DivisionByZero from `div` and `fractions`, naming an element whose divisor contains 0
 */
export const intervalField: IntervalField = {
  from: (values) => ({ lo: Float64Array.from(values), hi: Float64Array.from(values) }),
  fractions: (numerators, denominators) => {
    const zero = denominators.indexOf(0n);
    if (zero >= 0) throw new DivisionByZero(zero);
    const bounds = numerators.map((n, i) => {
      const d = denominators[i]!;
      return d < 0n ? enclosed(-n, -d) : enclosed(n, d);
    });
    return { lo: Float64Array.from(bounds, ({ lo }) => lo), hi: Float64Array.from(bounds, ({ hi }) => hi) };
  },
  ones: (n) => ({ lo: new Float64Array(n).fill(1), hi: new Float64Array(n).fill(1) }),
  gather: ({ lo, hi }, index) => ({ lo: float64Field.gather(lo, index), hi: float64Field.gather(hi, index) }),
  slice: ({ lo, hi }, from, to) => ({ lo: lo.slice(from, to), hi: hi.slice(from, to) }),
  concat: (parts) => ({
    lo: float64Field.concat(parts.map(({ lo }) => lo)),
    hi: float64Field.concat(parts.map(({ hi }) => hi)),
  }),
  add: (a, b) =>
    map(sameLength(a, b), (i, lo, hi) => {
      lo[i] = addDown(a.lo[i]!, b.lo[i]!);
      hi[i] = addUp(a.hi[i]!, b.hi[i]!);
    }),
  sub: (a, b) =>
    map(sameLength(a, b), (i, lo, hi) => {
      lo[i] = addDown(a.lo[i]!, -b.hi[i]!);
      hi[i] = addUp(a.hi[i]!, -b.lo[i]!);
    }),
  mul: (a, b) =>
    map(sameLength(a, b), (i, lo, hi) => {
      const [p, q, r, s] = [a.lo[i]!, a.hi[i]!, b.lo[i]!, b.hi[i]!];
      if (p >= 0 && r >= 0) {
        lo[i] = mulDown(p, r);
        hi[i] = mulUp(q, s);
      } else {
        lo[i] = Math.min(mulDown(p, r), mulDown(p, s), mulDown(q, r), mulDown(q, s));
        hi[i] = Math.max(mulUp(p, r), mulUp(p, s), mulUp(q, r), mulUp(q, s));
      }
    }),
  div: (a, b) =>
    map(sameLength(a, b), (i, lo, hi) => {
      const [p, q, r, s] = [a.lo[i]!, a.hi[i]!, b.lo[i]!, b.hi[i]!];
      if (!(r > 0 || s < 0)) throw new DivisionByZero(i, `lies in [${r}, ${s}], which contains 0`);
      lo[i] = Math.min(divDown(p, r), divDown(p, s), divDown(q, r), divDown(q, s));
      hi[i] = Math.max(divUp(p, r), divUp(p, s), divUp(q, r), divUp(q, s));
    }),
  segmentSum: (a, segment, segments) => {
    const [lo, hi] = [new Float64Array(segments), new Float64Array(segments)];
    for (let i = 0; i < a.lo.length; i++) {
      const s = segment[i]!;
      lo[s] = addDown(lo[s]!, a.lo[i]!);
      hi[s] = addUp(hi[s]!, a.hi[i]!);
    }
    return { lo, hi };
  },
  log: (a) => {
    refuse(a, (lo) => !(lo > 0), 'log');
    return mapBounds(a, logBounds);
  },
  exp: (a) => mapBounds(a, expBounds),
  sqrt: (a) => {
    refuse(a, (lo) => !(lo >= 0), 'the square root');
    return mapBounds(a, (x) => ({ lo: sqrtDown(x), hi: sqrtUp(x) }));
  },
};
