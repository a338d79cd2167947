// Groups of trajectories over any field: expectations over the other trajectories of a group, each of which is enumerated.
import { leafProbabilities } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';

/** Pairs that are held at a time. */
const BLOCK = 1 << 16;

/**
 * Σ_j π(τ_j)·f(i, j) for every trajectory i of a tree: the expectation over the second trajectory of a group of two [leaves].
 * @param term f at the pairs (own[p], other[p]) of leaves [pairs]
 */
export function overPartners<A>(policy: PolicyOver<A>, term: (own: Int32Array, other: Int32Array) => A): A {
  const { field, graph } = policy;
  const n = graph.leaves;
  const prob = leafProbabilities(policy);
  const rowsAtOnce = Math.max(1, Math.floor(BLOCK / n));
  const parts: A[] = [];
  for (let start = 0; start < n; start += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, n - start);
    const row = Int32Array.from({ length: rows * n }, (_, p) => Math.floor(p / n));
    const own = row.map((r) => start + r);
    const other = row.map((_, p) => p % n);
    parts.push(field.segmentSum(field.mul(field.gather(prob, other), term(own, other)), row, rows));
  }
  return field.concat(parts);
}

/** Σ_{j,k} π(τ_j)·π(τ_k)·f(i, j, k): the same over the two others of a group of three [leaves]; for small trees. */
export function overTwoPartners<A>(
  policy: PolicyOver<A>,
  term: (own: Int32Array, second: Int32Array, third: Int32Array) => A,
): A {
  const { field, graph } = policy;
  const n = graph.leaves;
  const prob = leafProbabilities(policy);
  const own = Int32Array.from({ length: n ** 3 }, (_, p) => Math.floor(p / n ** 2));
  const second = own.map((_, p) => Math.floor(p / n) % n);
  const third = own.map((_, p) => p % n);
  const weight = field.mul(field.gather(prob, second), field.gather(prob, third));
  return field.segmentSum(field.mul(weight, term(own, second, third)), own, n);
}
