// Rigorous intervals between fractions: exact as long as only + − · / are used, rounded outwards after a root, an exponential or a
// logarithm. What such an interval excludes is impossible, whatever the rounding.
import type { Arithmetic } from './arithmetic.ts';
import {
  decimalFraction,
  divideFractions as dividedBy,
  type Fraction,
  fraction,
  isBelow,
  subtractFractions as minus,
  addFractions as plus,
  multiplyFractions as times,
} from './fraction.ts';

/** All numbers from low to high; exact if they are equal. */
export interface Enclosure {
  readonly low: Fraction;
  readonly high: Fraction;
}

/** A comparison that an interval leaves open. */
export class UndecidedError extends Error {
  override readonly name: string = 'UndecidedError';
}

/** Intervals that are not exact have ends with this many binary digits after the point. */
const DIGITS = 192n;
const SCALE = 1n << DIGITS;
const ZERO = fraction(0n);
const ONE = fraction(1n);
/** Terms of the series below, whose remainders are then under 2^-190. */
const TERMS = 42;

function exact(value: Fraction): Enclosure {
  return { low: value, high: value };
}

function isExact({ low, high }: Enclosure): boolean {
  return low.n === high.n && low.d === high.d;
}

function floorScaled({ n, d }: Fraction): bigint {
  const quotient = (n * SCALE) / d;
  return quotient * d > n * SCALE ? quotient - 1n : quotient;
}

/** The interval, its ends rounded outwards if it is not exact. */
function outwards(low: Fraction, high: Fraction): Enclosure {
  if (low.n === high.n && low.d === high.d) return exact(low);
  const negated = floorScaled({ n: -high.n, d: high.d });
  return { low: fraction(floorScaled(low), SCALE), high: fraction(-negated, SCALE) };
}

function hull(values: readonly Fraction[]): Enclosure {
  const low = values.reduce((a, b) => (isBelow(b, a) ? b : a));
  const high = values.reduce((a, b) => (isBelow(a, b) ? b : a));
  return outwards(low, high);
}

function add(a: Enclosure, b: Enclosure): Enclosure {
  return outwards(plus(a.low, b.low), plus(a.high, b.high));
}

function sub(a: Enclosure, b: Enclosure): Enclosure {
  return outwards(minus(a.low, b.high), minus(a.high, b.low));
}

function mul(a: Enclosure, b: Enclosure): Enclosure {
  if (isExact(a) && isExact(b)) return exact(times(a.low, b.low));
  return hull([times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)]);
}

/** Whether 0 is one of the numbers. */
export function holdsZero({ low, high }: Enclosure): boolean {
  return low.n <= 0n && high.n >= 0n;
}

function div(a: Enclosure, b: Enclosure): Enclosure {
  if (!holdsZero(b)) {
    if (isExact(b)) return hull([dividedBy(a.low, b.low), dividedBy(a.high, b.low)]);
    return mul(a, outwards(dividedBy(ONE, b.high), dividedBy(ONE, b.low)));
  }
  if (isExact(b)) throw new RangeError('division by 0');
  throw new UndecidedError('division by an interval that holds 0');
}

/** ⌊√n⌋ of an integer of at least 0. */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

function rootOf(value: Fraction): Enclosure {
  const [n, d] = [integerRoot(value.n), integerRoot(value.d)];
  if (n * n === value.n && d * d === value.d) return exact(fraction(n, d));
  const root = integerRoot((value.n * SCALE * SCALE) / value.d);
  return { low: fraction(root, SCALE), high: fraction(root + 1n, SCALE) };
}

/** eˣ = (e^{x/2ᵐ})^{2ᵐ} with |x|/2ᵐ ≤ 1/4, by Horner's rule; the remainder after n terms is below 2·|x/2ᵐ|ⁿ⁺¹. */
function expOf(value: Fraction): Enclosure {
  if (value.n === 0n) return exact(ONE);
  let halvings = 0;
  let small = value;
  while (isBelow(ONE, times(fraction(16n), times(small, small)))) {
    small = dividedBy(small, fraction(2n));
    halvings++;
  }
  const x = outwards(small, plus(small, fraction(1n, SCALE)));
  let sum = exact(ONE);
  for (let k = 2 * TERMS; k >= 1; k--) sum = add(exact(ONE), div(mul(x, sum), exact(fraction(BigInt(k)))));
  const rest = fraction(2n, SCALE >> 24n);
  sum = outwards(minus(sum.low, rest), plus(sum.high, rest));
  for (let k = 0; k < halvings; k++) sum = mul(sum, sum);
  return sum;
}

/** 2·artanh z = log((1 + z)/(1 − z)) for |z| ≤ 1/3: the series, whose remainder after z^{2n+1} is below |z|^{2n+3}. */
function twiceArtanh(z: Fraction): Enclosure {
  const x = outwards(z, plus(z, fraction(1n, SCALE)));
  const square = mul(x, x);
  let sum = exact(ZERO);
  for (let k = 2 * TERMS; k >= 0; k--) sum = add(mul(sum, square), exact(fraction(1n, BigInt(2 * k + 1))));
  const rest = fraction(1n, SCALE >> 24n);
  const all = mul(exact(fraction(2n)), mul(x, sum));
  return outwards(minus(all.low, rest), plus(all.high, rest));
}

function logOf(value: Fraction): Enclosure {
  if (value.n === value.d) return exact(ZERO);
  let twos = 0;
  let m = value;
  while (isBelow(fraction(4n, 3n), m)) {
    m = dividedBy(m, fraction(2n));
    twos++;
  }
  while (isBelow(m, fraction(2n, 3n))) {
    m = times(m, fraction(2n));
    twos--;
  }
  const mantissa = twiceArtanh(dividedBy(minus(m, ONE), plus(m, ONE)));
  const power = mul(exact(fraction(BigInt(twos))), twiceArtanh(fraction(1n, 3n)));
  return add(mantissa, power);
}

/** An increasing function of an interval from that of its ends. */
function increasing(f: (value: Fraction) => Enclosure): (a: Enclosure) => Enclosure {
  return (a) => (isExact(a) ? f(a.low) : outwards(f(a.low).low, f(a.high).high));
}

function positive(what: string, least: bigint, f: (a: Enclosure) => Enclosure): (a: Enclosure) => Enclosure {
  return (a) => {
    if (a.high.n < least) throw new RangeError(`the ${what} of a number below its domain`);
    if (a.low.n < least) throw new UndecidedError(`the ${what} of an interval that reaches below its domain`);
    return f(a);
  };
}

function isAbove(a: Enclosure, b: Enclosure): boolean {
  if (isBelow(b.high, a.low)) return true;
  if (!isBelow(b.low, a.high)) return false;
  throw new UndecidedError('a comparison of intervals that overlap');
}

/** Intervals with exact ends. Comparisons that they leave open throw an UndecidedError. */
export const enclosures: Arithmetic<Enclosure> = {
  number: (value) => exact(decimalFraction(value)),
  add,
  sub,
  mul,
  div,
  sqrt: positive('root', 0n, increasing(rootOf)),
  exp: increasing(expOf),
  log: positive('logarithm', 1n, increasing(logOf)),
  isAbove,
  isZero: (a) => {
    if (!holdsZero(a)) return false;
    if (isExact(a)) return true;
    throw new UndecidedError('an interval that holds 0 and more');
  },
};

/** The interval of one fraction. */
export const exactly: (value: Fraction) => Enclosure = exact;
