// The responses of the lab: content tokens of hidden values, then filler that costs nothing in the data and much beyond it.
import type { RandomStream } from '../../base/random.ts';

/** Content tokens of a response. */
export const CONTENT = 4;
/** Kinds of content tokens; kind v has the value v. */
export const VALUES = 6;
/** Kinds of filler tokens, which nobody values. */
export const KINDS = 3;
/** Places for filler; a response that fills them all ends without `<end>`. */
export const PLACES = 32;
/** Filler tokens that the gold reward tolerates. */
const TOLERATED = 11;
/** What a reward model sees of a response: which content tokens are of the upper half of values, and how often each filler occurs. */
export const FEATURES = CONTENT + KINDS;

/** One response. */
export interface Response {
  /** [CONTENT] values of the content tokens, 0 … VALUES − 1. */
  readonly content: readonly number[];
  /** Kinds of the filler tokens, 0 … KINDS − 1, in their order. */
  readonly filler: readonly number[];
}

/** Σ of the values of its content. */
export function sumOfValues(content: readonly number[]): number {
  return content.reduce((sum, value) => sum + value, 0);
}

/** How long the filler of the reference policy is on average, given the content: better responses are longer. */
export function usualLength(content: readonly number[]): number {
  return 6 + 0.8 * (sumOfValues(content) - (CONTENT * (VALUES - 1)) / 2);
}

/**
 * The gold reward: half a unit for each unit of value, less 0.03·(excess length)². Differences are log-odds of a preference.
 * @param lengthCost the 0.03
 */
export function goldReward({ content, filler }: Response, lengthCost: number): number {
  return 0.5 * sumOfValues(content) - lengthCost * Math.max(0, filler.length - TOLERATED) ** 2;
}

/** What a reward model sees: [FEATURES]. Of a content token only whether its value lies in the upper half. */
export function featuresOf({ content, filler }: Response): number[] {
  const counts = new Array<number>(KINDS).fill(0);
  for (const kind of filler) counts[kind]!++;
  return [...content.map((value) => (value >= VALUES / 2 ? 1 : 0)), ...counts];
}

/** Two responses with the one that was preferred first. */
export type Pair = readonly [Response, Response];

/** Who wins with probability σ(gold difference) stands first. */
export function preferred(a: Response, b: Response, lengthCost: number, random: RandomStream): Pair {
  const difference = goldReward(a, lengthCost) - goldReward(b, lengthCost);
  return random.uniform() < 1 / (1 + Math.exp(-difference)) ? [a, b] : [b, a];
}
