// KL divergences and their estimators where floats end; generic values stand against enumeration in tests/experiments.
import { describe, expect, test } from 'vitest';
import {
  estimatorMoments,
  forwardKlGradient,
  klGradient,
  klTerms,
  leafRatios,
  logRatio,
  weightedKl,
  weightedKlSlope,
} from '../../src/attribution/divergence.ts';
import { EvaluatedPolicy, GraphPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { norm2 } from '../../src/attribution/vectors.ts';
import { tabularModel } from '../../src/policy/model.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { drawPolicy, nthPolicy } from '../oracle/policies.ts';

const NAMES = ['k1', 'k2', 'k3'] as const;

/** The policy with its logits and those of its reference scaled. */
function setUp(policy: TabularPolicy, scale = 1, refScale = scale): EvaluatedPolicy {
  const { logits, reference, ...rest } = tabularModel(policy);
  const scaled = (table: Float64Array, by: number): Float64Array => table.map((x) => by * x);
  return new EvaluatedPolicy({
    ...rest,
    logits: scaled(logits, scale),
    reference: scaled(reference, refScale),
  });
}

describe('identities', () => {
  test.each([3, 8, 12, 16])('policy %i', (i) => {
    const at = setUp(nthPolicy(i, 100));
    const { reference } = at;
    const [k1, k2, k3] = NAMES.map((name) => estimatorMoments(at, name));
    const kl = klTerms(at, reference);
    // Sums over 100 trajectories of log-ratios below 40, squared in k2.
    const tolerance = 100 * 7 * 40 ** 2 * Number.EPSILON;
    const close = (a: Float64Array, b: Float64Array): boolean =>
      norm2(a.map((x, s) => x - b[s]!)) <= tolerance;
    expect(Math.abs(k1!.value - kl.sample - kl.decision)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(k3!.value - kl.sample - kl.decision)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(k2!.value - kl.sample - kl.decision)).toBeGreaterThan(1e-3);
    expect(norm2(k1!.lossGradient)).toBeLessThanOrEqual(tolerance);
    expect(close(k2!.lossGradient, klGradient(at, reference))).toBe(true);
    expect(close(k3!.lossGradient, forwardKlGradient(at, reference))).toBe(true);
    expect(close(k3!.lossGradient, klGradient(at, reference))).toBe(false);
    expect(Math.min(kl.sample, kl.decision)).toBeGreaterThanOrEqual(0);
  });

  test('the reference itself is at distance zero, exactly', () => {
    const at = setUp(nthPolicy(12, 100));
    expect(klTerms(at, at)).toEqual({ sample: 0, decision: 0 });
    expect(norm2(klGradient(at, at))).toBe(0);
  });
});

describe('probabilities below the smallest float', () => {
  const policy = drawPolicy({ attempts: 2, length: 2, vocabulary: 3 }, 3);

  test('an action of probability zero has no log-ratio', () => {
    const { graph } = tabularModel(drawPolicy({ attempts: 1, length: 1, vocabulary: 2 }, 3));
    const [p, q] = [Float64Array.of(-800, -1), Float64Array.of(-1, -900)].map(
      (logProb) => new GraphPolicy(graph, logProb),
    );
    expect([...logRatio(p!, q!)]).toEqual([0, 899]);
  });

  test.each([
    [700, 1],
    [1, 700],
    [700, 700],
    [1e5, 1e5],
  ])('logits times %d and %d: everything stays finite', (scale, refScale) => {
    const at = setUp(policy, scale, refScale);
    const { reference } = at;
    for (const name of NAMES) {
      const { value, lossGradient } = estimatorMoments(at, name);
      expect(value).not.toBeNaN();
      expect(norm2(lossGradient)).toBeLessThan(Number.POSITIVE_INFINITY);
    }
    for (const gradient of [klGradient(at, reference), forwardKlGradient(at, reference)]) {
      expect(norm2(gradient)).toBeLessThan(Number.POSITIVE_INFINITY);
    }
    const { sample, decision } = klTerms(at, reference);
    expect(Math.min(sample, decision)).toBeGreaterThanOrEqual(0);
    expect(sample + decision).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  test('ratios of trajectories that neither can reach are still numbers', () => {
    const { prob, refProb, logRatio: ratio } = leafRatios(setUp(policy, 1e4));
    expect(prob.filter((p) => p === 0).length).toBeGreaterThan(0);
    expect(refProb.filter((p) => p === 0).length).toBeGreaterThan(0);
    expect(ratio.every(Number.isFinite)).toBe(true);
  });

  test('mass times an infinite ratio is zero where the mass is', () => {
    for (const name of NAMES) {
      expect(weightedKl(name, 0, 0.5, Number.NEGATIVE_INFINITY)).toBe(name === 'k3' ? 0.5 : 0);
      expect(weightedKlSlope(name, 0, 0.5, Number.NEGATIVE_INFINITY)).toBe(name === 'k3' ? -0.5 : 0);
    }
  });

  test('π·k and π·k′ are the estimators times the probability', () => {
    const [p, q] = [0.3, 0.8];
    const r = Math.log(p / q);
    const expected = { k1: [r, 1], k2: [(r * r) / 2, r], k3: [Math.exp(-r) - 1 + r, 1 - Math.exp(-r)] };
    for (const name of NAMES) {
      expect(weightedKl(name, p, q, r)).toBeCloseTo(p * expected[name][0]!, 15);
      expect(weightedKlSlope(name, p, q, r)).toBeCloseTo(p * expected[name][1]!, 15);
    }
  });
});
