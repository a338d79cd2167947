// Groups of trajectories over any field: expectations over the other trajectories of a group. What is a sum of products of one factor for
// each trajectory is summed factor by factor, so that ten thousand trajectories need no pairs; every pair and triple of small trees is
// enumerated beside it.
import { dividedBy, repeat, total } from '../../attribution/over/arithmetic.ts';
import { leafLengths } from '../../attribution/over/indices.ts';
import { leafProbabilities } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';

/** A divisor that reads the lengths |o| of both trajectories of a group. */
export type LengthDivisor = (own: number, other: number) => number;

/** The lengths that trajectories have, and which of them each has [leaves]. */
const lengthClasses: (graph: TrajectoryGraph) => {
  readonly lengths: readonly number[];
  readonly classOf: Int32Array;
} = memoised((graph) => {
  const each = leafLengths(graph);
  const lengths = [...new Set(each)];
  return { lengths, classOf: each.map((length) => lengths.indexOf(length)) };
});

/**
 * E[(x_i − y_j)/d(|o_i|, |o_j|) | τ_i] for every trajectory i, j being the other of a group of two [leaves]. It is summed by lengths:
 * Σ_l (x_i·Σ_{|o_j| = l} π_j − Σ_{|o_j| = l} π_j·y_j)/d(|o_i|, l).
 * @param own x of every trajectory [leaves]
 * @param other y of every trajectory [leaves]
 */
export function gapToPartner<A>(
  policy: PolicyOver<A>,
  own: A,
  other: A,
  divisor: LengthDivisor = () => 1,
): A {
  const { field, graph } = policy;
  const prob = leafProbabilities(policy);
  const { lengths, classOf } = lengthClasses(graph);
  const n = lengths.length;
  const pairs = Int32Array.from({ length: n * n }, (_, p) => p);
  const [row, column] = [pairs.map((p) => Math.floor(p / n)), pairs.map((p) => p % n)];
  const by = pairs.map((p) => divisor(lengths[row[p]!]!, lengths[column[p]!]!));
  // Of every length of τ_i: Σ_l (Σ_{|o_j| = l} π_j·y_j)/d, given at every trajectory of that length.
  const expected = (weighted: A): A => {
    const perLength = field.segmentSum(weighted, classOf, n);
    const sums = field.segmentSum(dividedBy(field, field.gather(perLength, column), by), row, n);
    return field.gather(sums, classOf);
  };
  return field.sub(field.mul(own, expected(prob)), expected(field.mul(prob, other)));
}

/**
 * E[2·x_i − (y_j + y_k) | τ_i] for every trajectory i, j and k being the others of a group of three [leaves], by factors:
 * 2·x_i·(Σ_j π_j)(Σ_k π_k) − 2·(Σ_j π_j·y_j)(Σ_k π_k).
 */
export function gapToTwoPartners<A>(policy: PolicyOver<A>, own: A, other: A): A {
  const { field, graph } = policy;
  const prob = leafProbabilities(policy);
  const everywhere = (x: A): A => repeat(field, x, graph.leaves);
  const mass = total(field, prob, graph.leaves);
  const mean = total(field, field.mul(prob, other), graph.leaves);
  const once = field.sub(
    field.mul(own, everywhere(field.mul(mass, mass))),
    everywhere(field.mul(mean, mass)),
  );
  return field.add(once, once);
}

/** `gapToPartner` with every pair of trajectories enumerated; for small trees. */
export function gapPairByPair<A>(policy: PolicyOver<A>, own: A, other: A, divisor: LengthDivisor): A {
  const { field, graph } = policy;
  const n = graph.leaves;
  const lengths = leafLengths(graph);
  const i = Int32Array.from({ length: n * n }, (_, p) => Math.floor(p / n));
  const j = i.map((_, p) => p % n);
  const gap = field.sub(field.gather(own, i), field.gather(other, j));
  const by = i.map((first, p) => divisor(lengths[first]!, lengths[j[p]!]!));
  const prob = field.gather(leafProbabilities(policy), j);
  return field.segmentSum(field.mul(prob, dividedBy(field, gap, by)), i, n);
}

/** `gapToTwoPartners` with every triple of trajectories enumerated; for small trees. */
export function gapTripleByTriple<A>(policy: PolicyOver<A>, own: A, other: A): A {
  const { field, graph } = policy;
  const n = graph.leaves;
  const prob = leafProbabilities(policy);
  const i = Int32Array.from({ length: n ** 3 }, (_, p) => Math.floor(p / n ** 2));
  const j = i.map((_, p) => Math.floor(p / n) % n);
  const k = i.map((_, p) => p % n);
  const weight = field.mul(field.gather(prob, j), field.gather(prob, k));
  const mine = field.gather(own, i);
  const gap = field.sub(field.add(mine, mine), field.add(field.gather(other, j), field.gather(other, k)));
  return field.segmentSum(field.mul(weight, gap), i, n);
}
