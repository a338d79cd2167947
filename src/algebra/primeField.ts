// The field of integers modulo the Mersenne prime p = 2^61 − 1, by arrays and without a BigInt per operation. An element is
// c0 + c1·2^21 + c2·2^42: a product of two limbs and every sum of such products stays below 2^53, so that float64 holds it
// exactly, and 2^61 ≡ 1 folds what is above. The limbs lie side by side in an Int32Array, which was faster than planes or float64.
import { DivisionByZero, type ExactField } from './exactField.ts';
import type { RandomWords } from './hashStream.ts';

/** The prime p = 2^61 − 1. */
export const PRIME: bigint = 2n ** 61n - 1n;

/** An array of elements of GF(2^61 − 1). Only `primeField` looks into it. */
export class PrimeArray {
  /**
   * Three limbs an element [3·length]. Limbs may be a little outside their 21, 21 and 19 bits (by less than 2^8), since the last
   * carry is not propagated; the element is the residue of c0 + c1·2^21 + c2·2^42.
   */
  readonly limbs: Int32Array;

  constructor(limbs: Int32Array) {
    this.limbs = limbs;
  }

  /** The number of elements. */
  get length(): number {
    return this.limbs.length / 3;
  }
}

const LOW = 2 ** 21;
const HIGH = 2 ** 19;
const LOW_MASK = LOW - 1;
const HIGH_MASK = HIGH - 1;

/** Writes the limbs of a sum of products of limbs; |c| < 2^51. */
function fold(out: Int32Array, at: number, c0: number, c1: number, c2: number): void {
  const q0 = Math.floor(c0 / LOW);
  const d1 = c1 + q0;
  const q1 = Math.floor(d1 / LOW);
  const d2 = c2 + q1;
  const q2 = Math.floor(d2 / HIGH);
  const d0 = c0 - q0 * LOW + q2;
  const q = Math.floor(d0 / LOW);
  out[at] = d0 - q * LOW;
  out[at + 1] = d1 - q1 * LOW + q;
  out[at + 2] = d2 - q2 * HIGH;
}

/** Writes the limbs of a sum or a difference of two elements. */
function carry(out: Int32Array, at: number, c0: number, c1: number, c2: number): void {
  const d1 = c1 + (c0 >> 21);
  const d2 = c2 + (d1 >> 21);
  out[at] = (c0 & LOW_MASK) + (d2 >> 19);
  out[at + 1] = d1 & LOW_MASK;
  out[at + 2] = d2 & HIGH_MASK;
}

/** out[k] = a[i]·b[j]; k, i and j count limbs. The products with weights 2^63 and 2^84 come back with 4 and 4·2^21. */
function multiply(out: Int32Array, k: number, a: Int32Array, i: number, b: Int32Array, j: number): void {
  const a0 = a[i]!;
  const a1 = a[i + 1]!;
  const a2 = a[i + 2]!;
  const b0 = b[j]!;
  const b1 = b[j + 1]!;
  const b2 = b[j + 2]!;
  fold(
    out,
    k,
    a0 * b0 + 4 * (a1 * b2 + a2 * b1),
    a0 * b1 + a1 * b0 + 4 * (a2 * b2),
    a0 * b2 + a1 * b1 + a2 * b0,
  );
}

/** The integer in [0, p) of the element whose limbs begin at `at`. */
function valueAt(limbs: Int32Array, at: number): bigint {
  const low = BigInt(limbs[at]! + limbs[at + 1]! * LOW);
  return (((low + (BigInt(limbs[at + 2]!) << 42n)) % PRIME) + PRIME) % PRIME;
}

function isZero(limbs: Int32Array, at: number): boolean {
  if (limbs[at] === 0 && limbs[at + 1] === 0 && limbs[at + 2] === 0) return true;
  return valueAt(limbs, at) === 0n;
}

/** Writes the residue of an integer. */
function write(limbs: Int32Array, at: number, value: bigint): void {
  const residue = ((value % PRIME) + PRIME) % PRIME;
  limbs[at] = Number(residue & 0x1fffffn);
  limbs[at + 1] = Number((residue >> 21n) & 0x1fffffn);
  limbs[at + 2] = Number(residue >> 42n);
}

/** x^exponent of one element, by squaring. */
function power(x: Int32Array, exponent: bigint): Int32Array {
  const out = Int32Array.of(1, 0, 0);
  for (const bit of exponent.toString(2)) {
    multiply(out, 0, out, 0, out, 0);
    if (bit === '1') multiply(out, 0, out, 0, x, 0);
  }
  return out;
}

/** The inverses of all elements from the inverse of one product (Montgomery's trick). */
function inverses({ limbs }: PrimeArray): Int32Array {
  const out = new Int32Array(limbs.length);
  const running = Int32Array.of(1, 0, 0);
  for (let k = 0; k < limbs.length; k += 3) {
    if (isZero(limbs, k)) throw new DivisionByZero(k / 3);
    out.set(running, k);
    multiply(running, 0, running, 0, limbs, k);
  }
  const inverse = power(running, PRIME - 2n);
  for (let k = limbs.length - 3; k >= 0; k -= 3) {
    multiply(out, k, out, k, inverse, 0);
    multiply(inverse, 0, inverse, 0, limbs, k);
  }
  return out;
}

