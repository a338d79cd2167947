// Fields of integers modulo any prime, and random primes. They are slower than GF(2^61 − 1), and there are 2^54 of them: an identity that
// is wrong over ℚ, but whose coefficients all happen to be multiples of one prime, is not wrong modulo another.
import { DivisionByZero, type ExactField } from './exactField.ts';
import type { RandomWords } from './hashStream.ts';

/** An array of residues in [0, q). */
export type ResidueArray = readonly bigint[];

/** What a field of residues has beside the operations of every exact field. */
export interface ResidueField extends ExactField<ResidueArray> {
  /** n independent uniform elements. */
  random(n: number, words: RandomWords): ResidueArray;
}

/** A lower bound on log2 of the number of primes that `randomPrime` draws from: π(2^61) − π(2^60) > 2^54. */
export const PRIMES_LOG2 = 54;

/** No prime that `randomPrime` draws is smaller than 2 to this power. */
export const PRIME_BITS = 60;

/** Uniform in [0, 2^61). */
function draw61(words: RandomWords): bigint {
  return (BigInt(words.word() >>> 3) << 32n) | BigInt(words.word());
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let out = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) out = (out * b) % modulus;
  }
  return out;
}

/** These bases decide every odd number below 3·10^24 (Sorenson and Webster, Math. Comp. 86, 2017). */
const BASES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];

/** Whether an odd number from 43 to 3·10^24 is prime, by Miller and Rabin's test with bases that decide it. */
export function isPrime(n: bigint): boolean {
  if (BASES.some((p) => n % p === 0n)) return false;
  let odd = n - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  return BASES.every((base) => {
    let x = power(base, odd, n);
    if (x === 1n || x === n - 1n) return true;
    for (let i = 1; i < twos; i++) {
      x = (x * x) % n;
      if (x === n - 1n) return true;
    }
    return false;
  });
}

/** A uniform prime between 2^60 and 2^61. */
export function randomPrime(words: RandomWords): bigint {
  for (;;) {
    const candidate = draw61(words) | (1n << BigInt(PRIME_BITS)) | 1n;
    if (isPrime(candidate)) return candidate;
  }
}

/**
 * The integers modulo a prime, by arrays.
 * @param q a prime below 2^61
 * @throws DivisionByZero from `div` and `fractions`, naming the element
 */
export function residueField(q: bigint): ResidueField {
  const residue = (x: bigint): bigint => ((x % q) + q) % q;
  const zip =
    (f: (x: bigint, y: bigint) => bigint) =>
    (a: ResidueArray, b: ResidueArray): ResidueArray => {
      if (a.length !== b.length) throw new RangeError(`${a.length} elements beside ${b.length}`);
      return a.map((x, i) => f(x, b[i]!));
    };
  const product = zip((x, y) => (x * y) % q);

  /** The inverses of all elements from the inverse of one product (Montgomery's trick). */
  function inverses(b: ResidueArray): bigint[] {
    const zero = b.indexOf(0n);
    if (zero >= 0) throw new DivisionByZero(zero);
    const before: bigint[] = [];
    let running = 1n;
    for (const x of b) {
      before.push(running);
      running = (running * x) % q;
    }
    let inverse = power(running, q - 2n, q);
    for (let i = b.length - 1; i >= 0; i--) {
      before[i] = (before[i]! * inverse) % q;
      inverse = (inverse * b[i]!) % q;
    }
    return before;
  }

  const field: ResidueField = {
    name: `GF(${q})`,
    size: (a) => a.length,
    from: (values) => Array.from(values, (value) => residue(BigInt(value))),
    fractions: (numerators, denominators) => field.div(numerators.map(residue), denominators.map(residue)),
    ones: (n) => new Array<bigint>(n).fill(1n),
    random: (n, words) =>
      Array.from({ length: n }, () => {
        let x = draw61(words);
        while (x >= q) x = draw61(words);
        return x;
      }),
    gather: (a, index) => Array.from(index, (i) => a[i]!),
    slice: (a, from, to) => a.slice(from, to),
    concat: (parts) => parts.flat(),
    add: zip((x, y) => (x + y < q ? x + y : x + y - q)),
    sub: zip((x, y) => (x < y ? x - y + q : x - y)),
    mul: product,
    div: (a, b) => product(a, inverses(b)),
    segmentSum: (a, segment, segments) => {
      const out = new Array<bigint>(segments).fill(0n);
      a.forEach((x, i) => {
        out[segment[i]!]! += x;
      });
      return out.map((x) => x % q);
    },
    firstNonZero: (a) => a.findIndex((x) => x !== 0n),
    show: (a, index) => String(a[index]),
  };
  return field;
}
