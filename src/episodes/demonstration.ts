// Demonstrations of self-correction for SFT: some wrong attempts, then a right one.
import { InputError } from '../base/errors.ts';
import { categorical, type RandomStream } from '../base/random.ts';
import { type ErrorKind, type Task, type Tokens, wrongAttempt } from '../tasks/index.ts';

/** `DemonstrationOptions` say how demonstrations are drawn. */
export interface DemonstrationOptions {
  /** p_j, the probability of j wrong attempts before the right one: at most K numbers that add up to 1. */
  readonly wrong: readonly number[];
  readonly errors: ErrorKind;
}

/**
 * Checks the probabilities of the number of wrong attempts.
 * @param wrong p_j for j = 0, 1, …
 * @param attempts K, the largest number of attempts
 * @param name what the numbers are called in the message
 * @throws InputError unless there are between 1 and K numbers ≥ 0 that add up to 1
 */
export function checkWrong(wrong: readonly number[], attempts: number, name = 'wrong'): void {
  const total = wrong.reduce((sum, p) => sum + p, 0);
  const valid = wrong.length >= 1 && wrong.length <= attempts && wrong.every((p) => p >= 0);
  // Users write decimals. Each is rounded by at most ε/2, and so is each partial sum.
  if (valid && Math.abs(total - 1) <= wrong.length * Number.EPSILON) return;
  throw new InputError(
    `${name}: expected 1 to ${attempts} probabilities that add up to 1, found ${wrong.length} that add up to ${shownSum(total)}`,
  );
}

/** Returns a sum of decimals as people write it, 0.3 and not 0.30000000000000004, unless that hides what is wrong with it. */
function shownSum(total: number): number {
  const rounded = Number(total.toPrecision(15));
  return rounded === 1 ? total : rounded;
}

/** Draws the attempts of a demonstration: j wrong ones with probability p_j, then a right one. */
export function drawDemonstration(
  task: Task,
  prompt: Tokens,
  { wrong, errors }: DemonstrationOptions,
  random: RandomStream,
): number[][] {
  const count = categorical(wrong, random);
  const attempts = Array.from({ length: count }, () => wrongAttempt(task, prompt, errors, random));
  return [...attempts, task.solution(prompt, random)];
}
