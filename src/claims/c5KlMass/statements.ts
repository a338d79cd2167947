// C5 as statements over any field: the masses of KL(π‖π_ref), and what the penalty is inside the reward.
import { constant, negative, repeat } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import {
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  noReward,
  reachOf,
  returnWeightsOf,
  scoresAlong,
  sumAlongTrajectories,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { massControls, massesOf, massStatements } from '../shared/overMasses.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';

/** The weights of one log-ratio for the whole trajectory, π(τ)·r(τ) summed below every edge [edges]. */
function inReward<A>(policy: PolicyOver<A>): A {
  const { field, logRatio } = policy;
  const ratio = sumAlongTrajectories(policy, logRatio);
  return leavesBelow(policy, field.mul(leafProbabilities(policy), ratio));
}

/** What the penalty is inside the reward. */
export const gradient: Statement = {
  name: 'inside the reward: E[log-ratio(τ)·Σ_t u_t] = ∇KL, in each component',
  kind: 'identity',
  readsLogs: true,
  symbols: ({ edges }) => ({ direction: edges }),
  sides: (policy, { direction }) => {
    const { field } = policy;
    const slopes = COMPONENTS.map((c) => {
      const moved = directional(policy, direction!, c);
      return meanOf(moved, noReward(moved), moved.logRatio).slope;
    });
    const terms = field.mul(inReward(policy), scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const regularised: Statement = {
  name: 'REINFORCE with k1 in its reward: ∇J − β·∇KL',
  kind: 'identity',
  readsLogs: true,
  symbols: ({ edges }) => ({ beta: 1, direction: edges }),
  sides: (policy, { beta, direction }) => {
    const { field, graph, logRatio, reward } = policy;
    const ratio = sumAlongTrajectories(policy, logRatio);
    const paid = field.sub(reward, field.mul(repeat(field, beta!, graph.leaves), ratio));
    const weight = leavesBelow(policy, field.mul(leafProbabilities(policy), paid));
    const slopes = COMPONENTS.map((c) => {
      const moved = directional(policy, direction!, c);
      const kl = meanOf(moved, noReward(moved), moved.logRatio).slope;
      return field.sub(meanOf(moved, moved.reward).slope, field.mul(beta!, kl));
    });
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const controls: readonly WrongStatement[] = [
  ...massControls('δ_K'),
  {
    name: 'only the token’s own log-ratio',
    mistake: 'E[Σ_t log-ratio_t·u_t] is ∇KL.',
    kind: 'identity',
    readsLogs: true,
    sides: (policy) => ({
      left: gradientOf(policy, policy.field.mul(reachOf(policy), policy.logRatio)),
      right: gradientOf(policy, returnWeightsOf(policy, noReward(policy), policy.logRatio)),
    }),
  },
  {
    name: 'k1 in the reward of the wrong sign',
    mistake: 'The penalty in the reward adds β∇KL to ∇J.',
    kind: 'identity',
    readsLogs: true,
    sides: (policy) => {
      const kl = returnWeightsOf(policy, noReward(policy), policy.logRatio);
      return {
        left: gradientOf(policy, inReward(policy)),
        right: negative(policy.field, gradientOf(policy, kl), policy.graph.slots),
      };
    },
  },
  {
    name: 'k1 in the reward without effect',
    mistake: 'The penalty in the reward changes no gradient.',
    kind: 'identity',
    readsLogs: true,
    sides: (policy) => ({
      left: gradientOf(policy, inReward(policy)),
      right: constant(policy.field, 0, policy.graph.slots),
    }),
  },
];

/** The statements of C5. */
export const c5Statements: ClaimStatements = {
  id: 'C5',
  statements: [...massStatements('π', 'π_ref', 'δ_K'), gradient, regularised],
  controls,
  outside: [],
  enclosed: [{ name: 'sample and decision mass of KL(π‖π_ref)', value: massesOf }],
};
