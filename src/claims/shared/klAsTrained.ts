// The KL penalty of the shipped objectives, as a term of the loss and in the reward: the expected gradient of REINFORCE with a penalty,
// by its weights and by its loss, against ∇J − β·(what the claim says of the penalty).
import { rewardGradient } from '../../attribution/budget.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { scoreGradient } from '../../attribution/scoreGradient.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import type { KlEstimator, KlPlacement } from '../../objectives/kl.ts';
import { randomPolicy } from '../../policy/random.ts';
import { type Comparison, distance } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import { expectedWeights, fitsInBatch, type Route, weightsRounding } from './asTrained.ts';

/** The coefficient of the penalty. No power of two, so that a square or a root of it is seen. */
export const BETA = 0.3;

/** A penalty, as options name it. */
export interface Penalty {
  readonly klEstimator: KlEstimator;
  readonly klPlacement: KlPlacement;
  readonly klWeight?: 'token' | 'segment';
  readonly aggregation?: 'sequenceSum' | 'sequenceMean';
}

/** E[w_t] of every edge [edges] under REINFORCE with the penalty. */
export function penalisedWeights(policy: EvaluatedPolicy, penalty: Penalty, route: Route): Float64Array {
  return expectedWeights(policy, route, 'reinforce', { beta: BETA, ...penalty });
}

/** The expected gradient of REINFORCE with the penalty against ∇J − β·`gradient`, both [slots]. */
export function againstPenalty(
  policy: EvaluatedPolicy,
  penalty: Penalty,
  route: Route,
  gradient: Float64Array,
): Comparison {
  const reward = rewardGradient(policy);
  return distance(
    scoreGradient(policy, penalisedWeights(policy, penalty, route)),
    reward.map((x, i) => x - BETA * gradient[i]!),
  );
}

/** Rounding of it: per token R, and β times log-ratios or their squares. */
export function penaltyRounding(policy: EvaluatedPolicy): Tolerance {
  const size = policy.rewardSize + BETA * (2 + policy.logSize ** 2);
  return weightsRounding(policy, size, 'T · (max |R| + β(2 + (E Σ|log-ratio|)²))');
}

/** The subject's policy, and what to add to names; a small seeded one where the trajectories are too many for one batch. */
export function asBatch({ policy, seed }: ClaimSubject): { policy: EvaluatedPolicy; suffix: string } {
  const asked = evaluatedPolicy(policy);
  if (fitsInBatch(asked)) return { policy: asked, suffix: '' };
  const small = evaluatedPolicy(randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, seed));
  return { policy: small, suffix: ' (on a small policy: too many trajectories for one batch)' };
}
