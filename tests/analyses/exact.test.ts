// `exact` and its document against plain enumeration of all trajectories, and against central differences.
import { describe, expect, test } from 'vitest';
import { type ExactResult, exact, exactDocument } from '../../src/analyses/exact.ts';
import { jsonChunks } from '../../src/base/json.ts';
import { exactSchema } from '../../src/documents/exact.ts';
import { joinLogits } from '../../src/policy/model.ts';
import type { PolicyLogits, TabularPolicy } from '../../src/policy/tabular.ts';
import { arrays, keyed, type Table } from '../oracle/bruteForce.ts';
import { nthPolicy, shapesUpTo } from '../oracle/policies.ts';
import { type Quantities, quantitiesOf } from '../oracle/quantities.ts';

/** What the format promises between two correct implementations. */
const AGREEMENT = 1e-10;
const BETA = 0.3;
const POLICIES = Array.from({ length: 50 }, (_, i) => i);

/** Largest difference of two gradients; different sizes are infinitely different. */
function gap(found: PolicyLogits, expected: Table): number {
  const [a, b] = [joinLogits(found), joinLogits(arrays(expected))];
  return a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) : Infinity;
}

function norm(table: Table, component?: 'sample' | 'decision'): number {
  const { sample, decision } = arrays(table);
  const rows = { sample: [sample], decision: [decision] }[component ?? 'sample'];
  return Math.hypot(...(component === undefined ? [...sample, ...decision] : rows[0]!));
}

/** [name, found, expected] of every scalar. */
function scalars(found: ExactResult, q: Quantities): [string, number, number][] {
  return [
    ['trajectories', found.trajectories, q.world.trajectories.length],
    ['expectedAttempts', found.expectedAttempts, q.attempts],
    ['reward.mean', found.reward.mean, q.mean],
    ['reward.variance', found.reward.variance, q.variance],
    ['reward.varianceSample', found.reward.varianceSample, q.budget.sample],
    ['reward.varianceDecision', found.reward.varianceDecision, q.budget.decision],
    ['reward.gradientNorm.sample', found.reward.gradientNorm.sample, norm(q.rewardGradient, 'sample')],
    ['reward.gradientNorm.decision', found.reward.gradientNorm.decision, norm(q.rewardGradient, 'decision')],
    ['reward.gradientNorm.total', found.reward.gradientNorm.total, norm(q.rewardGradient)],
    ['kl.value', found.kl.value, q.kl],
    ['kl.sample', found.kl.sample, q.klTerms.sample],
    ['kl.decision', found.kl.decision, q.klTerms.decision],
    ['kl.gradientNorm.sample', found.kl.gradientNorm.sample, norm(q.klGradient, 'sample')],
    ['kl.gradientNorm.decision', found.kl.gradientNorm.decision, norm(q.klGradient, 'decision')],
    ['kl.gradientNorm.total', found.kl.gradientNorm.total, norm(q.klGradient)],
    ['forwardKl.value', found.forwardKl.value, q.forwardKl],
    ['estimators.k1.value', found.estimators.k1.value, q.estimators.k1.value],
    ['estimators.k2.value', found.estimators.k2.value, q.estimators.k2.value],
    ['estimators.k3.value', found.estimators.k3.value, q.estimators.k3.value],
    ['regularised.beta', found.regularised.beta, BETA],
    ['regularised.optimum', found.regularised.optimum, q.optimum],
  ];
}

function gradients(found: ExactResult, q: Quantities): [string, PolicyLogits, Table][] {
  return [
    ['reward', found.reward.gradient, q.rewardGradient],
    ['kl', found.kl.gradient, q.klGradient],
    ['forwardKl', found.forwardKl.gradient, q.forwardGradient],
    ['k1', found.estimators.k1.lossGradient, q.estimators.k1.lossGradient],
    ['k2', found.estimators.k2.lossGradient, q.estimators.k2.lossGradient],
    ['k3', found.estimators.k3.lossGradient, q.estimators.k3.lossGradient],
  ];
}

