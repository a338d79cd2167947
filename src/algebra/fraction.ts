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

/** The float64 next to a fraction, or beside that. */
export function fractionToNumber({ n, d }: Fraction): number {
  const excess = Math.max(n.toString(2).length, d.toString(2).length) - 1000;
  const shift = BigInt(Math.max(0, excess));
  return Number(n >> shift) / Number(d >> shift);
}
