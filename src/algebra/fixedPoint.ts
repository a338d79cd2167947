// Intervals whose bounds are integers times 2^-192: sums are exact, and what products, quotients, logarithms and exponentials round is
// less than 10^-57, so that sums of thousands of terms stay narrow. Slower than intervals of float64, and far tighter.
import type { ArrayField } from '../base/field.ts';
import { DivisionByZero } from './exactField.ts';
import {
  bitLength,
  divideDown,
  divideUp,
  expBounds,
  type FixedPoint,
  FRACTION_BITS,
  logBounds,
  shiftDown,
  shiftUp,
} from './fixedPointElementary.ts';

/** An array of intervals: element i lies in [lo[i], hi[i]]·2^-192. */
export interface FixedPointArray {
  readonly lo: readonly bigint[];
  readonly hi: readonly bigint[];
}

/** What intervals in fixed point have beside the operations of a field. */
export interface FixedPointField extends ArrayField<FixedPointArray> {
  /**
   * log of every element.
   * @throws RangeError at an element that may be 0 or negative
   */
  log(a: FixedPointArray): FixedPointArray;
  /**
   * e to the power of every element.
   * @throws RangeError at an element above 10^5
   */
  exp(a: FixedPointArray): FixedPointArray;
}

const ONE = 1n << FRACTION_BITS;

/** A float64 as an integer times 2^-192, between bounds where it has further bits. */
function ofFloat(x: number): FixedPoint {
  let [mantissa, exponent] = [x, 0n];
  for (; !Number.isInteger(mantissa); exponent++) mantissa *= 2;
  const [n, shift] = [BigInt(mantissa), exponent - FRACTION_BITS];
  return { lo: shiftDown(n, shift), hi: shiftUp(n, shift) };
}

function each(n: number, f: (i: number) => FixedPoint): FixedPointArray {
  const [lo, hi] = [new Array<bigint>(n), new Array<bigint>(n)];
  for (let i = 0; i < n; i++) {
    const bounds = f(i);
    lo[i] = bounds.lo;
    hi[i] = bounds.hi;
  }
  return { lo, hi };
}

function pairs(
  f: (a: FixedPoint, b: FixedPoint, i: number) => FixedPoint,
): (a: FixedPointArray, b: FixedPointArray) => FixedPointArray {
  return (a, b) => {
    if (a.lo.length !== b.lo.length) throw new RangeError(`${a.lo.length} elements beside ${b.lo.length}`);
    return each(a.lo.length, (i) => f({ lo: a.lo[i]!, hi: a.hi[i]! }, { lo: b.lo[i]!, hi: b.hi[i]! }, i));
  };
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b < a ? b : a));
}

function greatest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b > a ? b : a));
}

function product(a: FixedPoint, b: FixedPoint): FixedPoint {
  if (a.lo >= 0n && b.lo >= 0n) {
    return { lo: shiftDown(a.lo * b.lo, FRACTION_BITS), hi: shiftUp(a.hi * b.hi, FRACTION_BITS) };
  }
  const all = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { lo: shiftDown(least(all), FRACTION_BITS), hi: shiftUp(greatest(all), FRACTION_BITS) };
}

function quotient(a: FixedPoint, b: FixedPoint, i: number): FixedPoint {
  if (b.hi < 0n) return quotient({ lo: -a.hi, hi: -a.lo }, { lo: -b.hi, hi: -b.lo }, i);
  if (b.lo <= 0n) throw new DivisionByZero(i, 'is an interval that contains 0');
  const [n, m] = [a.lo << FRACTION_BITS, a.hi << FRACTION_BITS];
  return { lo: divideDown(n, n < 0n ? b.lo : b.hi), hi: divideUp(m, m < 0n ? b.hi : b.lo) };
}

