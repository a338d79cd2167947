// Splittable random streams: a stream is derived from (seed, purpose, step), never shared, so that drawing more numbers
// for one purpose cannot disturb another. The generator is xoroshiro128+ of pure-rand; we only derive its seeds.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One stream of pseudo-random numbers. */
export interface RandomStream {
  /** A float64 in [0, 1). */
  uniform(): number;
  /** A standard normal variate (Box-Muller). */
  normal(): number;
  /** An integer in [0, bound). */
  integer(bound: number): number;
  /** A stream of its own for a sub-purpose; does not advance this one. */
  split(purpose: string, step?: number): RandomStream;
}

/** MurmurHash3's 32-bit finaliser: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hashes (seed, purpose, step) to 32 bits; neighbouring seeds give unrelated hashes. */
function deriveSeed(seed: number, purpose: string, step: number): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ Math.floor(seed / 2 ** 32));
  for (let i = 0; i < purpose.length; i++) h = mix(Math.imul(h, 31) + purpose.charCodeAt(i) + 0x7f4a7c15);
  return mix(h ^ mix(step + 0x2545f491));
}

/**
 * The stream of (seed, purpose, step). The same three always give the same numbers; a draw from one stream never changes another.
 * @param seed any safe integer
 * @param purpose what the numbers are for, such as `'policy'`
 * @param step a counter within the purpose
 * @example
 * ```ts
 * import { randomStream } from 'gradsplit/random';
 * const first = randomStream(1, 'prompts', 0).uniform();
 * first === randomStream(1, 'prompts', 0).uniform(); // → true
 * first === randomStream(1, 'prompts', 1).uniform(); // → false
 * ```
 */
export function randomStream(seed: number, purpose: string, step = 0): RandomStream {
  const derived = deriveSeed(seed, purpose, step);
  const generator = xoroshiro128plus(derived);
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (bound) => uniformInt(generator, 0, bound - 1),
    split: (subPurpose, subStep = 0) => randomStream(derived, subPurpose, subStep),
  };
}

/**
 * An index drawn with the given probabilities. It uses one number of the stream.
 * @param shares non-negative numbers that add up to 1 up to rounding; at least one is positive
 * @example
 * ```ts
 * import { categorical, randomStream } from 'gradsplit/random';
 * categorical([0, 1, 0], randomStream(1, 'draw')); // → 1
 * ```
 */
export function categorical(shares: readonly number[], random: RandomStream): number {
  const u = random.uniform();
  let sum = 0;
  for (const [i, share] of shares.entries()) {
    sum += share;
    if (u < sum) return i;
  }
  return shares.findLastIndex((share) => share > 0);
}
