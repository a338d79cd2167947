// Multiplication of a number of n digits by one digit.
import { InputError } from '../base/errors.ts';
import {
  countCarries,
  digitPositions,
  digitsOf,
  digitsOption,
  mostCarriesOption,
  sameTokens,
} from './sums.ts';
import { defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, digitOf, digitToken, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, '*', '=']);
const [TIMES, EQUALS] = tokens.encode('*=', 'multiplication') as [number, number];

/** Carries in a prompt of multiplication with a first operand of n digits. */
function multiplicationCarries(prompt: Tokens, digits: number): number {
  const factor = digitOf(prompt[digits + 1]!);
  return countCarries(digitsOf(prompt.slice(0, digits)).map((digit) => digit * factor));
}

/**
 * The product of a number of n digits and one digit: `123*4=` → `0492`.
 * @example
 * ```ts
 * import { multiplication, parsePrompt } from 'gradsplit/tasks';
 * const task = multiplication.create();
 * const prompt = parsePrompt(task, '123*4=');
 * task.check(prompt, task.tokens.encode('0492', 'attempt')); // → true
 * ```
 */
export const multiplication: TaskKind = defineTask({
  name: 'multiplication',
  options: { ...digitsOption, ...mostCarriesOption },
  create({ digits, mostCarries }) {
    if (mostCarries >= digits) {
      throw new InputError(
        `multiplication: mostCarries must be below digits, else no prompt is OOD; found ${mostCarries} and ${digits}`,
      );
    }
    const answer = (prompt: Tokens): number[] =>
      numberTokens(numberOf(prompt.slice(0, digits)) * digitOf(prompt[digits + 1]!), digits + 1);
    const isId = (prompt: Tokens): boolean => multiplicationCarries(prompt, digits) <= mostCarries;
    return {
      sentence: `Multiply a number of ${digits} digits by one digit.`,
      hard: 'A carry can be any digit up to 8, and the most significant digit is written first. OOD has more carries than training.',
      tokens,
      promptLegal: [...digitPositions(digits), [TIMES], ...digitPositions(1), [EQUALS]],
      attemptLegal: digitPositions(digits + 1),
      prompt: (split, random) =>
        drawUntil(
          `${split} prompt for multiplication`,
          () => [
            ...numberTokens(random.integer(10 ** digits), digits),
            TIMES,
            digitToken(random.integer(10)),
            EQUALS,
          ],
          (prompt) => isId(prompt) === (split === 'id'),
        ),
      solution: answer,
      check: (prompt, attempt) => sameTokens(attempt, answer(prompt)),
    };
  },
});