/** Names of what differs by more than 1e-10. */
function disagreements(found: ExactResult, q: Quantities): string[] {
  const far = (name: string, error: number): string[] => (error <= AGREEMENT ? [] : [`${name}: ${error}`]);
  return [
    ...scalars(found, q).flatMap(([name, a, b]) => far(name, Math.abs(a - b))),
    ...gradients(found, q).flatMap(([name, a, b]) => far(`${name} gradient`, gap(a, b))),
  ];
}

describe('against enumeration', () => {
  test('50 random policies agree to 1e-10 in every number', () => {
    const found = POLICIES.map((i) => {
      const policy = nthPolicy(i);
      return disagreements(exact(policy, { beta: BETA }), quantitiesOf(policy, BETA));
    });
    expect(found).toEqual(POLICIES.map(() => []));
  });

  test('the policies cover every small shape and both kinds of reward', () => {
    const policies = POLICIES.map((i) => nthPolicy(i));
    expect(new Set(policies.map(({ shape }) => JSON.stringify(shape))).size).toBe(shapesUpTo(400).length);
    expect(new Set(policies.map(({ reward }) => reward.kind))).toEqual(new Set(['target', 'table']));
  });

  test('the comparison sees each number: that of another policy disagrees', () => {
    const policy = nthPolicy(12);
    const other = nthPolicy(12 + shapesUpTo(400).length);
    expect(other.shape).toEqual(policy.shape);
    expect(policy.shape.attempts).toBeGreaterThan(1);
    const q = quantitiesOf(policy, BETA);
    const found = exact(other, { beta: 2 * BETA });
    const seen = disagreements(found, q).map((line) => line.split(':')[0]!);
    const all = [
      ...scalars(found, q).map(([name]) => name),
      ...gradients(found, q).map(([name]) => `${name} gradient`),
    ];
    // What is the same for every policy of the shape: the number of trajectories, and that k1 as a loss is zero.
    expect(all.filter((name) => !seen.includes(name))).toEqual(['trajectories', 'k1 gradient']);
  });
});

describe('the document', () => {
  /** A document as a reader of the file sees it. */
  const read = (policy: TabularPolicy, result: ExactResult) =>
    JSON.parse([...jsonChunks(exactDocument(policy, result))].join(''));

  test('holds the same numbers, keyed by history, and nothing but what the schema names', () => {
    for (const i of POLICIES) {
      const policy = nthPolicy(i, 100);
      const q = quantitiesOf(policy, BETA);
      const document = read(policy, exact(policy, { beta: BETA }));
      exactSchema.parse(document);
      const { sample, decision } = document.reward.gradient;
      const expected = keyed(q.rewardGradient);
      expect(Object.keys(sample)).toEqual(Object.keys(expected.sample));
      expect(Object.keys(decision)).toEqual(Object.keys(expected.decision));
      const pairs: [Record<string, number[]>, Record<string, number[]>][] = [
        [document.reward.gradient, q.rewardGradient],
        [document.kl.gradient, q.klGradient],
        [document.forwardKl.gradient, q.forwardGradient],
        [document.estimators.k2.lossGradient, q.estimators.k2.lossGradient],
        [document.estimators.k3.lossGradient, q.estimators.k3.lossGradient],
      ].flatMap(([found, table]) => {
        const { sample: s, decision: d } = keyed(table);
        return [
          [found.sample, s],
          [found.decision, d],
        ];
      });
      for (const [found, rows] of pairs) {
        for (const [key, row] of Object.entries(rows)) {
          row.forEach((x, a) => {
            expect(Math.abs(found[key]![a]! - x), `policy ${i}, history "${key}"`).toBeLessThanOrEqual(
              AGREEMENT,
            );
          });
        }
      }
      expect(Math.abs(document.regularised.optimum - q.optimum)).toBeLessThanOrEqual(AGREEMENT);
      expect(Math.abs(document.kl.sample - q.klTerms.sample)).toBeLessThanOrEqual(AGREEMENT);
    }
  });

  test('what is undefined is null and said so', () => {
    const policy = nthPolicy(1, 100);
    const constant: TabularPolicy = {
      ...policy,
      reward: {
        kind: 'table',
        values: new Float64Array(quantitiesOf(policy, BETA).world.trajectories.length),
      },
    };
    const objective = { name: 'reinforce', options: { groupSize: 2 } };
    const document = read(constant, exact(constant, { beta: BETA, objective }));
    exactSchema.parse(document);
    expect(document.objective.cosine).toEqual({ sample: null, decision: null, total: null });
    expect(document.objective.scale).toBeNull();
    expect(document.warnings).toHaveLength(4);
    expect(document.warnings.join()).toContain('objective.cosine.decision');
  });
});