/** An increasing function of both bounds; bounds that occur again, as those of small policies do, are computed once. */
function increasing(f: (x: bigint) => FixedPoint): (a: FixedPointArray) => FixedPointArray {
  return ({ lo, hi }) => {
    const known = new Map<bigint, FixedPoint>();
    const at = (x: bigint): FixedPoint => {
      const bounds = known.get(x) ?? f(x);
      known.set(x, bounds);
      return bounds;
    };
    return each(lo.length, (i) => ({ lo: at(lo[i]!).lo, hi: at(hi[i]!).hi }));
  };
}

const log = increasing(logBounds);

function gather({ lo, hi }: FixedPointArray, index: Int32Array): FixedPointArray {
  return each(index.length, (i) => ({ lo: lo[index[i]!]!, hi: hi[index[i]!]! }));
}

/**
 * Intervals in fixed point, by arrays.
 * @throws DivisionByZero from `div`, naming an element whose divisor contains 0
 */
export const fixedPointField: FixedPointField = {
  from: (values) => each(values.length, (i) => ofFloat(values[i]!)),
  ones: (n) => each(n, () => ({ lo: ONE, hi: ONE })),
  gather,
  slice: ({ lo, hi }, from, to) => ({ lo: lo.slice(from, to), hi: hi.slice(from, to) }),
  concat: (parts) => ({ lo: parts.flatMap(({ lo }) => lo), hi: parts.flatMap(({ hi }) => hi) }),
  add: pairs((a, b) => ({ lo: a.lo + b.lo, hi: a.hi + b.hi })),
  sub: pairs((a, b) => ({ lo: a.lo - b.hi, hi: a.hi - b.lo })),
  mul: pairs(product),
  div: pairs(quotient),
  segmentSum: ({ lo, hi }, segment, segments) => {
    const sums = { lo: new Array<bigint>(segments).fill(0n), hi: new Array<bigint>(segments).fill(0n) };
    for (const [i, s] of segment.entries()) {
      sums.lo[s]! += lo[i]!;
      sums.hi[s]! += hi[i]!;
    }
    return sums;
  },
  log: (a) => {
    const at = a.lo.findIndex((lo) => lo <= 0n);
    if (at >= 0) throw new RangeError(`log of element ${at}, which may be 0 or negative`);
    return log(a);
  },
  exp: increasing(expBounds),
};

/** The largest float64 that is at most |x|·2^-192. */
function sizeBelow(size: bigint): number {
  if (size === 0n) return 0;
  const surplus = bitLength(size) - 53n;
  const leading = surplus > 0n ? (size >> surplus) << surplus : size;
  // A float64 with 53 bits: both the conversion and the division by a power of 2 are exact.
  return Number(leading) / 2 ** Number(FRACTION_BITS);
}

/** The largest float64 that is at most x·2^-192, for |x|·2^-192 below 2^800. */
export function floatBelow(x: bigint): number {
  if (x >= 0n) return sizeBelow(x);
  const surplus = bitLength(-x) - 53n;
  return surplus > 0n ? -sizeBelow(shiftUp(-x, surplus) << surplus) : -sizeBelow(-x);
}

/** The smallest float64 that is at least x·2^-192, for |x|·2^-192 below 2^800. */
export function floatAbove(x: bigint): number {
  return -floatBelow(-x);
}

/** x·2^-192 to some decimals, rounded to the nearest. */
function rounded(x: bigint, decimals: number): string {
  if (x < 0n) {
    const size = rounded(-x, decimals);
    return /[1-9]/.test(size) ? `-${size}` : size;
  }
  const scaled = shiftDown(2n * x * 10n ** BigInt(decimals) + ONE, FRACTION_BITS + 1n);
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const whole = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

/** A number rounded to as many decimals as its bounds agree on, at most `most`; undefined if they agree on none. */
export function sureDecimals({ lo, hi }: FixedPoint, most = 30): string | undefined {
  for (let decimals = most; decimals >= 0; decimals--) {
    const [from, to] = [rounded(lo, decimals), rounded(hi, decimals)];
    if (from === to) return from;
  }
  return undefined;
}
