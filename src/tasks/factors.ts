// Writing a number as a product of two factors.
import { heldOutClasses, heldOutOptions } from './heldOut.ts';
import { DIGIT_TOKENS, digitPositions } from './sums.ts';
import { choose, defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, '*', '=']);
const [TIMES, EQUALS] = tokens.encode('*=', 'factors') as [number, number];
const [LEAST, MOST] = [10, 99];

/** The class of a pair of factors: the smaller one first. */
function pairClass(a: number, b: number): string {
  return [Math.min(a, b), Math.max(a, b)].join();
}

/** All pairs a ≤ b of factors. */
function allPairs(): string[] {
  const factors = Array.from({ length: MOST - LEAST + 1 }, (_, i) => LEAST + i);
  return factors.flatMap((a) => factors.filter((b) => b >= a).map((b) => pairClass(a, b)));
}

/** Every a for which a and n/a are both factors of two digits. */
function factorsOf(n: number): number[] {
  const found: number[] = [];
  for (let a = LEAST; a <= MOST; a++) {
    if (n % a === 0 && n / a >= LEAST && n / a <= MOST) found.push(a);
  }
  return found;
}

function productOf(prompt: Tokens): number {
  return numberOf(prompt.slice(0, 4));
}

/**
 * A number as a product of two factors of two digits, in either order: `0391=` → `17*23`. The sign between them is a token with no
 * alternative, so that it is no choice of the policy and takes no part in a loss.
 * @example
 * ```ts
 * import { factors, parsePrompt } from 'gradsplit/tasks';
 * const task = factors.create();
 * const prompt = parsePrompt(task, '0391=');
 * task.check(prompt, task.tokens.encode('23*17', 'attempt')); // → true
 * ```
 */
export const factors: TaskKind = defineTask({
  name: 'factors',
  options: heldOutOptions,
  create(options) {
    const held = heldOutClasses(allPairs(), options);
    return {
      sentence: 'Write a number as a product of two factors of two digits.',
      hard: 'Factors are found by search and verified by one product. OOD numbers have only pairs of factors that solve no training prompt.',
      tokens,
      promptLegal: [...digitPositions(4), [EQUALS]],
      attemptLegal: [DIGIT_TOKENS.slice(1), DIGIT_TOKENS, [TIMES], DIGIT_TOKENS.slice(1), DIGIT_TOKENS],
      prompt: (split, random) => {
        const n = drawUntil(
          `${split} prompt for factors`,
          () => (LEAST + random.integer(90)) * (LEAST + random.integer(90)),
          (product) =>
            factorsOf(product).every((a) => held.has(pairClass(a, product / a)) === (split === 'ood')),
        );
        return [...numberTokens(n, 4), EQUALS];
      },
      solution: (prompt, random) => {
        const n = productOf(prompt);
        const a = choose(factorsOf(n), random);
        return [...numberTokens(a, 2), TIMES, ...numberTokens(n / a, 2)];
      },
      check: (prompt, attempt) =>
        numberOf(attempt.slice(0, 2)) * numberOf(attempt.slice(3, 5)) === productOf(prompt),
    };
  },
});
