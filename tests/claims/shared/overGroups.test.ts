// Sums by factors and by lengths are the sums over all groups, on a tree whose trajectories have three lengths.
import { expect, test } from 'vitest';
import { hashStream } from '../../../src/algebra/hashStream.ts';
import { type PrimeArray, primeField } from '../../../src/algebra/primeField.ts';
import { leafLengths } from '../../../src/attribution/over/indices.ts';
import { freePolicy } from '../../../src/attribution/over/instance.ts';
import { leafProbabilities } from '../../../src/attribution/over/quantities.ts';
import {
  gapPairByPair,
  gapToPartner,
  gapToTwoPartners,
  gapTripleByTriple,
} from '../../../src/claims/shared/overGroups.ts';
import { compileTree } from '../../../src/policy/tree.ts';

const graph = compileTree({ attempts: 3, length: 1, vocabulary: 2 });
const words = hashStream(1, 'groups');
const policy = freePolicy(primeField, graph, (n) => primeField.random(n, words));
const partner = primeField.random(graph.leaves, words);
const [prob, x, y] = [leafProbabilities(policy), policy.reward, partner].map((a) => primeField.integers(a));
const lengths = leafLengths(graph);
const MULTIPLE = 360360n;

/** What both ways are compared with: fractions of p written out, with no field of arrays. */
function byHand(term: (i: number, j: number, k: number) => bigint): PrimeArray {
  const all = [...lengths.keys()];
  const expected = all.map((i) =>
    all.flatMap((j) => all.map((k) => prob![j]! * prob![k]! * term(i, j, k))).reduce((a, b) => a + b),
  );
  return primeField.fromIntegers(expected);
}

const zeros = (left: PrimeArray, right: PrimeArray): boolean =>
  primeField.firstNonZero(primeField.sub(left, right)) < 0;

test.each<[string, (own: number, other: number) => number]>([
  ['a constant', () => 3],
  ['the own length', (own) => own],
  ['both lengths, not alike', (own, other) => own + 2 * other],
])('pairs, over %s', (_, divisor) => {
  const byLengths = gapToPartner(policy, policy.reward, partner, divisor);
  expect(zeros(byLengths, gapPairByPair(policy, policy.reward, partner, divisor))).toBe(true);
  // 360360 is a multiple of all divisors up to 15. Σ_k π_k = 1, so that a third trajectory changes nothing.
  const expected = byHand(
    (i, j) => ((x![i]! - y![j]!) * MULTIPLE) / BigInt(divisor(lengths[i]!, lengths[j]!)),
  );
  const scaled = primeField.mul(byLengths, primeField.fromIntegers(Array.from(lengths, () => MULTIPLE)));
  expect(zeros(scaled, expected)).toBe(true);
});

test('a divisor that is read in the wrong order is seen', () => {
  const right = gapToPartner(policy, policy.reward, partner, (own, other) => own + 2 * other);
  const wrong = gapPairByPair(policy, policy.reward, partner, (own, other) => other + 2 * own);
  expect(zeros(right, wrong)).toBe(false);
});

test('triples', () => {
  const byFactors = gapToTwoPartners(policy, policy.reward, partner);
  expect(zeros(byFactors, gapTripleByTriple(policy, policy.reward, partner))).toBe(true);
  expect(
    zeros(
      byFactors,
      byHand((i, j, k) => 2n * x![i]! - y![j]! - y![k]!),
    ),
  ).toBe(true);
});
