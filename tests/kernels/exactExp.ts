// Errors of e^x − 1, e^x − 1 − x, log(1 + x) and tanh x in units of the last place, from integers of hundreds of digits.
import type { FloatType } from '../../src/kernels/index.ts';
import { ulp } from './backends.ts';

/** ⌊x·2^bits⌋, exact where 2^bits is large enough. */
function scaled(x: number, bits: number): bigint {
  const exponent = x === 0 ? 0 : Math.max(Math.floor(Math.log2(Math.abs(x))), -1022);
  // Two factors, because 2^(52 − exponent) may be infinite.
  const mantissa = BigInt(x * 2 ** Math.min(52 - exponent, 1000) * 2 ** Math.max(52 - exponent - 1000, 0));
  const shift = bits - 52 + exponent;
  return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
}

/** e^x·2^bits for x < 1000: the series at x/2^20, squared 20 times; below −1000 it is 0 beside the 1 that is taken off. */
function exponential(x: bigint, bits: number): bigint {
  if (x < -1000n << BigInt(bits)) return 0n;
  const guard = 64;
  const one = 1n << BigInt(bits + guard);
  const y = (x << BigInt(guard)) >> 20n;
  let sum = one;
  let term = one;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * y) >> BigInt(bits + guard)) / k;
    sum += term;
  }
  for (let k = 0; k < 20; k++) sum = (sum * sum) >> BigInt(bits + guard);
  return sum >> BigInt(guard);
}

/** n/2^bits to the precision of a float64. */
function toNumber(n: bigint, bits: number): number {
  const size = n < 0n ? -n : n;
  const excess = Math.max(size.toString(2).length - 62, 0);
  const short = Number(size >> BigInt(excess)) * (n < 0n ? -1 : 1);
  const shift = excess - bits;
  return shift < -1000 ? short * 2 ** (shift + 1000) * 2 ** -1000 : short * 2 ** shift;
}

/** The functions. */
export type NearZero = 'expm1' | 'expm1MinusX' | 'log1p' | 'tanh';

/** |found − f(x)| in ulps of f(x), for a finite x whose f(x) is finite and not 0. */
export function ulpsOff(f: NearZero, dtype: FloatType, x: number, found: number): number {
  const bits = 220 + 3 * Math.max(0, -Math.floor(Math.log2(Math.abs(x))));
  const one = 1n << BigInt(bits);
  if (f === 'log1p') {
    // log(1 + x) − y = log((1 + x)/e^y), which is its argument minus 1 up to a square.
    const power = exponential(scaled(found, bits), bits);
    return (
      Math.abs(toNumber(((one + scaled(x, bits) - power) << BigInt(bits)) / power, bits)) / ulp(dtype, found)
    );
  }
  // Beyond 500 tanh is 1 to hundreds of digits.
  const at = scaled(f === 'tanh' ? Math.max(-500, Math.min(x, 500)) : x, bits);
  let exact = exponential(f === 'tanh' ? 2n * at : at, bits) - one;
  if (f === 'tanh') exact = (exact << BigInt(bits)) / (exact + 2n * one);
  if (f === 'expm1MinusX') exact -= at;
  return Math.abs(toNumber(exact - scaled(found, bits), bits)) / ulp(dtype, toNumber(exact, bits));
}
