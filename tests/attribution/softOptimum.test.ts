// The soft optimum: a tilt of the reference, better than every other policy, sound for any β.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanReward } from '../../src/attribution/budget.ts';
import { klTerms } from '../../src/attribution/divergence.ts';
import { GraphPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { alongTrajectories, backward } from '../../src/attribution/recursions.ts';
import { softOptimum } from '../../src/attribution/softOptimum.ts';
import { expOf } from '../../src/attribution/vectors.ts';
import { float64Field, logSemiring } from '../../src/base/field.ts';
import { randomStream } from '../../src/base/random.ts';
import { edgeLogProbs, joinLogits, tabularModel } from '../../src/policy/model.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { drawPolicy, nthPolicy } from '../oracle/policies.ts';
import { quantitiesOf } from '../oracle/quantities.ts';

const POLICIES = [3, 4, 8, 9, 12, 16, 21, 26];

function setUp(policy: TabularPolicy, scale = 1) {
  const { graph, reward } = tabularModel(policy);
  const logRef = edgeLogProbs(
    graph,
    joinLogits(policy.reference).map((x) => scale * x),
  );
  const path = (logProb: Float64Array): Float64Array => expOf(alongTrajectories(logSemiring, graph, logProb));
  /** J − Σ_c β_c·KL_c of a policy. */
  const objective = (logProb: Float64Array, sample: number, decision: number): number => {
    const at = new GraphPolicy(graph, logProb);
    const kl = klTerms(at, new GraphPolicy(graph, logRef));
    const of = (b: number, term: number): number => (term === 0 ? 0 : b * term);
    return meanReward(at, reward) - of(sample, kl.sample) - of(decision, kl.decision);
  };
  return { graph, reward, logRef, path, objective };
}

const both = (beta: number) => ({ sample: beta, decision: beta });

describe('one β', () => {
  test.each(POLICIES)('policy %i: β log Z and π* are those summed over trajectories', (i) => {
    const policy = nthPolicy(i, 100);
    const { graph, logRef, reward, path, objective } = setUp(policy);
    for (const beta of [0.05, 0.3, 2]) {
      const q = quantitiesOf(policy, beta);
      const found = softOptimum({ graph, logRef, reward }, both(beta));
      // Logarithms up to R/β = 100 are rounded in each of at most 7 layers, probabilities to that relative error.
      const tolerance = 7 * 16 * 100 * Number.EPSILON;
      expect(Math.abs(found.value - q.optimum)).toBeLessThanOrEqual(tolerance);
      path(found.logProb).forEach((p, leaf) => {
        expect(Math.abs(p - q.optimalPath[leaf]!)).toBeLessThanOrEqual(tolerance);
      });
      expect(Math.abs(objective(found.logProb, beta, beta) - found.value)).toBeLessThanOrEqual(tolerance);
    }
  });

  test('no other policy does better', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...POLICIES),
        fc.nat(10_000),
        fc.constantFrom(0.01, 1, 100),
        (i, seed, size) => {
          const { graph, logRef, reward, objective } = setUp(nthPolicy(i, 100));
          const beta = 0.3;
          const { logProb, value } = softOptimum({ graph, logRef, reward }, both(beta));
          const random = randomStream(seed, 'tests/optimum');
          // In a tree the table of an edge array is the array in the order of its slots.
          const table = new Float64Array(graph.slots);
          for (const [e, lp] of logProb.entries()) table[graph.slot[e]!] = lp + size * random.normal();
          const other = objective(edgeLogProbs(graph, table), beta, beta);
          expect(other).toBeLessThanOrEqual(value + 1e-12);
          if (size === 100) expect(other).toBeLessThan(value);
        },
      ),
    );
  });
});