describe('central differences', () => {
  type Value = (result: ExactResult) => number;

  /**
   * A logit enters one token of a trajectory at most: with L = log π(τ) as a function of it |L′| ≤ 1, |L″| ≤ ¼, |L‴| ≤ 1/10,
   * so that |p″| ≤ 1.25 p and |p‴| ≤ (1 + ¾ + 1/10) p. Hence |J‴| ≤ 1.85 max|R|; KL = Σ p·r has
   * |KL‴| ≤ 1.85 max|r| + 3·1.25 + 3·¼ + 1/10; the forward KL = Σ q·(log q − L) has |·| ≤ 1/10.
   */
  const thirdOf = (q: Quantities): { J: number; kl: number; forward: number } => {
    const { policy, reference, trajectories } = q.world;
    const reward = Math.max(...trajectories.map((t) => Math.abs(t.reward)));
    const ratio = Math.max(...policy.logPath.map((lp, i) => Math.abs(lp - reference.logPath[i]!)));
    return { J: 1.85 * reward, kl: 1.85 * ratio + 4.6, forward: 0.1 };
  };

  /** Each of T tokens costs a softmax and a sum over V, every log-probability a few ulp of its own size. */
  const roundingOf = (q: Quantities, size: number): number => {
    const { attempts, length, vocabulary } = q.world.shape;
    const largest = Math.max(...q.world.policy.logPath.map(Math.abs));
    return attempts * (length + 1) * (2 * vocabulary + 8 + largest) * (Number.EPSILON / 2) * size;
  };

  function worstDifference(policy: TabularPolicy, value: Value, found: PolicyLogits, h: number): number {
    let worst = 0;
    for (const part of ['sample', 'decision'] as const) {
      for (let i = 0; i < policy.logits[part].length; i++) {
        const shifted = (step: number): number => {
          const values = Float64Array.from(policy.logits[part]);
          values[i]! += step;
          const logits: PolicyLogits = { ...policy.logits, [part]: values };
          return value(exact({ ...policy, logits }, { beta: BETA }));
        };
        worst = Math.max(worst, Math.abs((shifted(h) - shifted(-h)) / (2 * h) - found[part][i]!));
      }
    }
    return worst;
  }

  test.each([4, 7, 10, 13, 16, 20])('policy %i: J, KL and forward KL, every logit', (i) => {
    const policy = nthPolicy(i, 30);
    const q = quantitiesOf(policy, BETA);
    const third = thirdOf(q);
    const result = exact(policy, { beta: BETA });
    const logs = Math.max(
      ...q.world.policy.logPath.map((lp, t) => Math.abs(lp) + Math.abs(q.world.reference.logPath[t]!)),
    );
    const cases: [Value, PolicyLogits, number, number][] = [
      [(r) => r.reward.mean, result.reward.gradient, third.J, third.J],
      [(r) => r.kl.value, result.kl.gradient, third.kl, logs],
      [(r) => r.forwardKl.value, result.forwardKl.gradient, third.forward, logs],
    ];
    for (const [value, gradient, bound, size] of cases) {
      const rounding = roundingOf(q, size);
      const h = Math.cbrt((3 * rounding) / bound);
      // Truncation and rounding of the difference, and rounding of the gradient itself.
      const tolerance = (h * h * bound) / 6 + rounding / h + rounding;
      expect(tolerance).toBeLessThan(1e-6);
      expect(worstDifference(policy, value, gradient, h)).toBeLessThanOrEqual(tolerance);
      // The forward KL is nearly quadratic; the other gradients are told from their halves.
      const halved = {
        sample: gradient.sample.map((x) => x / 2),
        decision: gradient.decision.map((x) => x / 2),
      };
      expect(worstDifference(policy, value, halved, h)).toBeGreaterThan(tolerance);
    }
  });
});
