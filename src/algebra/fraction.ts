// A fraction of integers: arithmetic on one, and its text, such as 3/7.

/** n/d in lowest terms, d > 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

function smallGcd(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** The greatest common divisor of |a| and |b|; that of 0 and 0 is 0. */
export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  if (y > x) [x, y] = [y, x];
  while (y > SAFE) [x, y] = [y, x % y];
  if (y === 0n) return x;
  return BigInt(smallGcd(Number(y), Number(x % y)));
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * n/d in lowest terms.
 * @throws RangeError if d is 0
 */
export function fraction(n: bigint, d = 1n): Fraction {
  if (d === 1n) return { n, d };
  if (d === 0n) throw new RangeError('a fraction has a denominator other than 0');
  const common = d < 0n ? -gcd(n, d) : gcd(n, d);
  return common === 1n ? { n, d } : { n: n / common, d: d / common };
}

/** a + b. Only what the denominators share can cancel (Knuth, TAOCP 2, section 4.5.1). */
export function addFractions(a: Fraction, b: Fraction): Fraction {
  if (a.n === 0n) return b;
  if (b.n === 0n) return a;
  if (a.d === b.d) return fraction(a.n + b.n, a.d);
  const shared = gcd(a.d, b.d);
  if (shared === 1n) return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
  const rest = a.d / shared;
  const n = a.n * (b.d / shared) + b.n * rest;
  const common = gcd(n, shared);
  return { n: n / common, d: rest * (b.d / common) };
}

/** −a. */
export function negated({ n, d }: Fraction): Fraction {
  return { n: -n, d };
}

/** a·b. Each numerator cancels only against the other denominator. */
export function multiplyFractions(a: Fraction, b: Fraction): Fraction {
  const left = a.n === 0n || b.d === 1n ? 1n : gcd(a.n, b.d);
  const right = b.n === 0n || a.d === 1n ? 1n : gcd(b.n, a.d);
  const n = (a.n / left) * (b.n / right);
  return n === 0n ? { n, d: 1n } : { n, d: (a.d / right) * (b.d / left) };
}

/**
 * 1/a.
 * @throws RangeError if a is 0
 */
export function reciprocal({ n, d }: Fraction): Fraction {
  if (n === 0n) throw new RangeError('0 has no reciprocal');
  return n < 0n ? { n: -d, d: -n } : { n: d, d: n };
}

/** The fraction that a text such as `3/7`, `-2` or `6/4` writes; undefined if it writes none. */
export function parseFraction(text: string): Fraction | undefined {
  const match = /^(-?\d{1,1000})(?:\/(\d{1,1000}))?$/.exec(text);
  if (match === null) return undefined;
  const d = BigInt(match[2] ?? '1');
  return d === 0n ? undefined : fraction(BigInt(match[1]!), d);
}

/** The text that `parseFraction` reads back. */
export function showFraction({ n, d }: Fraction): string {
  return d === 1n ? `${n}` : `${n}/${d}`;
}

/** a − b. */
export function subtractFractions(a: Fraction, b: Fraction): Fraction {
  return addFractions(a, negated(b));
}

/**
 * a/b.
 * @throws RangeError if b is 0
 */
export function divideFractions(a: Fraction, b: Fraction): Fraction {
  return multiplyFractions(a, reciprocal(b));
}

/** Whether a < b. */
export function isBelow(a: Fraction, b: Fraction): boolean {
  return a.n * b.d < b.n * a.d;
}

/** The fraction that a finite number is as it is written in decimals: 0.2 is 1/5. */
export function decimalFraction(value: number): Fraction {
  const [digits, exponent = '0'] = String(value).split('e');
  const [whole, decimals = ''] = digits!.split('.');
  const power = Number(exponent) - decimals.length;
  const n = BigInt(whole! + decimals);
  return power < 0 ? fraction(n, 10n ** BigInt(-power)) : fraction(n * 10n ** BigInt(power));
}

/**
 * The fraction over a power of two that a float64 number is, exactly.
 * @throws RangeError if it is not finite
 */
export function binaryFraction(value: number): Fraction {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no fraction`);
  let [n, exponent] = [value, 0];
  while (!Number.isInteger(n)) [n, exponent] = [2 * n, exponent + 1];
  return fraction(BigInt(n), 1n << BigInt(exponent));
}

/** log2 |x| of an integer other than 0, rounded to its 53 leading bits. */
function log2Of(x: bigint): number {
  const size = x < 0n ? -x : x;
  const surplus = Math.max(0, size.toString(2).length - 53);
  return Math.log2(Number(size >> BigInt(surplus))) + surplus;
}

/** A fraction as a float64, up to two units in the last place; ±∞ or 0 if it is beyond their range. */
export function fractionToNumber({ n, d }: Fraction): number {
  if (BigInt.asIntN(54, n) === n && BigInt.asIntN(54, d) === d) return Number(n) / Number(d);
  const size = n < 0n ? -n : n;
  // 64 bits of the quotient at least, of which float64 keeps 53.
  const shift = 64 - size.toString(2).length + d.toString(2).length;
  const quotient = shift >= 0 ? (size << BigInt(shift)) / d : size / (d << BigInt(-shift));
  const half = Math.trunc(shift / 2);
  const value = Number(quotient) / 2 ** half / 2 ** (shift - half);
  return n < 0n ? -value : value;
}

/** The natural logarithm of a fraction above 0, also of one beyond the range of float64. */
export function logOfFraction(x: Fraction): number {
  const value = fractionToNumber(x);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return Math.log(value);
  return (log2Of(x.n) - log2Of(x.d)) * Math.LN2;
}
