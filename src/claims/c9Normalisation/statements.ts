// C9 as statements over any field: a normalisation multiplies whole trajectories, so that it changes what is maximised and not the balance.
import { constant, negative, repeat, times } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeLayers, edgeMask, isOf } from '../../attribution/over/indices.ts';
import {
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  returnWeightsOf,
  scoresAlong,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { alongReward, rewardGradientOf, scalarGradient } from '../c2CreditByOneScalar/alongReward.ts';
import { perLength } from '../c2CreditByOneScalar/statements.ts';
import { gapToPartner, type LengthDivisor } from '../shared/overGroups.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';
import { byPromptControls, byPromptStatements } from './byPrompt.ts';

/** A factor of a trajectory. */
export const anyFactor: Statement = {
  name: 'a factor c(τ) on all tokens of a trajectory makes both components follow ∇E[c·R]',
  kind: 'identity',
  symbols: ({ leaves, edges }) => ({ factor: leaves, direction: edges }),
  sides: (policy, { factor, direction }) => {
    const { field, reward } = policy;
    const scaled = field.mul(factor!, reward);
    const slopes = COMPONENTS.map((c) => {
      const moved = directional({ ...policy, reward: scaled }, direction!, c);
      return meanOf(moved, moved.reward).slope;
    });
    const weight = leavesBelow(policy, field.mul(leafProbabilities(policy), scaled));
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const step: Statement = {
  name: 'for all K and L: ∂E[c·R | h] = E[c·R·Σ_t u_t | h]',
  kind: 'induction',
  place: 'step',
  symbols: ({ edges, leaves }) => ({ direction: edges, gradientAfter: leaves, factor: leaves }),
  because:
    'Base: at the end of an episode c·R has no derivative, and no token follows. Step: c·R and its derivative are free symbols of every ' +
    'continuation.',
  sides: (policy, { direction, gradientAfter, factor }) => {
    const { field, graph, prob, reward } = policy;
    const moved = directional(policy, direction!);
    const scaled = field.mul(factor!, reward);
    const value = meanOf(moved, { value: scaled, slope: gradientAfter! });
    const terms = field.add(field.mul(scaled, scoresAlong(policy, direction!)), gradientAfter!);
    return {
      left: value.slope,
      right: field.segmentSum(field.mul(prob, terms), new Int32Array(graph.edges), 1),
    };
  },
};

/** 2·E[(R_i − mean of the group of two)/d(|o_i|, |o_j|) | τ_i] for a divisor that reads lengths [leaves]. */
function normalised<A>(policy: PolicyOver<A>, divisor: LengthDivisor): A {
  return gapToPartner(policy, policy.reward, policy.reward, divisor);
}

const summed =
  'Summed by lengths: Σ_l (R_i·P(|o_j| = l) − E[R_j; |o_j| = l])/d(|o_i|, l), with no pair of trajectories. That this is the sum over ' +
  'pairs is a statement of C2.';

/** ∇E[f] of a value of every trajectory [leaves] → [slots]. */
function gradientOfMean<A>(policy: PolicyOver<A>, leaf: A): A {
  return gradientOf(policy, returnWeightsOf(policy, leaf));
}

/** 1/|o| in groups of two. */
export const byLength: Statement = {
  name: 'GRPO, 1/|o|, G = 2: half of ∇E[R/|o|] − E[R]·∇E[1/|o|]',
  kind: 'identity',
  because: summed,
  sides: (policy) => {
    const { field, graph, reward } = policy;
    const inverse = perLength(policy, field.ones(graph.leaves));
    const mean = repeat(field, meanOf(policy, reward), graph.slots);
    const lengths = field.mul(mean, gradientOfMean(policy, inverse));
    return {
      left: scalarGradient(
        policy,
        normalised(policy, (own) => own),
      ),
      right: field.sub(gradientOfMean(policy, perLength(policy, reward)), lengths),
    };
  },
};

const byLengthAnyGroup: Statement = {
  name: 'GRPO, 1/|o|, any G: (1 − 1/G)·(∇E[R/|o|] − E[R]·∇E[1/|o|]); the other members enter by the linearity of expectation',
  kind: 'identity',
  symbols: () => ({ size: 1 }),
  sides: (policy, { size }) => {
    const { field, graph, reward } = policy;
    const share = field.div(field.ones(1), size!);
    const others = field.sub(field.ones(1), share);
    const at = (x: typeof reward, n: number): typeof reward => repeat(field, x, n);
    const mean = meanOf(policy, reward);
    const whole = field.add(
      field.mul(at(share, graph.leaves), reward),
      field.mul(at(others, graph.leaves), at(mean, graph.leaves)),
    );
    const inverse = perLength(policy, field.ones(graph.leaves));
    const lengths = field.mul(at(mean, graph.slots), gradientOfMean(policy, inverse));
    const gap = field.sub(gradientOfMean(policy, perLength(policy, reward)), lengths);
    return {
      left: scalarGradient(policy, perLength(policy, field.sub(reward, whole))),
      right: field.mul(at(others, graph.slots), gap),
    };
  },
};

/** The token mean of groups of two. */
export const tokenMean: Statement = {
  name: 'token mean over the group, G = 2: one scalar E[(R_i − R_j)/(|o_i| + |o_j|) | τ_i] for both roles',
  kind: 'identity',
  because: summed,
  symbols: ({ edges }) => ({ direction: edges }),
  sides: (policy, { direction }) => {
    const { field } = policy;
    const scalar = normalised(policy, (own, other) => own + other);
    const slopes = COMPONENTS.map((c) => {
      const moved = directional({ ...policy, reward: scalar }, direction!, c);
      return meanOf(moved, moved.reward).slope;
    });
    const weight = leavesBelow(policy, field.mul(leafProbabilities(policy), scalar));
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const byConstant: Statement = {
  name: 'a constant divisor, G = 2: (1 − 1/G)·∇J over the constant',
  kind: 'identity',
  because: summed,
  symbols: () => ({ divisor: 1 }),
  sides: (policy, { divisor }) => {
    const { field, graph } = policy;
    const scalar = field.div(
      normalised(policy, () => 1),
      repeat(field, divisor!, graph.leaves),
    );
    return {
      left: scalarGradient(policy, scalar),
      right: field.div(rewardGradientOf(policy), repeat(field, divisor!, graph.slots)),
    };
  },
};

/** The weights of E[R Σ u] on the tokens of a mask [edges] → [slots]. */
function masked<A>(policy: PolicyOver<A>, mask: Int32Array): A {
  return gradientOf(policy, times(policy.field, returnWeightsOf(policy, policy.reward), mask));
}

/** A mask that drops decisions. */
export const withoutDecisions: Statement = {
  name: 'a mask without decisions leaves g_sample as it is, and nothing of g_d',
  kind: 'identity',
  needsDecisions: true,
  sides: (policy) => {
    const { field, graph } = policy;
    const { slots, sampleSlots } = graph;
    const own = field.slice(rewardGradientOf(policy), 0, sampleSlots);
    return {
      left: masked(policy, edgeMask(graph, isOf('sample'))),
      right: field.concat([own, constant(field, 0, slots - sampleSlots)]),
    };
  },
};

const controls: readonly WrongStatement[] = [
  {
    name: '1/|o| declared as a constant',
    mistake: 'With 1/|o|, G = 2, the gradient points along ∇J.',
    kind: 'identity',
    sides: (policy) =>
      alongReward(
        policy,
        scalarGradient(
          policy,
          normalised(policy, (own) => own),
        ),
      ),
  },
  {
    name: 'token mean declared as 1/|o|',
    mistake:
      'The token mean over a group of two is the mean of 1/|o|: |o_i| + |o_j| may be written as 2|o_i|.',
    kind: 'identity',
    sides: (policy) => ({
      left: scalarGradient(
        policy,
        normalised(policy, (own, other) => own + other),
      ),
      right: scalarGradient(
        policy,
        normalised(policy, (own) => 2 * own),
      ),
    }),
  },
  {
    name: 'masks late by one token',
    mistake: 'A mask that begins one token late has the gradient of the whole trajectory.',
    kind: 'identity',
    sides: (policy) => {
      const first = edgeLayers(policy.graph).map((layer) => (layer === 0 ? 0 : 1));
      return { left: masked(policy, first), right: rewardGradientOf(policy) };
    },
  },
  {
    name: 'masks without decisions',
    mistake: 'A mask without decisions has the gradient of the whole trajectory.',
    kind: 'identity',
    sides: (policy) => ({
      left: masked(policy, edgeMask(policy.graph, isOf('sample'))),
      right: rewardGradientOf(policy),
    }),
  },
  {
    name: 'the other sign',
    mistake: 'Losers and winners of a group of two may be exchanged.',
    kind: 'identity',
    sides: (policy) => {
      const gradient = scalarGradient(
        policy,
        normalised(policy, () => 1),
      );
      return { left: gradient, right: negative(policy.field, gradient, policy.graph.slots) };
    },
  },
];

/** The statements of C9. */
export const c9Statements: ClaimStatements = {
  id: 'C9',
  statements: [
    anyFactor,
    step,
    byLength,
    byLengthAnyGroup,
    tokenMean,
    byConstant,
    withoutDecisions,
    ...byPromptStatements,
  ],
  controls: [...controls, ...byPromptControls],
  outside: [
    {
      name: '“short trajectories are favoured, hence fewer RESAMPLEs” is false as a rule',
      reason:
        'It says that some policies have one sign and some the other; `verify` counts them over random policies.',
    },
  ],
};
