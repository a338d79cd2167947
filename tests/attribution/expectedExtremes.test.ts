// Expected gradients where ratios, estimators of KL or probabilities leave the range of float64: the right number, or NaN, which becomes
// null with a warning in a document; never a number that lacks a part.
import { describe, expect, test } from 'vitest';
import { exact, exactDocument } from '../../src/analyses/exact.ts';
import { evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { expectedGradient } from '../../src/attribution/expectedGradient.ts';
import type { Behaviour } from '../../src/attribution/profiles.ts';
import { jsonChunks } from '../../src/base/json.ts';
import type { RawOptions } from '../../src/base/options.ts';
import { defineObjective } from '../../src/objectives/index.ts';
import { getObjective } from '../../src/objectives/registry.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { drawPolicy } from '../oracle/policies.ts';

/** One token of two, R = 1 and 0: π has logits [0, −gap], the reference [0, −refGap]. */
function oneToken(gap: number, refGap: number): TabularPolicy {
  const drawn = drawPolicy({ attempts: 1, length: 1, vocabulary: 2 }, 3);
  const logits = (x: number) => ({ sample: Float64Array.of(0, -x), decision: new Float64Array(0) });
  const reward = { kind: 'table', values: Float64Array.of(1, 0) } as const;
  return { ...drawn, logits: logits(gap), reference: logits(refGap), reward };
}

function gradient(policy: TabularPolicy, name: string, raw: RawOptions, behaviour: Behaviour): number[] {
  const objective = getObjective(name);
  const options = objective.parseOptions(raw);
  return [
    ...expectedGradient(evaluatedPolicy(policy), { objective, options, groupSize: 2, behaviour }).gradient,
  ];
}

const inReward = { beta: 0.1, klPlacement: 'reward', klEstimator: 'k3' };

/** A log-probability is known to half an ulp of itself, and here it is an exponent. */
const rounding = (gap: number): number => 16 * gap * Number.EPSILON;

describe('the right number', () => {
  // The reference all but never draws the wrong token, π does half of the time: the ratio times the probability is ½. In groups of two
  // drGrpo gives it A = −½, and no one else has a weight, since π/ref = ½ is below the clip and A = ½: w = ½·½·½ at both places.
  test.each([50, 300, 600, 709, 720, 745, 800, 5000])('drGrpo off policy, a ratio of e^%i', (gap) => {
    const [up, down] = gradient(oneToken(0, gap), 'drGrpo', {}, 'reference');
    expect(Math.abs(up! - 1 / 8)).toBeLessThanOrEqual(rounding(gap));
    expect(Math.abs(down! + 1 / 8)).toBeLessThanOrEqual(rounding(gap));
  });

  // k3's slope at the wrong token is 1 − e^{−δ} with δ = log ½ − 0 at the right one and δ = gap at the wrong one.
  test.each([50, 720, 5000])('k3 in the loss on policy, e^%i at a token that is never drawn', (gap) => {
    // E[w] of the right token is −β·π·(1 − ref/π) with π = 1, ref = ½, that of the wrong one −β·(π − ref) = β/2.
    const policy = oneToken(gap, 0);
    const [up, down] = gradient(
      policy,
      'reinforce',
      { beta: 0.1, klPlacement: 'loss', klEstimator: 'k3' },
      'policy',
    );
    expect(Math.abs(up! + 0.05)).toBeLessThanOrEqual(rounding(gap));
    expect(Math.abs(down! - 0.05)).toBeLessThanOrEqual(rounding(gap));
  });

  // The reference gives the wrong token e^−70, π all but nothing: −β·π·(1 − e^{−δ}) is β·e^−70 for any large gap, also where π alone is 0
  // in float64, and R = 1 of the other token takes e^−gap off. (The right token's log-prob is 0 to one ε under both, so that nothing can be said of it.)
  test.each([100, 500, 740, 760, 800, 5000])(
    'k3 in the loss where π is e^−%i and its slope is large',
    (gap) => {
      const [, down] = gradient(
        oneToken(gap, 70),
        'reinforce',
        { beta: 0.1, klPlacement: 'loss', klEstimator: 'k3' },
        'policy',
      );
      const expected = 0.1 * Math.exp(-70) * (1 - Math.exp(70 - gap)) - Math.exp(-gap);
      expect(Math.abs(down! / expected - 1)).toBeLessThanOrEqual(rounding(gap));
    },
  );

  // Rewards of −β·e^gap: their squares overflow above e^355, and standardised advantages are still ±1/√2.
  test.each([360, 500, 700])('cispo with k3 of e^%i inside the reward', (gap) => {
    const scaled = (at: number): number[] =>
      gradient(oneToken(at, 0), 'cispo', { ...inReward }, 'reference').map((x) => x * Math.exp(at));
    const [, expected] = scaled(100);
    const [, found] = scaled(gap);
    expect(Math.abs(expected!)).toBeGreaterThan(0.1);
    expect(Math.abs(found! / expected! - 1)).toBeLessThanOrEqual(rounding(gap));
  });
});

describe('null with a warning', () => {
  test.each([720, 800])('k3 of e^%i inside the reward, which is beyond float64', (gap) => {
    for (const behaviour of ['policy', 'reference'] as const) {
      expect(gradient(oneToken(gap, 0), 'reinforce', inReward, behaviour).every(Number.isNaN)).toBe(true);
    }
    const policy = oneToken(gap, 0);
    const result = exact(policy, {
      beta: 0.1,
      objective: { name: 'reinforce', options: { ...inReward, groupSize: 2 } },
    });
    const text = [...jsonChunks(exactDocument(policy, result))].join('');
    const { objective, warnings } = JSON.parse(text);
    expect(objective.scale).toBe(null);
    expect(warnings.join()).toContain('objective.gradient.sample');
  });

  test('an objective of a user whose weights overflow, without scaledWeights', () => {
    const ratio = defineObjective({
      name: 'ratio',
      sentence: 'The ratio itself.',
      formula: 'r_t',
      source: 'a test',
      options: {},
      loss: (logProb) => logProb,
      weights: ({ logProb, oldLogProb }) => logProb.map((x, t) => Math.exp(x - oldLogProb[t]!)),
    });
    const found = expectedGradient(evaluatedPolicy(oneToken(0, 800)), {
      objective: ratio,
      options: {},
      groupSize: 1,
      behaviour: 'reference',
    });
    expect(found.weight.some((x) => !Number.isFinite(x))).toBe(true);
  });
});
