// What `exact` says about a policy, from the definitions, by the enumeration of bruteForce.ts.

import type { TabularPolicy } from '../../src/policy/tabular.ts';
import {
  at,
  type Choice,
  conditionalReward,
  enumerate,
  expectation,
  gradient,
  type Player,
  type Role,
  sum,
  type Table,
  type World,
} from './bruteForce.ts';

export interface Quantities {
  readonly world: World;
  readonly attempts: number;
  readonly mean: number;
  readonly variance: number;
  readonly budget: Record<Role, number>;
  readonly rewardGradient: Table;
  readonly kl: number;
  readonly klTerms: Record<Role, number>;
  readonly klGradient: Table;
  readonly forwardKl: number;
  readonly forwardGradient: Table;
  readonly estimators: Record<'k1' | 'k2' | 'k3', { readonly value: number; readonly lossGradient: Table }>;
  /** β log Z, and π*(τ). */
  readonly optimum: number;
  readonly optimalPath: readonly number[];
}

const ROLES = ['sample', 'decision'] as const;

/** V_c = E Σ_{t∈c} (E[R|h_t,a_t] − E[R|h_t])². */
function budgetOf(world: World, player: Player): Record<Role, number> {
  const budget = { sample: 0, decision: 0 };
  world.trajectories.forEach(({ choices }, i) => {
    choices.forEach(({ component }, t) => {
      const advantage = conditionalReward(world, player, i, t + 1) - conditionalReward(world, player, i, t);
      budget[component] += player.path[i]! * advantage ** 2;
    });
  });
  return budget;
}

/** k(r) and k′(r). */
const ESTIMATORS = {
  k1: [(r: number) => r, () => 1],
  k2: [(r: number) => (r * r) / 2, (r: number) => r],
  k3: [(r: number) => Math.exp(-r) - 1 + r, (r: number) => 1 - Math.exp(-r)],
} as const;

/** Everything at once. */
export function quantitiesOf(tabular: TabularPolicy, beta: number): Quantities {
  const world = enumerate(tabular);
  const { policy, reference, trajectories } = world;
  const ratio = policy.logPath.map((lp, i) => lp - reference.logPath[i]!);
  const reward = trajectories.map((trajectory) => trajectory.reward);
  const mean = expectation(policy, (i) => reward[i]!);
  const term = (role: Role): number =>
    expectation(policy, (i) => {
      const of = (choice: Choice): number => at(policy.logProb, choice) - at(reference.logProb, choice);
      return sum(trajectories[i]!.choices.filter(({ component }) => component === role).map(of));
    });
  const estimator = (name: keyof typeof ESTIMATORS) => {
    const [k, slope] = ESTIMATORS[name];
    return {
      value: expectation(policy, (i) => k(ratio[i]!)),
      lossGradient: gradient(world, (i) => policy.path[i]! * slope(ratio[i]!)),
    };
  };
  const tilted = reference.path.map((q, i) => q * Math.exp(reward[i]! / beta));
  const partition = sum(tilted);
  return {
    world,
    attempts: expectation(policy, (i) => trajectories[i]!.attempts),
    mean,
    variance: expectation(policy, (i) => (reward[i]! - mean) ** 2),
    budget: budgetOf(world, policy),
    rewardGradient: gradient(world, (i) => policy.path[i]! * reward[i]!),
    kl: expectation(policy, (i) => ratio[i]!),
    klTerms: { sample: term(ROLES[0]), decision: term(ROLES[1]) },
    klGradient: gradient(world, (i) => policy.path[i]! * ratio[i]!),
    forwardKl: expectation(reference, (i) => -ratio[i]!),
    forwardGradient: gradient(world, (i) => -reference.path[i]!),
    estimators: { k1: estimator('k1'), k2: estimator('k2'), k3: estimator('k3') },
    optimum: beta * Math.log(partition),
    optimalPath: tilted.map((x) => x / partition),
  };
}
