// Exact computations on trajectories: all of them listed, and the same by recursion over classes of histories. They run in
// JavaScript, float64, without the kernels.
import { EvaluatedPolicy, rewardBudget, rewardGradient } from '../../src/attribution/index.ts';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { expOf } from '../../src/attribution/vectors.ts';
import {
  edgeLogProbs,
  leaves,
  type Model,
  type PaddingFamily,
  type PolicyShape,
  paddingFamily,
  paddingMember,
  randomPolicy,
  tabularModel,
} from '../../src/policy/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { unit, worstRatio } from './operands.ts';

/**
 * Float operations for an edge: e^x of a softmax 13, probability 1, occupancy 2, value 2, second moment 2, advantage and its
 * square by reach 4, gradient 4. Moving numbers about, which is most of the work, is not counted.
 */
const OPERATIONS_PER_EDGE = 28;

/** By recursion: [E R, Var R, V_sample + V_decision, ∂E R/∂logits …]. */
function byRecursion(model: Model): Float64Array {
  const policy = new EvaluatedPolicy(model);
  const { mean, variance, budget } = rewardBudget(policy);
  const gradient = rewardGradient(policy);
  const out = new Float64Array(3 + gradient.length);
  out.set([mean, variance, budget.sample + budget.decision]);
  out.set(gradient, 3);
  return out;
}

/** By listing: [Σ π(τ), Σ π(τ)·R(τ), Σ π(τ)·R(τ)²], every trajectory of a tree walked token by token. */
function byListing({ graph, logits, reward }: Model): Float64Array {
  const logProb = edgeLogProbs(graph, logits);
  const moments = new Float64Array(3);
  forEachTrajectory(graph, (leaf, path) => {
    let log = 0;
    for (let t = 0; t < path.length; t++) log += logProb[path[t]!]!;
    const p = Math.exp(log);
    const r = reward[leaf]!;
    moments[0]! += p;
    moments[1]! += p * r;
    moments[2]! += p * r * r;
  });
  return moments;
}

/** The oracle: what `byRecursion` computes, by listing, with ∂log π(a|h)/∂logit = 1_a − π(·|h) written out. */
function listedOracle(model: Model): Float64Array {
  const { graph, logits, reward } = model;
  const prob = expOf(edgeLogProbs(graph, logits));
  const [, mean, square] = byListing(model);
  const out = new Float64Array(3 + graph.slots);
  out.set([mean!, square! - mean! ** 2, square! - mean! ** 2]);
  forEachTrajectory(graph, (leaf, path) => {
    let p = 1;
    for (const edge of path) p *= prob[edge]!;
    for (const [t, edge] of path.entries()) {
      const { arity, edgeStart } = graph.layers[t]!;
      const first = edge - ((edge - edgeStart) % arity);
      for (let e = first; e < first + arity; e++) {
        const score = (e === edge ? 1 : 0) - prob[e]!;
        out[3 + graph.slot[e]!]! += p * reward[leaf]! * score;
      }
    }
  });
  return out;
}

/** Sums of so many terms of size at most 1 on both sides, each term right to a few roundings. */
function sumBound(terms: number): number {
  return 8 * (terms + 64) * unit.f64;
}

function prepared(run: () => Float64Array, expected: () => ArrayLike<number>, bound: number): PreparedCase {
  return {
    run,
    output: run,
    judge() {
      const values = expected();
      return (found) => worstRatio(found, values, () => bound);
    },
    release() {},
  };
}

function treeCase(
  name: string,
  trajectories: number,
  edges: () => number,
  prepare: () => PreparedCase,
): BenchCase {
  return {
    name,
    measure: {
      unit: 'Mtrajectory/s',
      work: trajectories * 1e-6,
      ceiling: (gflops) => ((gflops / 2) * 1e3 * trajectories) / (OPERATIONS_PER_EDGE * edges()),
    },
    prepare,
  };
}