function sameLength(a: PrimeArray, b: PrimeArray): void {
  if (a.limbs.length !== b.limbs.length) throw new RangeError(`${a.length} elements beside ${b.length}`);
}

/** What GF(2^61 − 1) has beside the operations of every exact field. */
export interface PrimeField extends ExactField<PrimeArray> {
  /** The residues of integers. */
  fromIntegers(values: readonly bigint[]): PrimeArray;
  /** The integers in [0, p) of all elements. */
  integers(a: PrimeArray): bigint[];
  /** n independent uniform elements. */
  random(n: number, words: RandomWords): PrimeArray;
}

/**
 * GF(2^61 − 1), by arrays.
 * @throws DivisionByZero from `div` and `fractions`, naming the element
 */
export const primeField: PrimeField = {
  name: 'GF(2^61-1)',
  size: (a) => a.length,
  from: (values) => {
    const limbs = new Int32Array(3 * values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isInteger(value)) throw new RangeError(`${value} is no integer, so that it has no residue`);
      if (value >= 0 && value < LOW) limbs[3 * i] = value;
      else write(limbs, 3 * i, BigInt(value));
    }
    return new PrimeArray(limbs);
  },
  fromIntegers: (values) => {
    const limbs = new Int32Array(3 * values.length);
    values.forEach((value, i) => {
      write(limbs, 3 * i, value);
    });
    return new PrimeArray(limbs);
  },
  integers: (a) => Array.from({ length: a.length }, (_, i) => valueAt(a.limbs, 3 * i)),
  fractions: (numerators, denominators) =>
    primeField.div(primeField.fromIntegers(numerators), primeField.fromIntegers(denominators)),
  random: (n, words) => {
    const limbs = new Int32Array(3 * n);
    for (let k = 0; k < limbs.length; ) {
      const low = words.word();
      const high = words.word() >>> 3;
      // 61 uniform bits are a residue unless they are p itself.
      if (low === 0xffffffff && high === 0x1fffffff) continue;
      limbs[k] = low & LOW_MASK;
      limbs[k + 1] = (low >>> 21) | ((high & 0x3ff) << 11);
      limbs[k + 2] = high >>> 10;
      k += 3;
    }
    return new PrimeArray(limbs);
  },
  ones: (n) => {
    const limbs = new Int32Array(3 * n);
    for (let k = 0; k < limbs.length; k += 3) limbs[k] = 1;
    return new PrimeArray(limbs);
  },
  gather: ({ limbs }, index) => {
    const out = new Int32Array(3 * index.length);
    for (let i = 0, k = 0; i < index.length; i++, k += 3) {
      const from = 3 * index[i]!;
      out[k] = limbs[from]!;
      out[k + 1] = limbs[from + 1]!;
      out[k + 2] = limbs[from + 2]!;
    }
    return new PrimeArray(out);
  },
  slice: ({ limbs }, from, to) => new PrimeArray(limbs.slice(3 * from, 3 * to)),
  concat: (parts) => {
    const out = new Int32Array(parts.reduce((n, { limbs }) => n + limbs.length, 0));
    let at = 0;
    for (const { limbs } of parts) {
      out.set(limbs, at);
      at += limbs.length;
    }
    return new PrimeArray(out);
  },
  add: (a, b) => {
    sameLength(a, b);
    const [x, y, out] = [a.limbs, b.limbs, new Int32Array(a.limbs.length)];
    for (let k = 0; k < out.length; k += 3) {
      carry(out, k, x[k]! + y[k]!, x[k + 1]! + y[k + 1]!, x[k + 2]! + y[k + 2]!);
    }
    return new PrimeArray(out);
  },
  sub: (a, b) => {
    sameLength(a, b);
    const [x, y, out] = [a.limbs, b.limbs, new Int32Array(a.limbs.length)];
    for (let k = 0; k < out.length; k += 3) {
      carry(out, k, x[k]! - y[k]!, x[k + 1]! - y[k + 1]!, x[k + 2]! - y[k + 2]!);
    }
    return new PrimeArray(out);
  },
  mul: (a, b) => {
    sameLength(a, b);
    const [x, y, out] = [a.limbs, b.limbs, new Int32Array(a.limbs.length)];
    for (let k = 0; k < out.length; k += 3) multiply(out, k, x, k, y, k);
    return new PrimeArray(out);
  },
  div: (a, b) => {
    sameLength(a, b);
    const out = inverses(b);
    for (let k = 0; k < out.length; k += 3) multiply(out, k, out, k, a.limbs, k);
    return new PrimeArray(out);
  },
  segmentSum: ({ limbs }, segment, segments) => {
    const sums = new Float64Array(3 * segments);
    for (let i = 0, k = 0; k < limbs.length; i++, k += 3) {
      const s = 3 * segment[i]!;
      sums[s]! += limbs[k]!;
      sums[s + 1]! += limbs[k + 1]!;
      sums[s + 2]! += limbs[k + 2]!;
    }
    const out = new Int32Array(3 * segments);
    for (let k = 0; k < out.length; k += 3) fold(out, k, sums[k]!, sums[k + 1]!, sums[k + 2]!);
    return new PrimeArray(out);
  },
  firstNonZero: ({ limbs }) => {
    for (let k = 0; k < limbs.length; k += 3) if (!isZero(limbs, k)) return k / 3;
    return -1;
  },
  show: (a, index) => String(valueAt(a.limbs, 3 * index)),
};
