// The fractions of a policy that was given by odds, from which computations in ℚ start.
import {
  decimalFraction,
  type Fraction,
  fraction,
  fractionToNumber,
  logOfFraction,
  multiplyFractions,
  subtractFractions,
} from '../algebra/fraction.ts';
import { InputError } from '../base/errors.ts';
import { randomStream } from '../base/random.ts';
import { randomPolicy } from './random.ts';
import { leaves, type PolicyShape } from './shape.ts';
import type { PolicyLogits, TabularPolicy } from './tabular.ts';

/** The odds of a policy and of its reference, each as one table: sample rows first, then decision rows [slots]. */
export interface SlotOdds {
  readonly policy: readonly Fraction[];
  readonly reference: readonly Fraction[];
}

/**
 * Gives the odds of a policy and of its reference.
 * @param source the name of the policy in messages
 * @throws InputError if one of the two was given by logits
 */
export function slotOdds({ logits, reference }: TabularPolicy, source: string): SlotOdds {
  const table = ({ odds }: PolicyLogits, part: string): readonly Fraction[] => {
    if (odds !== undefined) return [...odds.sample, ...odds.decision];
    throw new InputError(
      `${source}: expected a policy and a reference by odds, such as "3/7", found logits of the ${part}, whose exponentials are no fractions`,
    );
  };
  return { policy: table(logits, 'policy'), reference: table(reference, 'reference') };
}

/** The reward R(τ) of every leaf as a fraction [leaves], in canonical order; a decimal number is the fraction that it writes. */
export function leafFractions({ shape, reward }: TabularPolicy): readonly Fraction[] {
  if (reward.kind === 'table') return reward.exactValues ?? Array.from(reward.values, decimalFraction);
  const perAttempt = shape.vocabulary ** shape.length;
  const goal = reward.target.reduce((index, token) => index * shape.vocabulary + token, 0);
  const cost = reward.exactCost ?? decimalFraction(reward.attemptCost);
  const [hit, miss] = [fraction(1n), fraction(0n)];
  const out = new Array<Fraction>(leaves(shape));
  let at = 0;
  for (let attempts = 1; attempts <= shape.attempts; attempts++) {
    const costs = multiplyFractions(cost, fraction(BigInt(attempts - 1)));
    const [right, wrong] = [subtractFractions(hit, costs), subtractFractions(miss, costs)];
    for (let h = 0; h < perAttempt ** attempts; h++) out[at++] = h % perAttempt === goal ? right : wrong;
  }
  return out;
}

/** Odds are integers up to this: small enough to be read, varied enough that no two rows are alike by accident. */
const LARGEST_ODDS = 30;

/**
 * Draws the random policy of a shape and a seed by odds: integers from 1 to 30, for the policy and for its reference.
 * @throws InputError if the shape has more than MAX_TRAJECTORIES trajectories
 */
export function randomOddsPolicy(shape: PolicyShape, seed: number): TabularPolicy {
  const policy = randomPolicy(shape, seed);
  const stream = randomStream(seed, 'odds');
  const drawn = ({ sample, decision }: PolicyLogits): PolicyLogits => {
    const integers = (n: number): Fraction[] =>
      Array.from({ length: n }, () => fraction(BigInt(1 + stream.integer(LARGEST_ODDS))));
    const odds = { sample: integers(sample.length), decision: integers(decision.length) };
    const logs = (of: readonly Fraction[]): Float64Array => Float64Array.from(of, logOfFraction);
    return { sample: logs(odds.sample), decision: logs(odds.decision), odds };
  };
  return { ...policy, logits: drawn(policy.logits), reference: drawn(policy.reference) };
}

/** Rewards of generic policies have this denominator, and are no integers. */
const REWARD_DENOMINATOR = 11;

/**
 * Draws a policy as `randomOddsPolicy` does, with a reward of its own for every trajectory, so that no statement about rewards that happen
 * to be integers, or alike, is true of it.
 * @throws InputError if the shape has more than MAX_TRAJECTORIES trajectories
 */
export function genericOddsPolicy(shape: PolicyShape, seed: number): TabularPolicy {
  const stream = randomStream(seed, 'rewards');
  const exactValues = Array.from({ length: leaves(shape) }, () => {
    const [whole, part] = [stream.integer(9), 1 + stream.integer(REWARD_DENOMINATOR - 1)];
    return fraction(BigInt(whole * REWARD_DENOMINATOR + part), BigInt(REWARD_DENOMINATOR));
  });
  const values = Float64Array.from(exactValues, fractionToNumber);
  return { ...randomOddsPolicy(shape, seed), reward: { kind: 'table', values, exactValues } };
}