/** Edges of the tree: one per history and action. */
function edgesOf({ attempts, length, vocabulary }: PolicyShape): number {
  let edges = 0;
  for (let depth = 1; depth <= attempts * length; depth++) edges += vocabulary ** depth;
  for (let k = 1; k < attempts; k++) edges += 2 * vocabulary ** (k * length);
  return edges;
}

function listedCases(shape: PolicyShape): BenchCase[] {
  const { attempts, length, vocabulary } = shape;
  const count = leaves(shape);
  const drawn = (): Model => tabularModel(randomPolicy(shape, 1));
  const where = `${count} trajectories (${attempts} x ${length} of ${vocabulary})`;
  return [
    treeCase(
      `listed, ${where}`,
      count,
      () => edgesOf(shape),
      () => {
        const model = drawn();
        const oracle = (): number[] => {
          const [mean, variance] = byRecursion(model);
          return [1, mean!, variance! + mean! ** 2];
        };
        return prepared(() => byListing(model), oracle, sumBound(count));
      },
    ),
    treeCase(
      `budget and gradient, ${where}`,
      count,
      () => edgesOf(shape),
      () => {
        const model = drawn();
        return prepared(
          () => byRecursion(model),
          () => listedOracle(model),
          sumBound(count),
        );
      },
    ),
  ];
}

/** The member of a padding family with attempts of `length` tokens, built from scratch. */
function member(family: PaddingFamily, length: number): Model {
  const { graph, reward, table } = paddingMember(family, length, 'tied');
  const logits = table(family.policy);
  return { graph, reward, logits, reference: logits };
}

/** K = 3 attempts over V = 10 tokens: Σ_k V^(kL) trajectories. */
const SHARED = { attempts: 3, vocabulary: 10 } as const;

/**
 * Graph and computation. What a member has beside padding rows, whose gradient is 0, does not depend on L, so the tree at
 * L = 1, where every trajectory is listed, is the oracle.
 */
function sharedCase(length: number): BenchCase {
  const { attempts, vocabulary } = SHARED;
  const family = paddingFamily(attempts, vocabulary, 1);
  const trajectories = Array.from({ length: attempts }, (_, k) => vocabulary ** ((k + 1) * length));
  const edges = (): number => member(family, length).graph.edges;
  const paddingAt = 3 + family.policy.first.length;
  return treeCase(
    `shared, 10^${attempts * length} trajectories (${attempts} x ${length} of ${vocabulary})`,
    trajectories.reduce((a, b) => a + b),
    edges,
    () => {
      const run = (): Float64Array => byRecursion(member(family, length));
      const expected = (): number[] => {
        const single = listedOracle(member(family, 1));
        const padding = new Array<number>(vocabulary).fill(0);
        return [...single.slice(0, paddingAt), ...padding, ...single.slice(paddingAt)];
      };
      return prepared(run, expected, sumBound(edges()));
    },
  );
}

/** Names: `listed` walks every path, `budget and gradient` recurses over the tree, `shared` over classes of histories. */
export const tree: Suite = {
  name: 'tree',
  sentence: 'exact computations on trajectories: listed, and by recursion over shared histories',
  cases: [
    ...listedCases({ attempts: 2, length: 3, vocabulary: 10 }),
    ...listedCases({ attempts: 1, length: 20, vocabulary: 2 }),
    ...[2, 3, 4].map(sharedCase),
  ],
  ceilingHow:
    `tree: half the multiply-add rate (f64) divided by ${OPERATIONS_PER_EDGE} float operations an edge of the graph; it runs ` +
    'scalar JavaScript and mostly moves numbers, so a few per cent are what to expect',
  explain: () => [
    'No kernels: index arrays and float64 arithmetic in JavaScript, so that any array field can run the same program.',
    'Trajectories that share a history share its node; in a padding family 10^12 of them share a few thousand edges.',
  ],
};
