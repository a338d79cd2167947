// Expected gradients of one scalar for each trajectory, and whether one is a multiple of ∇J.
import { repeat } from '../../attribution/over/arithmetic.ts';
import {
  gradientOf,
  leafProbabilities,
  leavesBelow,
  returnWeightsOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import type { Sides } from '../statement.ts';

/** ∇J [slots]. */
export function rewardGradientOf<A>(policy: PolicyOver<A>): A {
  return gradientOf(policy, returnWeightsOf(policy, policy.reward));
}

/** The expected gradient of one scalar w(τ) on all tokens of a trajectory [leaves] → [slots]. */
export function scalarGradient<A>(policy: PolicyOver<A>, scalar: A): A {
  const weight = policy.field.mul(leafProbabilities(policy), scalar);
  return gradientOf(policy, leavesBelow(policy, weight));
}

/** g·∇J₀ = ∇J·g₀ in every slot, with the slot 0 of both: g is a multiple of ∇J. */
export function alongReward<A>(policy: PolicyOver<A>, gradient: A): Sides<A> {
  const { field, graph } = policy;
  const target = rewardGradientOf(policy);
  const first = (g: A): A => repeat(field, field.slice(g, 0, 1), graph.slots);
  return { left: field.mul(gradient, first(target)), right: field.mul(target, first(gradient)) };
}
