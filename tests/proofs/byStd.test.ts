// What is proved about ÷ std, against numbers: advantages of groups and the factor of binary rewards; and the policy that refutes a direction.
import { expect, test } from 'vitest';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { leafProbabilities } from '../../src/attribution/over/quantities.ts';
import type { PolicyOver } from '../../src/attribution/policyOver.ts';
import { rewardGradientOf, scalarGradient } from '../../src/claims/c2CreditByOneScalar/alongReward.ts';
import { byStdControls, byStdStatements } from '../../src/claims/c2CreditByOneScalar/byStd.ts';
import { Graphs } from '../../src/claims/shared/places.ts';
import type { Statement } from '../../src/claims/statement.ts';
import { type Candidate, inFloat64 } from '../../src/proofs/candidate.ts';
import { counterExample } from '../../src/proofs/counterExample.ts';
import { proveStatement } from '../../src/proofs/prove.ts';

const graphs = new Graphs({ attempts: 2, length: 1, vocabulary: 2 });
const options = { points: 3, words: hashStream(1, 'std') };
const named = (start: string): Statement => byStdStatements.find(({ name }) => name.startsWith(start))!;

/** A policy with small integers as odds. */
function onTree(reward: readonly number[], symbols: Candidate['symbols'] = {}) {
  const graph = graphs.of({})[0]!;
  const odds = Array.from({ length: graph.slots }, (_, i) => 1 + (i % 3));
  return inFloat64({ graph, odds, refOdds: odds, reward, symbols });
}

test.each(byStdStatements)('$name: below 2^-100', (statement) => {
  const { verdict, riskLog2 } = proveStatement(statement, graphs, options);
  expect(verdict).toBe('proved');
  expect(riskLog2).toBeLessThan(-100);
});

test('a group of three in float64: advantages over the root of the variance', () => {
  // Rewards 0, 3, 6 have the variance 6: the advantages are −3/√6, 0 and 3/√6, and the coefficient of s is what is divided by 6.
  const { policy, symbols } = onTree([], { rewards: [0, 3, 6], scale: [2], offset: [5] });
  const { left } = named('any group of three').sides(policy, symbols);
  const moved = [...left].slice(-3);
  expect(moved).toEqual([-3 / 6, 0, 3 / 6]);
});

/** E[(R_i − mean)/std | τ_i], every group enumerated, std over G and 0/0 read as 0; times π_i·u_i, summed [slots]. */
function enumerated(policy: PolicyOver<Float64Array>, size: 2 | 3): Float64Array {
  const prob = leafProbabilities(policy);
  const all = [...prob.keys()];
  const advantage = (group: readonly number[]): number => {
    const rewards = group.map((i) => policy.reward[i]!);
    const mean = rewards.reduce((a, b) => a + b) / size;
    const std = Math.sqrt(rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / size);
    return std === 0 ? 0 : (rewards[0]! - mean) / std;
  };
  const others = all.flatMap((j) => (size === 2 ? [[j]] : all.map((k) => [j, k])));
  const scalar = all.map((i) =>
    others.reduce((sum, rest) => sum + rest.reduce((p, j) => p * prob[j]!, 1) * advantage([i, ...rest]), 0),
  );
  return scalarGradient(policy, Float64Array.from(scalar));
}

test('binary rewards in float64: every group of three with its own std has √2·∇J, which is 3·s·∇J', () => {
  const { policy } = onTree([1, 0, 0, 1, 1, 0]);
  const [found, gradient] = [enumerated(policy, 3), rewardGradientOf(policy)];
  found.forEach((x, i) => {
    expect(x).toBeCloseTo(Math.SQRT2 * gradient[i]!, 12);
  });
  const { left, right } = named('binary reward, G = 3').sides(policy, {});
  left.forEach((x, i) => {
    expect(x).toBeCloseTo(right[i]!, 12);
  });
  expect([...right.slice(policy.graph.slots)].map((x) => (x * Math.SQRT2) / 3)).toEqual(
    [...found].map((x) => expect.closeTo(x, 12)),
  );
});

test('÷ std and three rewards: a policy with fractions refutes that the direction is that of ∇J', () => {
  const [control] = byStdControls;
  const found = counterExample(control!)!;
  expect(found.candidate.reward).toEqual(found.candidate.reward.map((_, i) => i % 3));
  expect([found.left, found.right].every((text) => /^-?\d+(\/\d+)?$/.test(text))).toBe(true);
  // Every group of two with its own std says the same of this policy.
  const { policy } = inFloat64(found.candidate);
  const [enumeratedOnes, gradient] = [enumerated(policy, 2), rewardGradientOf(policy)];
  const gap = enumeratedOnes[found.index]! * gradient[0]! - gradient[found.index]! * enumeratedOnes[0]!;
  const { left, right } = control!.sides(policy, {});
  expect(gap).toBeCloseTo(left[found.index]! - right[found.index]!, 12);
  expect(Math.abs(gap)).toBeGreaterThan(1e-4);
});
