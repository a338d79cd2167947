// Enclosures of log and exp of a float64 number: Taylor series with their remainders after a reduction of the argument, every step
// rounded outwards, so that nothing rests on the accuracy of Math.log and Math.exp. Their results are included in the enclosures.
import { addDown, addUp, divDown, divUp, mulDown, mulUp } from './directed.ts';

/** lo ≤ x ≤ hi. */
export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

/** The part of ln 2 that has 33 bits, so that multiples by exponents are exact, and bounds on the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_REST: Bounds = { lo: 1.9082149292705877e-10, hi: 1.908214929270588e-10 };

const exactly = (x: number): Bounds => ({ lo: x, hi: x });
const plus = (a: Bounds, b: Bounds): Bounds => ({ lo: addDown(a.lo, b.lo), hi: addUp(a.hi, b.hi) });
const over = (x: number, y: number): Bounds => ({ lo: divDown(x, y), hi: divUp(x, y) });

/** The product of bounds of any sign. */
function timesBounds(a: Bounds, b: Bounds): Bounds {
  if (a.lo >= 0 && b.lo >= 0) return { lo: mulDown(a.lo, b.lo), hi: mulUp(a.hi, b.hi) };
  return {
    lo: Math.min(mulDown(a.lo, b.lo), mulDown(a.lo, b.hi), mulDown(a.hi, b.lo), mulDown(a.hi, b.hi)),
    hi: Math.max(mulUp(a.lo, b.lo), mulUp(a.lo, b.hi), mulUp(a.hi, b.lo), mulUp(a.hi, b.hi)),
  };
}

/** c₀ + x·(c₁ + x·(… + x·(cₙ + rest))). */
function series(coefficients: readonly Bounds[], x: Bounds, rest: Bounds): Bounds {
  return coefficients.reduceRight(
    (sum, c, i) => plus(c, i === coefficients.length - 1 ? sum : timesBounds(x, sum)),
    rest,
  );
}

/** x = mantissa·2^exponent with a mantissa in [√½, √2), for positive finite x. */
function decompose(x: number): { mantissa: number; exponent: number } {
  const scaled = x < 2 ** -1000 ? x * 2 ** 100 : x;
  let exponent = Math.min(1023, Math.floor(Math.log2(scaled)));
  let mantissa = scaled / 2 ** exponent;
  while (mantissa >= Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  return { mantissa, exponent: scaled === x ? exponent : exponent - 100 };
}

const ODD_TERMS = 14;
/** 1/(2j + 1) for j < ODD_TERMS. */
const ODD = Array.from({ length: ODD_TERMS }, (_, j) => over(1, 2 * j + 1));

/** Bounds on log m for m in [½, 2]: 2s·Σ s^2j/(2j + 1) with s = (m − 1)/(m + 1); m − 1 is exact. */
function logNearOne(m: number): Bounds {
  if (m === 1) return exactly(0);
  const difference = m - 1;
  const s: Bounds = {
    lo: difference > 0 ? divDown(difference, addUp(m, 1)) : divDown(difference, addDown(m, 1)),
    hi: difference > 0 ? divUp(difference, addDown(m, 1)) : divUp(difference, addUp(m, 1)),
  };
  const square = timesBounds(s, s);
  // s² ≤ 1/9, and the terms that are left add up to at most s^28/(29·(1 − s²)): relative to the last kept term, s²/29·9/8 < s²/25.
  const rest: Bounds = { lo: 0, hi: divUp(Math.max(square.hi, 0), 25) };
  const sum = series(ODD, square, rest);
  return timesBounds({ lo: 2 * s.lo, hi: 2 * s.hi }, sum);
}

function withFloat({ lo, hi }: Bounds, value: number): Bounds {
  return { lo: Math.min(lo, value), hi: Math.max(hi, value) };
}

/**
 * Bounds on log x that include Math.log(x), a few units in the last place apart.
 * @param x positive; Infinity stands for any number above those of float64
 */
export function logBounds(x: number): Bounds {
  if (x === Number.POSITIVE_INFINITY) return { lo: logBounds(Number.MAX_VALUE).lo, hi: x };
  const { mantissa, exponent } = decompose(x);
  const small = logNearOne(mantissa);
  const multiple = timesBounds(exactly(exponent), LN2_REST);
  const all = exponent === 0 ? small : plus(exactly(exponent * LN2_HIGH), plus(multiple, small));
  return withFloat(all, Math.log(x));
}

const TAYLOR_TERMS = 16;
/** 1/j! for j < TAYLOR_TERMS; every j! is exact. */
const INVERSE_FACTORIALS = Array.from({ length: TAYLOR_TERMS }, (_, j) => {
  let factorial = 1;
  for (let k = 2; k <= j; k++) factorial *= k;
  return over(1, factorial);
});

/** Beyond these e^x is above every number of float64, or below every positive one. */
const LARGEST_EXPONENT = 710;

/** Bounds on e^x that include Math.exp(x), a few units in the last place apart unless e^x is subnormal. */
export function expBounds(x: number): Bounds {
  if (x === 0) return exactly(1);
  if (x > LARGEST_EXPONENT) return { lo: Number.MAX_VALUE, hi: Number.POSITIVE_INFINITY };
  if (x < -LARGEST_EXPONENT - 40) return { lo: 0, hi: Number.MIN_VALUE };
  const k = Math.round(x / Math.LN2);
  const reduced = plus(
    { lo: addDown(x, -k * LN2_HIGH), hi: addUp(x, -k * LN2_HIGH) },
    timesBounds(exactly(-k), LN2_REST),
  );
  // |r| < 0.35, since k is the nearest integer but for rounding, and what is left is at most |r|^16/16!·e^|r| < |r|^15·3·10^-14.
  const sum = series(INVERSE_FACTORIALS, reduced, { lo: -3e-14, hi: 3e-14 });
  const half = Math.trunc(k / 2);
  const scaled = timesBounds(timesBounds(sum, exactly(2 ** half)), exactly(2 ** (k - half)));
  return withFloat({ lo: Math.max(0, scaled.lo), hi: scaled.hi }, Math.exp(x));
}
