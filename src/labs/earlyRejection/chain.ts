// A chain of sums: a prompt of digits, and after it their running sums modulo m, so that every prefix of an answer can be checked.
import type { RandomStream } from '../../base/random.ts';

/** Sizes of a chain. */
export interface ChainSizes {
  /** m; digits and sums are 0 … m − 1. */
  readonly modulus: number;
  /** L, tokens of an answer, as many as digits of the prompt. */
  readonly length: number;
}

/** A prompt, [L] digits. */
export function drawPrompt({ modulus, length }: ChainSizes, random: RandomStream): number[] {
  return Array.from({ length }, () => random.integer(modulus));
}

/** The right answer, [L]: y_t = (x_1 + … + x_t) mod m. */
export function answerOf(prompt: readonly number[], modulus: number): number[] {
  let sum = 0;
  return prompt.map((x) => {
    sum = (sum + x) % modulus;
    return sum;
  });
}

/** How many tokens of a sequence of prompt and answer are right from the beginning of the answer on. */
export function rightTokens(sequence: readonly number[], { modulus, length }: ChainSizes): number {
  const answer = answerOf(sequence.slice(0, length), modulus);
  const wrong = sequence.slice(length).findIndex((y, t) => y !== answer[t]);
  return wrong < 0 ? sequence.length - length : wrong;
}
