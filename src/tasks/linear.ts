// A linear equation in two unknown digits.
import { heldOutClasses, heldOutOptions } from './heldOut.ts';
import { DIGIT_TOKENS, digitPositions } from './sums.ts';
import { choose, defineTask, drawUntil, type TaskKind, type Tokens } from './task.ts';
import { DIGITS, digitOf, digitToken, numberOf, numberTokens, tokenTable } from './tokens.ts';

const tokens = tokenTable([...DIGITS, 'x', 'y', '+', '=']);
const [X, Y, PLUS, EQUALS] = tokens.encode('xy+=', 'linear') as [number, number, number, number];
const COEFFICIENTS = DIGIT_TOKENS.slice(1);

/** All pairs a ≤ b of 1 … 9. */
function allPairs(): string[] {
  return COEFFICIENTS.flatMap((_, i) => COEFFICIENTS.slice(i).map((_, j) => `${i + 1},${i + 1 + j}`));
}

function holds(prompt: Tokens, attempt: Tokens): boolean {
  const [a, b, x, y] = [prompt[0]!, prompt[3]!, attempt[0]!, attempt[1]!].map(digitOf) as [
    number,
    number,
    number,
    number,
  ];
  return a * x + b * y === numberOf(prompt.slice(6, 9));
}

const ATTEMPTS: readonly number[][] = DIGIT_TOKENS.flatMap((x) => DIGIT_TOKENS.map((y) => [x, y]));

/**
 * A linear equation in two unknown digits: `3x+4y=025` → `34`, or any other x and y that satisfy it.
 * @example
 * ```ts
 * import { linear, parsePrompt } from 'gradsplit/tasks';
 * const task = linear.create();
 * const prompt = parsePrompt(task, '3x+4y=025');
 * task.check(prompt, task.tokens.encode('34', 'attempt')); // → true
 * ```
 */
export const linear: TaskKind = defineTask({
  name: 'linear',
  options: heldOutOptions,
  create(options) {
    const held = heldOutClasses(allPairs(), options);
    return {
      sentence: 'Find digits x and y with a·x + b·y = c.',
      hard: 'A pair is found by search and verified by two products and a sum. OOD holds coefficients {a, b} that training never sees, in either order.',
      tokens,
      promptLegal: [COEFFICIENTS, [X], [PLUS], COEFFICIENTS, [Y], [EQUALS], ...digitPositions(3)],
      attemptLegal: digitPositions(2),
      prompt: (split, random) => {
        const [a, b] = drawUntil(
          `${split} prompt for linear`,
          () => [1 + random.integer(9), 1 + random.integer(9)] as const,
          ([a, b]) => held.has([Math.min(a, b), Math.max(a, b)].join()) === (split === 'ood'),
        );
        const c = a * random.integer(10) + b * random.integer(10);
        return [digitToken(a), X, PLUS, digitToken(b), Y, EQUALS, ...numberTokens(c, 3)];
      },
      solution: (prompt, random) => [
        ...choose(
          ATTEMPTS.filter((attempt) => holds(prompt, attempt)),
          random,
        ),
      ],
      check: holds,
    };
  },
});
