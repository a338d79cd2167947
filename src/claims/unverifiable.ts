// Policies on which no claim can be checked, because float64 ends there.
import { largest } from '../attribution/vectors.ts';
import { leafRewards } from '../policy/model.ts';
import type { TabularPolicy } from '../policy/tabular.ts';

/** Above this size a logit has no digits left that a check could compare, and the square of a reward leaves float64. */
const LARGEST_LOGIT = 1e6;
const LARGEST_REWARD = 1e150;

/** Why no claim can be checked on a policy, if so. */
export function unverifiable(policy: TabularPolicy): string | undefined {
  const { logits, reference } = policy;
  const tables = [logits.sample, logits.decision, reference.sample, reference.decision];
  const logit = Math.max(...tables.map(largest));
  if (logit > LARGEST_LOGIT) {
    return `logits up to ${logit.toExponential(1)}: above ${LARGEST_LOGIT.toExponential(0)} float64 has no digits left to check`;
  }
  const reward = largest(leafRewards(policy));
  if (reward > LARGEST_REWARD) {
    return `rewards up to ${reward.toExponential(1)}: above ${LARGEST_REWARD.toExponential(0)} their squares leave float64`;
  }
  return undefined;
}