describe('a β per component', () => {
  const policy = drawPolicy({ attempts: 3, length: 1, vocabulary: 3 }, 3);
  const { graph, logRef, reward, objective } = setUp(policy);

  function perturbed(logProb: Float64Array, seed: number, only?: 'sample' | 'decision'): Float64Array {
    const random = randomStream(seed, 'tests/optimum');
    const table = new Float64Array(graph.slots);
    for (const layer of graph.layers) {
      for (let e = layer.edgeStart; e < layer.edgeStart + layer.source.length; e++) {
        const moves = only === undefined || layer.component === only;
        table[graph.slot[e]!] = logProb[e]! + (moves ? 0.3 * random.normal() : 0);
      }
    }
    return edgeLogProbs(graph, table);
  }

  test('is optimal for its own objective', () => {
    const { logProb, value } = softOptimum({ graph, logRef, reward }, { sample: 0.2, decision: 0.7 });
    expect(Math.abs(objective(logProb, 0.2, 0.7) - value)).toBeLessThanOrEqual(1e-12);
    for (let seed = 0; seed < 50; seed++) {
      expect(objective(perturbed(logProb, seed), 0.2, 0.7)).toBeLessThan(value);
    }
    expect(objective(logProb, 0.7, 0.2)).toBeLessThan(
      softOptimum({ graph, logRef, reward }, { sample: 0.7, decision: 0.2 }).value,
    );
  });

  test.each(['sample', 'decision'] as const)('β = ∞ freezes %s at the reference', (frozen) => {
    const free = frozen === 'sample' ? 'decision' : 'sample';
    const beta = { ...both(0.3), [frozen]: Number.POSITIVE_INFINITY };
    const { logProb, value } = softOptimum({ graph, logRef, reward }, beta);
    for (const { component, edgeStart, source } of graph.layers) {
      if (component !== frozen) continue;
      expect(logProb.subarray(edgeStart, edgeStart + source.length)).toEqual(
        logRef.subarray(edgeStart, edgeStart + source.length),
      );
    }
    expect(Math.abs(objective(logProb, 0.3, 0.3) - value)).toBeLessThanOrEqual(1e-12);
    for (let seed = 0; seed < 50; seed++) {
      expect(objective(perturbed(logProb, seed, free), 0.3, 0.3)).toBeLessThan(value);
    }
  });

  test('β → ∞ tends to the frozen optimum, and to the reference where both freeze', () => {
    const frozen = softOptimum(
      { graph, logRef, reward },
      { sample: Number.POSITIVE_INFINITY, decision: 0.3 },
    );
    const reference = softOptimum({ graph, logRef, reward }, both(Number.POSITIVE_INFINITY));
    expect(reference.logProb).toEqual(logRef);
    expect(reference.value).toBe(backward(float64Field, graph, expOf(logRef), reward).v[0]!);
    const gaps = [1e2, 1e4, 1e6].map((beta) => {
      const near = softOptimum({ graph, logRef, reward }, { sample: beta, decision: 0.3 });
      return near.logProb.reduce((most, lp, e) => Math.max(most, Math.abs(lp - frozen.logProb[e]!)), 0);
    });
    // π* = π_ref·(1 + O(range of R/β)).
    const range = reward.reduce((a, b) => Math.max(a, b)) - reward.reduce((a, b) => Math.min(a, b));
    [1e2, 1e4, 1e6].forEach((beta, i) => {
      expect(gaps[i]!).toBeLessThanOrEqual((4 * range) / beta);
      expect(gaps[i]!).toBeGreaterThan(0);
    });
  });
});

describe('sizes that overflow', () => {
  const policy = drawPolicy({ attempts: 3, length: 1, vocabulary: 3 }, 3);

  test('β = 1e-6 is the best trajectory', () => {
    const { graph, logRef, reward, path } = setUp(policy);
    const { value, logProb } = softOptimum({ graph, logRef, reward }, both(1e-6));
    const best = reward.reduce((a, b) => Math.max(a, b));
    // β log Z lies between R_max + β log ref(best) and R_max.
    expect(value).toBeLessThanOrEqual(best);
    expect(value).toBeGreaterThan(best - 1e-4);
    const prob = path(logProb);
    expect(prob.indexOf(1)).toBe(reward.indexOf(best));
    expect(prob.every((p) => Number.isFinite(p))).toBe(true);
  });

  test.each([1e-6, 0.1, 10])('reference logits of ±700 and more, β = %d', (beta) => {
    const { graph, logRef, reward, path, objective } = setUp(policy, 700);
    const { value, logProb } = softOptimum({ graph, logRef, reward }, both(beta));
    const total = path(logProb).reduce((a, b) => a + b, 0);
    expect(value).toBeLessThanOrEqual(reward.reduce((a, b) => Math.max(a, b)));
    expect(value).toBeGreaterThanOrEqual(reward.reduce((a, b) => Math.min(a, b)));
    // Logarithms up to 3000 (and R/β) are rounded in five layers.
    const tolerance = 5 * 16 * (3000 + 10 / beta) * Number.EPSILON;
    expect(Math.abs(total - 1)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(objective(logProb, beta, beta) - value)).toBeLessThanOrEqual(
      tolerance * (1 + 3000 * beta),
    );
  });

  test.each([1e3, 1e6, 1e9])('a reward %d higher for everybody leaves π* as it is', (offset) => {
    const { graph, logRef, reward } = setUp(policy);
    const plain = softOptimum({ graph, logRef, reward }, both(0.1));
    const lifted = softOptimum({ graph, logRef, reward: reward.map((r) => r + offset) }, both(0.1));
    // The lifted rewards themselves are rounded to ulp(offset); their differences are divided by β.
    const tolerance = 8 * 5 * offset * Number.EPSILON * 10;
    lifted.logProb.forEach((lp, e) => {
      expect(Math.abs(lp - plain.logProb[e]!)).toBeLessThanOrEqual(tolerance);
    });
    expect(Math.abs(lifted.value - plain.value - offset)).toBeLessThanOrEqual(tolerance);
    // What is not rounded away by the rewards is not lost either: rows stay normalised.
    for (const { edgeStart, source, arity } of graph.layers) {
      for (let start = edgeStart; start < edgeStart + source.length; start += arity) {
        const row = lifted.logProb.subarray(start, start + arity);
        expect(Math.abs(expOf(row).reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-13);
      }
    }
  });

  test('constant rewards tilt nothing, whatever their size', () => {
    const { graph, logRef, reward } = setUp(policy);
    const { logProb, value } = softOptimum({ graph, logRef, reward: reward.map(() => -1e12) }, both(1e-3));
    expect(value).toBe(-1e12);
    logProb.forEach((lp, e) => {
      expect(Math.abs(lp - logRef[e]!)).toBeLessThanOrEqual(16 * Number.EPSILON * (1 + Math.abs(lp)));
    });
  });
});
