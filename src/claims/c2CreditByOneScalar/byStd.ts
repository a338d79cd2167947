// C2 with the standard deviation of a group as a divisor: a symbol s of which s² = var is all that is used, and of groups of two, whose
// std is half of |R_i − R_j|, both orders.
import { type Quadratic, quadraticField } from '../../algebra/quadratic.ts';
import { constant, dividedBy, repeat, squared, times, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
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
import type { ArrayField } from '../../base/field.ts';
import { COMPONENTS } from '../../policy/component.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import type { Statement, WrongStatement } from '../statement.ts';
import { alongReward } from './alongReward.ts';

/** The mean of an array of n elements [1], and what each is above it [n]. */
function centred<A>(field: ArrayField<A>, values: A, n: number): A {
  const mean = dividedBy(field, total(field, values, n), Int32Array.of(n));
  return field.sub(values, repeat(field, mean, n));
}

/** The variance of an array of n elements, over n [1]. */
function variance<A>(field: ArrayField<A>, values: A, n: number): A {
  return dividedBy(field, total(field, squared(field, centred(field, values, n)), n), Int32Array.of(n));
}

const bothOrders: Statement = {
  name: 'any group of two with R₁ ≠ R₂, ÷ std: the advantages are 1 and −1, whichever is above',
  kind: 'identity',
  symbols: () => ({ rewards: 2 }),
  because:
    'The root of the variance is (R₁ − R₂)/2 where R₁ is above and (R₂ − R₁)/2 where R₂ is: two cases.',
  sides: ({ field }, { rewards }) => {
    const cases = [1, -1].map((sign) => {
      const first = field.slice(centred(field, rewards!, 2), 0, 1);
      const std = times(field, first, [sign]);
      const advantages = field.div(centred(field, rewards!, 2), repeat(field, std, 2));
      return {
        left: field.concat([field.mul(std, std), advantages]),
        right: field.concat([variance(field, rewards!, 2), field.from([sign, -sign])]),
      };
    });
    return {
      left: field.concat(cases.map(({ left }) => left)),
      right: field.concat(cases.map(({ right }) => right)),
    };
  },
};

/** Both parts of numbers x + y·s. */
function parts<A>(field: ArrayField<A>, { plain, ofRoot }: Quadratic<A>): A {
  return field.concat([plain, ofRoot]);
}

const oneGroup: Statement = {
  name: 'any group of three, ÷ std: advantages sum to 0, their squares to 3, and a·R + b has those of R, with the root a·s',
  kind: 'identity',
  symbols: () => ({ rewards: 3, scale: 1, offset: 1 }),
  because: 'Over numbers x + y·s with s² = var: what holds there holds for both roots of the variance.',
  sides: ({ field }, { rewards, scale, offset }) => {
    const square = variance(field, rewards!, 3);
    const withRoot = quadraticField(field, square);
    const over = (values: typeof square, std: Quadratic<typeof square>): Quadratic<typeof square> =>
      withRoot.div(withRoot.constant(centred(field, values, 3), 3), withRoot.gather(std, new Int32Array(3)));
    const own = over(rewards!, withRoot.roots(1));
    const factor = repeat(field, scale!, 3);
    const moved = field.add(field.mul(factor, rewards!), repeat(field, offset!, 3));
    const std = withRoot.mul(withRoot.constant(scale!, 1), withRoot.roots(1));
    const left = withRoot.concat([
      total(withRoot, own, 3),
      total(withRoot, squared(withRoot, own), 3),
      withRoot.mul(std, std),
      over(moved, std),
    ]);
    const right = withRoot.concat([
      withRoot.from([0, 3]),
      withRoot.constant(variance(field, moved, 3), 1),
      own,
    ]);
    return { left: parts(field, left), right: parts(field, right) };
  },
};

const anyDivisor: Statement = {
  name: 'G = 2, ÷ s(τ_i, τ_j), a number for each group, std included: one scalar for both roles; on two attempts of one token',
  kind: 'identity',
  place: 'smallTree',
  symbols: ({ leaves, edges }) => ({ std: leaves ** 2, direction: edges }),
  because: 'It holds whatever the divisor of each pair is, and so for the root of its variance.',
  sides: (policy, { std, direction }) => {
    const { field, graph, reward } = policy;
    const n = graph.leaves;
    const prob = leafProbabilities(policy);
    const own = Int32Array.from({ length: n * n }, (_, p) => Math.floor(p / n));
    const other = own.map((_, p) => p % n);
    const gap = field.div(field.sub(field.gather(reward, own), field.gather(reward, other)), std!);
    const scalar = field.segmentSum(field.mul(field.gather(prob, other), gap), own, n);
    const slopes = COMPONENTS.map((c) => {
      const moved = directional({ ...policy, reward: scalar }, direction!, c);
      return meanOf(moved, moved.reward).slope;
    });
    const weight = leavesBelow(policy, field.mul(prob, scalar));
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

const binaryOfThree: Statement = {
  name: 'binary reward, G = 3, ÷ std: 3·s·∇J with s² = 2/9',
  kind: 'identity',
  because:
    'A group with one success or two has var = 2/9, the others have advantages 0. E[A | R] sums over how many of the two others succeed; ' +
    'R is read as E[A | 0] + (E[A | 1] − E[A | 0])·R.',
  sides: (policy) => {
    const { field, graph, reward } = policy;
    const withRoot = quadraticField(field, dividedBy(field, field.from([2]), Int32Array.of(9)));
    const success = meanOf(policy, reward);
    const failure = field.sub(field.ones(1), success);
    const third = (n: number): typeof success => dividedBy(field, field.from([n]), Int32Array.of(3));
    /** Σ of (1/3)·n·(probability of others) over s. */
    const expected = (terms: readonly (readonly [number, typeof success, typeof success])[]) => {
      const sum = terms
        .map(([n, p, q]) => field.mul(third(n), field.mul(p, q)))
        .reduce((a, b) => field.add(a, b));
      return withRoot.div(withRoot.constant(sum, 1), withRoot.roots(1));
    };
    const two = field.add(success, success);
    const ofSuccess = expected([
      [2, failure, failure],
      [1, two, failure],
    ]);
    const ofFailure = expected([
      [-1, two, failure],
      [-2, success, success],
    ]);
    const gap = withRoot.sub(ofSuccess, ofFailure);
    const lifted: PolicyOver<Quadratic<typeof success>> = {
      field: withRoot,
      graph,
      prob: withRoot.constant(policy.prob, graph.edges),
      refProb: withRoot.constant(policy.refProb, graph.edges),
      logRatio: withRoot.constant(policy.logRatio, graph.edges),
      reward: withRoot.constant(reward, graph.leaves),
    };
    const advantage = withRoot.add(
      repeat(withRoot, ofFailure, graph.leaves),
      withRoot.mul(repeat(withRoot, gap, graph.leaves), lifted.reward),
    );
    const left = gradientOf(lifted, leavesBelow(lifted, withRoot.mul(leafProbabilities(lifted), advantage)));
    const gradient = gradientOf(policy, returnWeightsOf(policy, reward));
    const none = constant(field, 0, graph.slots);
    const tripled = times(field, gradient, new Int32Array(graph.slots).fill(3));
    return { left: parts(field, left), right: field.concat([none, tripled]) };
  },
};

/** Rewards 0, 1, 2, 0, 1, 2, … of the trajectories. */
function threeValues({ leaves }: TrajectoryGraph): Int32Array {
  return Int32Array.from({ length: leaves }, (_, i) => i % 3);
}

/** E[A_i | τ_i] of a group of two, ÷ std, for rewards 0, 1 and 2; of equal rewards the advantages are 0 [leaves]. */
function overStdOfTwo<A>(policy: PolicyOver<A>): A {
  const { field, graph } = policy;
  const rewards = threeValues(graph);
  const ofReward = field.segmentSum(leafProbabilities(policy), rewards, 3);
  const every = <T>(f: (r: number) => T): T[] => [0, 1, 2].map(f);
  return every((other) => {
    const gaps = rewards.map((own) => own - other);
    const std = gaps.map((gap) => Math.max(1, Math.abs(gap)));
    // (R_i − R_j)/2 over |R_i − R_j|/2.
    const advantage = dividedBy(field, field.from(gaps), std);
    return field.mul(repeat(field, field.slice(ofReward, other, other + 1), graph.leaves), advantage);
  }).reduce((a, b) => field.add(a, b));
}

const otherDirection: WrongStatement = {
  name: '÷ std, three values of the reward',
  mistake: 'GRPO with ÷ std, G = 2, token sums, points along ∇J; rewards 0, 1, 2, 0, … of the trajectories.',
  kind: 'identity',
  rewards: threeValues,
  sides: (policy) => {
    const { field } = policy;
    const weight = field.mul(leafProbabilities(policy), overStdOfTwo(policy));
    return alongReward(policy, gradientOf(policy, leavesBelow(policy, weight)));
  },
};

/** Statements about ÷ std. */
export const byStdStatements: readonly Statement[] = [bothOrders, oneGroup, anyDivisor, binaryOfThree];

/** What is wrong about ÷ std. */
export const byStdControls: readonly WrongStatement[] = [otherDirection];
