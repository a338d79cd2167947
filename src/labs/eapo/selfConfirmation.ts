// Self-confirmation: what the filter of the reward model takes for good evidence although it is not.
import type { Judged } from './rewardModel.ts';

/** Rollouts whose evidence has a high score, by evidence and answer. */
export interface HighScored {
  readonly rightAnswered: number;
  readonly rightFailed: number;
  /** Wrong evidence and a right answer: a lucky guess, which the filter keeps as an example of good evidence. */
  readonly lucky: number;
  readonly wrongFailed: number;
}

/** Counts the rollouts with a score above ½. */
export function highScored(rollouts: readonly Judged[]): HighScored {
  const high = rollouts.filter(({ score }) => score > 0.5);
  const count = (right: boolean, correct: boolean): number =>
    high.filter((one) => one.right === right && one.correct === correct).length;
  return {
    rightAnswered: count(true, true),
    rightFailed: count(true, false),
    lucky: count(false, true),
    wrongFailed: count(false, false),
  };
}

/** The share of `part` in `part + rest`, 0 where there is nothing. */
function shareOf(part: number, rest: number): number {
  return part === 0 ? 0 : part / (part + rest);
}

/** Of high scores, the share with wrong evidence: 1 − a. */
export function wrongAmongHigh({ rightAnswered, rightFailed, lucky, wrongFailed }: HighScored): number {
  return shareOf(lucky + wrongFailed, rightAnswered + rightFailed);
}

/** Of what the filter keeps, the share with wrong evidence. */
export function luckyAmongKept({ rightAnswered, lucky }: HighScored): number {
  return shareOf(lucky, rightAnswered);
}

/**
 * The same by Bayes' rule from what the filter does not see: (1 − a)·ℓ/((1 − a)·ℓ + a·u), with a = P(right | high), u and ℓ the
 * probabilities of a right answer from right and from wrong evidence. At u = ℓ, where answers are guessed, it is 1 − a: the filter is blind.
 */
export function luckyByBayes(counts: HighScored): number {
  const { rightAnswered, rightFailed, lucky, wrongFailed } = counts;
  const wrong = wrongAmongHigh(counts);
  const u = shareOf(rightAnswered, rightFailed);
  const l = shareOf(lucky, wrongFailed);
  return shareOf(wrong * l, (1 - wrong) * u);
}
