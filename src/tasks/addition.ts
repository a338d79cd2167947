// Addition of two numbers of n digits.
import { InputError } from '../base/errors.ts';
import { choiceOption } from '../base/options.ts';
import {
  countCarries,
  DIGIT_TOKENS,
  digitPositions,
  digitsOf,
  digitsOption,
  mostCarriesOption,
  sameTokens,
} from './sums.ts';
import { defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, '+', '=']);
const [PLUS, EQUALS] = tokens.encode('+=', 'addition') as [number, number];

/** Carries in a prompt of addition with operands of n digits. */
function additionCarries(prompt: Tokens, digits: number): number {
  const a = digitsOf(prompt.slice(0, digits));
  const b = digitsOf(prompt.slice(digits + 1, 2 * digits + 1));
  return countCarries(a.map((digit, i) => digit + b[i]!));
}

/**
 * The sum of two numbers of n digits: `123+045=` → `0168`.
 * @example
 * ```ts
 * import { addition, parsePrompt } from 'gradsplit/tasks';
 * const task = addition.create({ digits: 2 });
 * const prompt = parsePrompt(task, '12+34=');
 * task.check(prompt, task.tokens.encode('046', 'attempt')); // → true
 * ```
 */
export const addition: TaskKind = defineTask({
  name: 'addition',
  options: {
    ...digitsOption,
    splitBy: choiceOption(
      ['carries', 'digits'],
      'carries: OOD has more carries than training; digits: in training the first digit of both operands is 0, in OOD it is not.',
    ),
    ...mostCarriesOption,
  },
  create({ digits, splitBy, mostCarries }) {
    if (splitBy === 'carries' && mostCarries >= digits) {
      throw new InputError(
        `addition: mostCarries must be below digits, else no prompt is OOD; found ${mostCarries} and ${digits}`,
      );
    }
    const answer = (prompt: Tokens): number[] =>
      numberTokens(
        numberOf(prompt.slice(0, digits)) + numberOf(prompt.slice(digits + 1, 2 * digits + 1)),
        digits + 1,
      );
    const isId = (prompt: Tokens): boolean =>
      splitBy === 'carries'
        ? additionCarries(prompt, digits) <= mostCarries
        : prompt[0] === DIGIT_TOKENS[0] && prompt[digits + 1] === DIGIT_TOKENS[0];
    const isOod = (prompt: Tokens): boolean =>
      splitBy === 'carries'
        ? !isId(prompt)
        : prompt[0] !== DIGIT_TOKENS[0] && prompt[digits + 1] !== DIGIT_TOKENS[0];
    return {
      sentence: `Add two numbers of ${digits} digits.`,
      hard: 'A carry may run through all digits, and the most significant digit is written first. OOD has more carries, or more digits, than training.',
      tokens,
      promptLegal: [...digitPositions(digits), [PLUS], ...digitPositions(digits), [EQUALS]],
      attemptLegal: digitPositions(digits + 1),
      prompt: (split, random) => {
        const operand = (): number[] => numberTokens(random.integer(10 ** digits), digits);
        return drawUntil(
          `${split} prompt for addition`,
          () => [...operand(), PLUS, ...operand(), EQUALS],
          split === 'id' ? isId : isOod,
        );
      },
      solution: answer,
      check: (prompt, attempt) => sameTokens(attempt, answer(prompt)),
    };
  },
});
