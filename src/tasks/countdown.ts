// Reaching a target from three digits with two operations.
import { heldOutClasses, heldOutOptions } from './heldOut.ts';
import { allTriples, tripleClass } from './pickSum.ts';
import { DIGIT_TOKENS, digitPositions } from './sums.ts';
import { choose, defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, digitOf, digitToken, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, '+', '-', '*', '=']);
const [PLUS, MINUS, TIMES, EQUALS] = tokens.encode('+-*=', 'countdown') as [number, number, number, number];
const OPERATIONS = [PLUS, MINUS, TIMES];
const NONZERO = DIGIT_TOKENS.slice(1);
/** Targets have two digits. */
const LARGEST_TARGET = 99;
const ORDERS = ['012', '021', '102', '120', '201', '210'].map((order) => [...order].map(Number));

/** Two numbers and the token between them. */
function operate(a: number, operation: number, b: number): number {
  if (operation === PLUS) return a + b;
  return operation === MINUS ? a - b : a * b;
}

/** The value of `a∘b∘c`, from left to right. */
function resultOf(attempt: Tokens): number {
  const [a, first, b, second, c] = attempt as [number, number, number, number, number];
  return operate(operate(digitOf(a), first, digitOf(b)), second, digitOf(c));
}

/** The class of a prompt of `countdown`: its digits in ascending order. */
function countdownClass(prompt: Tokens): string {
  return tripleClass(prompt.slice(0, 3));
}

/** Every way to use the three digits of a prompt, 6 orders × 9 pairs of operations. */
function attemptsOf(prompt: Tokens): number[][] {
  return ORDERS.flatMap(([i, j, k]) =>
    OPERATIONS.flatMap((first) =>
      OPERATIONS.map((second) => [prompt[i!]!, first, prompt[j!]!, second, prompt[k!]!]),
    ),
  );
}

/**
 * A target from three digits and two operations, read from left to right: `374=40` → `7+3*4`, which is (7 + 3)·4.
 * @example
 * ```ts
 * import { countdown, parsePrompt } from 'gradsplit/tasks';
 * const task = countdown.create();
 * const prompt = parsePrompt(task, '374=40');
 * task.check(prompt, task.tokens.encode('7+3*4', 'attempt')); // → true
 * ```
 */
export const countdown: TaskKind = defineTask({
  name: 'countdown',
  options: heldOutOptions,
  create(options) {
    const held = heldOutClasses(allTriples(), options);
    const holds = (prompt: Tokens, attempt: Tokens): boolean =>
      tripleClass([attempt[0]!, attempt[2]!, attempt[4]!]) === countdownClass(prompt) &&
      resultOf(attempt) === numberOf(prompt.slice(4));
    return {
      sentence:
        'Reach a target with three digits, each used once, and two of +, −, ×, read from left to right.',
      hard: 'Order and operations are searched together. OOD holds sets of three digits that training never sees.',
      tokens,
      promptLegal: [NONZERO, NONZERO, NONZERO, [EQUALS], ...digitPositions(2)],
      attemptLegal: [NONZERO, OPERATIONS, NONZERO, OPERATIONS, NONZERO],
      prompt: (split, random) => {
        const digits = drawUntil(
          `${split} prompt for countdown`,
          () => Array.from({ length: 3 }, () => digitToken(1 + random.integer(9))),
          (drawn) => held.has(tripleClass(drawn)) === (split === 'ood'),
        );
        // a + b + c lies between 3 and 27, so there always is one.
        const values = attemptsOf(digits).map(resultOf);
        const target = choose(
          values.filter((value) => value >= 0 && value <= LARGEST_TARGET),
          random,
        );
        return [...digits, EQUALS, ...numberTokens(target, 2)];
      },
      solution: (prompt, random) =>
        choose(
          attemptsOf(prompt).filter((attempt) => holds(prompt, attempt)),
          random,
        ),
      check: holds,
    };
  },
});
