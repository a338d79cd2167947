// Oracles in fractions: what a float64 is, and log and e^x of it to more than a hundred decimals.
import { type Fraction, fraction, multiplyFractions } from '../../src/algebra/fraction.ts';

const view = new DataView(new ArrayBuffer(8));

/** A finite float64 as the fraction that it is. */
export function exact(x: number): Fraction {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const stored = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) + (stored === 0 ? 0n : 2n ** 52n);
  const signed = x < 0 ? -mantissa : mantissa;
  const exponent = Math.max(stored, 1) - 1075;
  return exponent >= 0 ? fraction(signed << BigInt(exponent)) : fraction(signed, 2n ** BigInt(-exponent));
}

/** Rounds a fraction to a multiple of 2^-400, downwards; sums of such do not grow. */
function shortened({ n, d }: Fraction): Fraction {
  return { n: (n << 400n) / d, d: 2n ** 400n };
}

/** log of a fraction near 1 up to about 2^-390, by 2·artanh((x − 1)/(x + 1)). */
function logTruth(x: Fraction): Fraction {
  const s = shortened(fraction(x.n - x.d, x.n + x.d));
  const square = shortened(multiplyFractions(s, s));
  let [power, sum] = [s, s];
  for (let j = 3n; power.n !== 0n && j < 2000n; j += 2n) {
    power = shortened(multiplyFractions(power, square));
    if (power.n === -1n) break;
    sum = { n: sum.n + power.n / j, d: sum.d };
  }
  return { n: 2n * sum.n, d: sum.d };
}

const LN2 = logTruth(fraction(2n));

/** log of a positive number. */
export function logOf({ n, d }: Fraction): Fraction {
  const shift = n.toString(2).length - d.toString(2).length;
  const scaled = shift >= 0 ? { n, d: d << BigInt(shift) } : { n: n << BigInt(-shift), d };
  return { n: logTruth(scaled).n + BigInt(shift) * LN2.n, d: LN2.d };
}

/** e^x of a number in [−1, 1]. */
export function expOf(x: Fraction): Fraction {
  const step = shortened(x);
  let [power, sum] = [{ n: 2n ** 400n, d: 2n ** 400n }, 2n ** 400n];
  for (let j = 1n; j < 120n; j++) {
    power = shortened(multiplyFractions(power, step));
    power = { n: power.n / j, d: power.d };
    sum += power.n;
  }
  return { n: sum, d: 2n ** 400n };
}
