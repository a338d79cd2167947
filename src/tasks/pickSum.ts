// Choosing three of n digits that add up to a target.
import { numberOption } from '../base/options.ts';
import { heldOutClasses, heldOutOptions } from './heldOut.ts';
import { DIGIT_TOKENS, digitPositions } from './sums.ts';
import { choose, defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, digitOf, digitToken, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, '=']);
const [EQUALS] = tokens.encode('=', 'pickSum') as [number];
const NONZERO = DIGIT_TOKENS.slice(1);

/** The class of an attempt of `pickSum`: its digits in ascending order. */
export function tripleClass(attempt: Tokens): string {
  return attempt
    .map(digitOf)
    .sort((a, b) => a - b)
    .join();
}

/** All sorted triples of 1 … 9. */
export function allTriples(): string[] {
  const digits = NONZERO.map(digitOf);
  return digits.flatMap((a) =>
    digits.filter((b) => b >= a).flatMap((b) => digits.filter((c) => c >= b).map((c) => `${a},${b},${c}`)),
  );
}

/** Whether the digits of an attempt are among those of the prompt, as often as they are used, and add up to its target. */
function holds(prompt: Tokens, attempt: Tokens, digits: number): boolean {
  const rest = prompt.slice(0, digits);
  let sum = 0;
  for (const token of attempt) {
    const at = rest.indexOf(token);
    if (at < 0) return false;
    rest.splice(at, 1);
    sum += digitOf(token);
  }
  return sum === numberOf(prompt.slice(digits + 1));
}

/** Every right attempt of a prompt, in every order; equal digits of the prompt count once. */
function pickSumSolutions(prompt: Tokens, digits: number): number[][] {
  const target = numberOf(prompt.slice(digits + 1));
  const available = [...new Set(prompt.slice(0, digits))];
  const found: number[][] = [];
  for (const a of available) {
    for (const b of available) {
      const c = digitToken(target - digitOf(a) - digitOf(b));
      if (available.includes(c) && holds(prompt, [a, b, c], digits)) found.push([a, b, c]);
    }
  }
  return found;
}

/**
 * Three of the given digits that add up to a target, in any order: `351924=12` → `354`.
 * @example
 * ```ts
 * import { parsePrompt, pickSum } from 'gradsplit/tasks';
 * const task = pickSum.create();
 * const prompt = parsePrompt(task, '351924=12');
 * task.check(prompt, task.tokens.encode('354', 'attempt')); // → true
 * ```
 */
export const pickSum: TaskKind = defineTask({
  name: 'pickSum',
  options: {
    digits: numberOption(
      6,
      {
        expected: 'an integer from 4 to 9',
        holds: (x) => Number.isSafeInteger(x) && x >= 4 && x <= 9,
      },
      'Digits to choose from.',
    ),
    ...heldOutOptions,
  },
  create({ digits, ...held }) {
    const heldOut = heldOutClasses(allTriples(), held);
    return {
      sentence: `Choose three of ${digits} digits that add up to a target.`,
      hard: 'A triple is found by search and verified by looking up three digits and one sum. OOD prompts have only solutions whose sorted triple solves no training prompt.',
      tokens,
      promptLegal: [...Array.from({ length: digits }, () => NONZERO), [EQUALS], ...digitPositions(2)],
      attemptLegal: [NONZERO, NONZERO, NONZERO],
      prompt: (split, random) =>
        drawUntil(
          `${split} prompt for pickSum`,
          () => {
            const drawn = Array.from({ length: digits }, () => 1 + random.integer(9));
            const rest = [...drawn];
            let target = 0;
            for (let i = 0; i < 3; i++) target += rest.splice(random.integer(rest.length), 1)[0]!;
            return [...drawn.map(digitToken), EQUALS, ...numberTokens(target, 2)];
          },
          (prompt) =>
            pickSumSolutions(prompt, digits).every((s) => heldOut.has(tripleClass(s)) === (split === 'ood')),
        ),
      solution: (prompt, random) => [...choose(pickSumSolutions(prompt, digits), random)],
      check: (prompt, attempt) => holds(prompt, attempt, digits),
    };
  },
});
