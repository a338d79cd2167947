// Why the division makes over-confident, exactly: the expected push of an objective on a policy that is left with two predictions.
import { chooseObjective, type RawOptions, type TokenBatch } from '../../objectives/index.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { rewardOf } from './questions.ts';

/** Two predictions, in hundredths, of which the higher one is drawn with a probability of its own. */
export interface TwoPredictions {
  readonly lower: number;
  readonly higher: number;
  /** a = π(higher). */
  readonly share: number;
  /** G, the size of a group. */
  readonly rollouts: number;
}

/** C(n, k). */
function binomial(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}

/** E over the number of rollouts k ~ Binomial(G, a) that predict the higher one. */
function expectation({ share, rollouts }: TwoPredictions, f: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k <= rollouts; k++) {
    sum += binomial(rollouts, k) * share ** k * (1 - share) ** (rollouts - k) * f(k);
  }
  return sum;
}

/** One group in which the first k rollouts predict the higher one, with the log-probs and the rewards that follow. */
function groupOf({ lower, higher, share, rollouts }: TwoPredictions, k: number, outcome: number): TokenBatch {
  const each = <T>(f: (isHigher: boolean) => T): T[] => Array.from({ length: rollouts }, (_, i) => f(i < k));
  const logProb = Float64Array.from(each((isHigher) => Math.log(isHigher ? share : 1 - share)));
  const reward = Float64Array.from(each((isHigher) => rewardOf(isHigher ? higher : lower, outcome)));
  return onPolicyBatch({
    offsets: evenOffsets(rollouts, 1),
    logProb,
    reward,
    group: new Int32Array(rollouts),
  });
}

/**
 * The expected push of an objective on the logit of the higher prediction, −E[∂L/∂ℓ], for answers that are yes with probability p: its own
 * weights on every group that can be drawn, w_t·(1 − a) where the higher one was drawn and −w_t·a where the lower one was.
 */
export function expectedPush(policy: TwoPredictions, p: number, name: string, raw: RawOptions): number {
  const { objective, options } = chooseObjective(name, raw);
  const pushOf = (outcome: number): number =>
    expectation(policy, (k) =>
      objective
        .weights(groupOf(policy, k, outcome), options)
        .reduce((sum, w, i) => sum + w * (i < k ? 1 - policy.share : -policy.share), 0),
    );
  return p * pushOf(1) + (1 - p) * pushOf(0);
}

/**
 * The same for GRPO with ε = 0 in closed form: (2p − 1)·E[√(k(G − k)(G − 1)/G)]/G. In a group with two rewards the advantages depend on
 * how many have the higher one and not on how far the two are apart, so that only the sign of q′ − q is left of the score.
 */
export function normalisedPush(policy: TwoPredictions, p: number): number {
  const g = policy.rollouts;
  return ((2 * p - 1) * expectation(policy, (k) => Math.sqrt((k * (g - k) * (g - 1)) / g))) / g;
}

/**
 * The same without the division: a(1 − a)·(1 − 1/G)·(p·log(q′/q) + (1 − p)·log((1 − q′)/(1 − q))), which is positive where q′ has the
 * better expected score: the push ends at q ≈ p.
 */
export function plainPush({ lower, higher, share, rollouts }: TwoPredictions, p: number): number {
  const gain = (outcome: number): number => rewardOf(higher, outcome) - rewardOf(lower, outcome);
  return share * (1 - share) * (1 - 1 / rollouts) * (p * gain(1) + (1 - p) * gain(0));
}
