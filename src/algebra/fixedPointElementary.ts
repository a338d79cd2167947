// log and exp of a number in fixed point, between bounds: series with their remainders, every division and shift rounded outwards. Only
// integers compute, so that nothing rests on Math.log and Math.exp.

/** Numbers in fixed point are integers times 2^-192: 57 decimals. */
export const FRACTION_BITS = 192n;

/** Series are summed with 32 bits more. */
const BITS = FRACTION_BITS + 32n;
const ONE = 1n << BITS;

/** lo ≤ x·2^192 ≤ hi. */
export interface FixedPoint {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** ⌊x/2^bits⌋, and x·2^−bits for a negative number of bits. */
export function shiftDown(x: bigint, bits: bigint): bigint {
  return x >> bits;
}

/** ⌈x/2^bits⌉, and x·2^−bits for a negative number of bits. */
export function shiftUp(x: bigint, bits: bigint): bigint {
  return -(-x >> bits);
}

/** ⌊x/y⌋, y > 0. */
export function divideDown(x: bigint, y: bigint): bigint {
  const quotient = x / y;
  return x < 0n && quotient * y !== x ? quotient - 1n : quotient;
}

/** ⌈x/y⌉, y > 0. */
export function divideUp(x: bigint, y: bigint): bigint {
  return -divideDown(-x, y);
}

interface Rounding {
  readonly shift: (x: bigint, bits: bigint) => bigint;
  readonly divide: (x: bigint, y: bigint) => bigint;
}

const DOWN: Rounding = { shift: shiftDown, divide: divideDown };
const UP: Rounding = { shift: shiftUp, divide: divideUp };

/** Σ s^j/j over odd j for s = n/d in [0, 1/3], rounded one way; the sum ends once a power is at most 2^-224. */
function oddSeries(n: bigint, d: bigint, { shift, divide }: Rounding): { sum: bigint; last: bigint } {
  const s = divide(n << BITS, d);
  const square = shift(s * s, BITS);
  let [power, sum, j] = [s, 0n, 1n];
  while (power > 1n) {
    sum += divide(power, j);
    power = shift(power * square, BITS);
    j += 2n;
  }
  return { sum, last: power };
}

/** Bounds on artanh(n/d) for n/d in [0, 1/3]: what is left out is at most s^j/(1 − s²) ≤ 9/8·s^j. */
function artanh(n: bigint, d: bigint): FixedPoint {
  const { sum, last } = oddSeries(n, d, UP);
  return { lo: oddSeries(n, d, DOWN).sum, hi: sum + 2n * last };
}

function doubled({ lo, hi }: FixedPoint): FixedPoint {
  return { lo: 2n * lo, hi: 2n * hi };
}

function plus(a: FixedPoint, b: FixedPoint): FixedPoint {
  return { lo: a.lo + b.lo, hi: a.hi + b.hi };
}

/** An integer times a number. */
function multiple(k: bigint, { lo, hi }: FixedPoint): FixedPoint {
  return k < 0n ? { lo: k * hi, hi: k * lo } : { lo: k * lo, hi: k * hi };
}

/** ln 2 = 2·artanh(1/3). */
const LN2 = doubled(artanh(1n, 3n));

/** The number of binary digits of an integer above 0. */
export function bitLength(x: bigint): bigint {
  const digits = x.toString(16);
  return BigInt(4 * digits.length + 28 - Math.clz32(Number.parseInt(digits[0]!, 16)));
}

/**
 * Bounds on the logarithm, a few units of 2^-192 apart: x = y·2^k with y in [2/3, 4/3], and log y = 2·artanh((y − 1)/(y + 1)).
 * @param x above 0, in units of 2^-192
 */
export function logBounds(x: bigint): FixedPoint {
  const length = bitLength(x);
  // y = x/2^bits: at least ½ with all bits of x, and twice that below 2/3.
  const bits = 3n * x < 1n << (length + 1n) ? length - 1n : length;
  const one = 1n << bits;
  const difference = x - one;
  const half = artanh(difference < 0n ? -difference : difference, x + one);
  const near = doubled(difference < 0n ? { lo: -half.hi, hi: -half.lo } : half);
  const { lo, hi } = plus(near, multiple(bits - FRACTION_BITS, LN2));
  return { lo: shiftDown(lo, BITS - FRACTION_BITS), hi: shiftUp(hi, BITS - FRACTION_BITS) };
}

/** 1 + r + r²/2 + … for 0 ≤ r < 1, rounded one way; the sum ends once a term is at most 2^-224. */
function expSeries(r: bigint, { shift, divide }: Rounding): { sum: bigint; last: bigint } {
  let [term, sum, j] = [ONE, 0n, 1n];
  while (term > 1n) {
    sum += term;
    term = divide(shift(term * r, BITS), j);
    j += 1n;
  }
  return { sum, last: term };
}

/** Larger arguments have an e^x of more digits than anything here can use. */
export const LARGEST_EXPONENT = 100_000n;

/**
 * Bounds on e^x: x = k·ln 2 + r with 0 ≤ r < 1; what the series leaves out is at most 2 of its last terms.
 * @param x in units of 2^-192
 * @throws RangeError above LARGEST_EXPONENT
 */
export function expBounds(x: bigint): FixedPoint {
  if (x === 0n) return { lo: 1n << FRACTION_BITS, hi: 1n << FRACTION_BITS };
  if (x > LARGEST_EXPONENT << FRACTION_BITS) {
    throw new RangeError(`exp of a number above ${LARGEST_EXPONENT}`);
  }
  if (x < -(LARGEST_EXPONENT << FRACTION_BITS)) return { lo: 0n, hi: 1n };
  const exact = x << (BITS - FRACTION_BITS);
  const quotient = divideDown(exact, LN2.hi);
  // Of a negative x the quotient by an upper bound of ln 2 may be too large by one.
  const k = quotient * (quotient < 0n ? LN2.lo : LN2.hi) > exact ? quotient - 1n : quotient;
  const rest = plus({ lo: exact, hi: exact }, multiple(-k, LN2));
  const upper = expSeries(rest.hi, UP);
  const lo = expSeries(rest.lo, DOWN).sum;
  const bits = BITS - FRACTION_BITS - k;
  return { lo: shiftDown(lo, bits), hi: shiftUp(upper.sum + 2n * upper.last, bits) };
}
