// Questions whose answers are chance: categories with a rate each, yes-or-no outcomes, and the reward of a predicted probability.
import { randomStream } from '../../base/random.ts';

/** How many categories there are. */
export const CATEGORIES = 20;

/** What can be predicted, in hundredths: 1, 2, …, 99. */
export const PREDICTIONS: readonly number[] = Array.from({ length: 99 }, (_, k) => k + 1);

/** A fixed set of questions with their answers. */
export interface Questions {
  /** [N] */
  readonly category: Uint8Array;
  /** [N] 1 for yes. */
  readonly outcome: Uint8Array;
  /** [C] p_c, the probability of yes. */
  readonly rate: Float64Array;
}

/** p_c ~ U(0, 1), categories of equal size up to one question, outcomes ~ Bernoulli(p_c). */
export function drawQuestions(count: number, seed: number): Questions {
  const rates = randomStream(seed, 'rates');
  const outcomes = randomStream(seed, 'outcomes');
  const rate = Float64Array.from({ length: CATEGORIES }, () => rates.uniform());
  const category = Uint8Array.from({ length: count }, (_, i) => i % CATEGORIES);
  const outcome = Uint8Array.from(category, (c) => (outcomes.uniform() < rate[c]! ? 1 : 0));
  return { category, outcome, rate };
}

/** 0 … n − 1 in a random order (Fisher and Yates). */
export function shuffledOrder(count: number, seed: number, purpose: string, step = 0): Int32Array {
  const random = randomStream(seed, purpose, step);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The same questions with the outcomes of others: what a category says about its outcomes is gone. */
export function withShuffledOutcomes(questions: Questions, seed: number): Questions {
  const order = shuffledOrder(questions.outcome.length, seed, 'shuffled');
  return { ...questions, outcome: Uint8Array.from(order, (i) => questions.outcome[i]!) };
}

/** How often the answer is yes in each category, [C]; NaN where a category has no question. */
export function frequencies({ category, outcome }: Questions): Float64Array {
  const [yes, all] = [new Float64Array(CATEGORIES), new Float64Array(CATEGORIES)];
  for (const [i, c] of category.entries()) {
    yes[c]! += outcome[i]!;
    all[c]!++;
  }
  return yes.map((x, c) => x / all[c]!);
}

/** R = log q if the answer is yes, log(1 − q) if it is no, for q of `hundredths`: a proper score, greatest on average at q = p. */
export function rewardOf(hundredths: number, outcome: number): number {
  return Math.log((outcome === 1 ? hundredths : 100 - hundredths) / 100);
}
