// C2 as statements over any field: what estimators of ∇J have as expected gradient, every group enumerated.
import { constant, dividedBy, repeat, sumAt, times } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeLayers, leafLengths } from '../../attribution/over/indices.ts';
import {
  advantagesOf,
  atEdges,
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  reachOf,
  returnWeightsOf,
  scoresAlong,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { gapPairByPair, gapToPartner, gapToTwoPartners, gapTripleByTriple } from '../shared/overGroups.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';
import { alongReward, rewardGradientOf, scalarGradient } from './alongReward.ts';
import { byClipControls, byClipStatements } from './byClip.ts';
import { byStdControls, byStdStatements } from './byStd.ts';

/** ∇E[R] by one scalar R − b for each trajectory. */
export const scoreFunction: Statement = {
  name: '∇E[R] = E[(R − b) Σ_t u_t], in each component',
  kind: 'identity',
  symbols: ({ edges }) => ({ direction: edges, baseline: 1 }),
  sides: (policy, { direction, baseline }) => {
    const { field, graph, reward } = policy;
    const slopes = COMPONENTS.map((c) => {
      const moved = directional(policy, direction!, c);
      return meanOf(moved, moved.reward).slope;
    });
    const centred = field.sub(reward, repeat(field, baseline!, graph.leaves));
    const weight = leavesBelow(policy, field.mul(leafProbabilities(policy), centred));
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const step: Statement = {
  name: 'for all K and L: ∂V(h) = E[(R − b) Σ_t u_t | h]',
  kind: 'induction',
  place: 'step',
  symbols: ({ edges, leaves }) => ({ direction: edges, gradientAfter: leaves, baseline: 1 }),
  because:
    'Base: at the end of an episode V is R, which has no derivative, and no token follows. Step: V(h′) and ∂V(h′) are free symbols of every ' +
    'continuation h′, and b is one for all.',
  sides: (policy, { direction, gradientAfter, baseline }) => {
    const { field, graph, prob, reward } = policy;
    const moved = directional(policy, direction!);
    const value = meanOf(moved, { value: reward, slope: gradientAfter! });
    const centred = field.sub(reward, repeat(field, baseline!, graph.leaves));
    const terms = field.add(field.mul(centred, scoresAlong(policy, direction!)), gradientAfter!);
    return {
      left: value.slope,
      right: field.segmentSum(field.mul(prob, terms), new Int32Array(graph.edges), 1),
    };
  },
};

/** Baselines that do not read the action drop out. */
export const historyBaseline: Statement = {
  name: 'a baseline b(h_t) that does not read the action drops out at every history of both components',
  kind: 'identity',
  symbols: ({ nodes }) => ({ baseline: nodes }),
  sides: (policy, { baseline }) => {
    const { field, graph } = policy;
    const weight = field.mul(reachOf(policy), atEdges(policy, baseline!));
    return { left: gradientOf(policy, weight), right: constant(field, 0, graph.slots) };
  },
};

/** PPO at ratio 1 with a critic. */
export const critic: Statement = {
  name: 'PPO at ratio 1 with a critic: E[Σ_t A_t u_t] = ∇J, though its weights differ within a trajectory',
  kind: 'identity',
  sides: (policy) => {
    const { field, reward } = policy;
    const weight = field.mul(reachOf(policy), advantagesOf(policy, reward));
    return { left: gradientOf(policy, weight), right: rewardGradientOf(policy) };
  },
};

const summed =
  'Summed by factors: Σ_j π_j·(R_i − R_j) is R_i·Σ_j π_j − Σ_j π_j·R_j, with no pair of trajectories.';

/** E[A_i | τ_i] of leave-one-out advantages in groups of two: R_i − E[R_j]. */
function leaveOneOut<A>(policy: PolicyOver<A>): A {
  return gapToPartner(policy, policy.reward, policy.reward);
}

/** RLOO in groups of two. */
export const rlooOfTwo: Statement = {
  name: 'RLOO, G = 2, token sums: ∇J',
  kind: 'identity',
  because: summed,
  sides: (policy) => ({
    left: scalarGradient(policy, leaveOneOut(policy)),
    right: rewardGradientOf(policy),
  }),
};

/** 2·E[A_i | τ_i] of advantages over the mean of the whole group of two: 2R_i − (R_i + R_j). */
function overGroupMean<A>(policy: PolicyOver<A>): A {
  const { field, reward } = policy;
  return gapToPartner(policy, field.sub(field.add(reward, reward), reward), reward);
}

/** Dr. GRPO in groups of two. */
export const drGrpoOfTwo: Statement = {
  name: 'Dr. GRPO, G = 2: (1 − 1/G)·∇J',
  kind: 'identity',
  because: summed,
  sides: (policy) => ({
    left: scalarGradient(policy, overGroupMean(policy)),
    right: rewardGradientOf(policy),
  }),
};

const anyGroup: Statement = {
  name: 'any G: RLOO has ∇J, Dr. GRPO has (1 − 1/G)·∇J; the other members enter by the linearity of expectation',
  kind: 'identity',
  symbols: () => ({ size: 1 }),
  sides: (policy, { size }) => {
    const { field, graph, reward } = policy;
    const mean = repeat(field, meanOf(policy, reward), graph.leaves);
    const share = field.div(field.ones(1), size!);
    const others = repeat(field, field.sub(field.ones(1), share), graph.leaves);
    // The mean of the whole group is R/G + (1 − 1/G)·E[R] in expectation, that of the others is E[R].
    const whole = field.add(field.mul(repeat(field, share, graph.leaves), reward), field.mul(others, mean));
    const gradient = rewardGradientOf(policy);
    const factor = repeat(field, field.sub(field.ones(1), share), graph.slots);
    return {
      left: field.concat([
        scalarGradient(policy, field.sub(reward, mean)),
        scalarGradient(policy, field.sub(reward, whole)),
      ]),
      right: field.concat([gradient, field.mul(factor, gradient)]),
    };
  },
};

/** RLOO and Dr. GRPO in groups of three. */
export const rlooOfThree: Statement = {
  name: 'G = 3: RLOO has ∇J, Dr. GRPO has (1 − 1/G)·∇J',
  kind: 'identity',
  because:
    'Summed by factors, as with groups of two: E[2R_i − (R_j + R_k) | τ_i] with no triple of trajectories.',
  sides: (policy) => {
    const { field, graph, reward } = policy;
    // 2·A_i of RLOO is 2R_i − (R_j + R_k), and so is 3·A_i of Dr. GRPO.
    const twice = scalarGradient(policy, gapToTwoPartners(policy, reward, reward));
    const gradient = rewardGradientOf(policy);
    return { left: twice, right: times(field, gradient, new Int32Array(graph.slots).fill(2)) };
  },
};

const enumerated: Statement = {
  name: 'two attempts of one token: sums by factors and lengths are the sums over every pair and every triple',
  kind: 'identity',
  place: 'smallTree',
  symbols: ({ leaves }) => ({ partner: leaves }),
  sides: (policy, { partner }) => {
    const { field, reward } = policy;
    const both = (own: number, other: number): number => own + 2 * other;
    return {
      left: field.concat([
        gapToPartner(policy, reward, partner!, both),
        gapToTwoPartners(policy, reward, partner!),
      ]),
      right: field.concat([
        gapPairByPair(policy, reward, partner!, both),
        gapTripleByTriple(policy, reward, partner!),
      ]),
    };
  },
};

const binary: Statement = {
  name: 'binary reward, any advantage that reads only the rewards of the group, ÷ std included: a multiple of ∇J',
  kind: 'identity',
  symbols: () => ({ ofFailure: 1, ofSuccess: 1 }),
  because: 'E[A | τ] is one number where R = 0 and another where R = 1: a₀ + (a₁ − a₀)·R.',
  sides: (policy, { ofFailure, ofSuccess }) => {
    const { field, graph, reward } = policy;
    const gap = field.sub(ofSuccess!, ofFailure!);
    const failure = repeat(field, ofFailure!, graph.leaves);
    const advantage = field.add(failure, field.mul(repeat(field, gap, graph.leaves), reward));
    const right = field.mul(repeat(field, gap, graph.slots), rewardGradientOf(policy));
    return { left: scalarGradient(policy, advantage), right };
  },
};

/** x/|o| of every trajectory [leaves]. */
export function perLength<A>({ field, graph }: PolicyOver<A>, scalar: A): A {
  return dividedBy(field, scalar, leafLengths(graph));
}

/** A free baseline for each action of the tokens at one place: it should drop out. */
function actionBaseline(name: string, mistake: string, of: 'first' | 'last'): WrongStatement {
  return {
    name,
    mistake,
    kind: 'identity',
    symbols: ({ vocabulary }) => ({ baseline: vocabulary }),
    sides: (policy, { baseline }) => {
      const { field, graph } = policy;
      const layers = edgeLayers(graph);
      const { edgeStart, terminal } = graph.layers.at(-1)!;
      const lastAction = Int32Array.from({ length: graph.leaves }, () => 0);
      for (const [i, e] of terminal.entries())
        lastAction[graph.layers.at(-1)!.leafStart + i] = (edgeStart + e) % graph.vocabulary;
      if (of === 'last') {
        const left = scalarGradient(policy, field.gather(baseline!, lastAction));
        return { left, right: constant(field, 0, graph.slots) };
      }
      // b(y₁): what the root's tokens weigh is their own probability times their own baseline.
      const own = layers.map((layer, e) => (layer === 0 ? e % graph.vocabulary : 0));
      const weight = field.mul(reachOf(policy), field.gather(baseline!, own));
      return { left: gradientOf(policy, weight), right: constant(field, 0, graph.slots) };
    },
  };
}

const controls: readonly WrongStatement[] = [
  actionBaseline('b(last token)', 'A baseline that depends on the last token drops out.', 'last'),
  actionBaseline(
    'b(y₁), sample',
    'A baseline that depends on the first token drops out of g_sample.',
    'first',
  ),
  {
    name: 'constant baseline under 1/|o|',
    mistake: 'Under 1/|o| a constant baseline drops out.',
    kind: 'identity',
    sides: (policy) => {
      const { field, graph } = policy;
      const left = scalarGradient(policy, perLength(policy, field.ones(graph.leaves)));
      return { left, right: constant(field, 0, graph.slots) };
    },
  },
  {
    name: 'GRPO, 1/|o|',
    mistake: 'GRPO with 1/|o|, G = 2, points along ∇J.',
    kind: 'identity',
    sides: (policy) => alongReward(policy, scalarGradient(policy, perLength(policy, overGroupMean(policy)))),
  },
  {
    name: 'Dr. GRPO without the factor',
    mistake: 'Dr. GRPO, G = 2, has ∇J.',
    kind: 'identity',
    sides: (policy) => {
      const { field } = policy;
      const gradient = rewardGradientOf(policy);
      return { left: scalarGradient(policy, overGroupMean(policy)), right: field.add(gradient, gradient) };
    },
  },
  {
    name: 'weights of a critic, said to be one scalar',
    mistake:
      'With a critic the weights within a trajectory are equal: A(h,a) is R of every trajectory through (h,a) minus E[R].',
    kind: 'identity',
    sides: (policy) => {
      const { field, graph, reward } = policy;
      const mean = repeat(field, meanOf(policy, reward), graph.edges);
      const onTokens = field.mul(reachOf(policy), advantagesOf(policy, reward));
      const scalar = field.sub(returnWeightsOf(policy, reward), field.mul(reachOf(policy), mean));
      return { left: onTokens, right: scalar };
    },
  },
  {
    name: 'token weights summed without occupancy',
    mistake: 'The gradient of E[R] sums A(h,a)·u over histories, however likely.',
    kind: 'identity',
    symbols: ({ edges }) => ({ direction: edges }),
    sides: (policy, { direction }) => {
      const { field, graph, prob, reward } = policy;
      const moved = directional(policy, direction!);
      const terms = field.mul(field.mul(prob, advantagesOf(policy, reward)), scoresAlong(policy, direction!));
      const right = sumAt(
        field,
        terms,
        Int32Array.from({ length: graph.edges }, (_, e) => e),
      );
      return { left: meanOf(moved, moved.reward).slope, right };
    },
  },
];

/** The statements of C2. */
export const c2Statements: ClaimStatements = {
  id: 'C2',
  statements: [
    scoreFunction,
    step,
    historyBaseline,
    critic,
    rlooOfTwo,
    drGrpoOfTwo,
    anyGroup,
    rlooOfThree,
    enumerated,
    binary,
    ...byStdStatements,
    ...byClipStatements,
  ],
  controls: [...controls, ...byStdControls, ...byClipControls],
  outside: [],
};
