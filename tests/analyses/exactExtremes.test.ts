// `exact` on degenerate policies: every number stays finite, and identities survive.
import { describe, expect, test } from 'vitest';
import { exact, exactDocument } from '../../src/analyses/exact.ts';
import { jsonChunks } from '../../src/base/json.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { degenerations } from '../oracle/degenerate.ts';

const BETA = 0.1;
/** Squares of such rewards are no float64 numbers, which the document says. */
const OVERFLOWING = 'rewards whose squares overflow';

describe.each(Object.entries(degenerations))('%s', (name, degenerate) => {
  test.each([
    { attempts: 1, length: 2, vocabulary: 2 },
    { attempts: 3, length: 1, vocabulary: 3 },
  ])('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
    const policy = degenerate(randomPolicy(shape, 3));
    const result = exact(policy, { beta: BETA });
    const text = [...jsonChunks(exactDocument(policy, result))].join('');
    if (name === OVERFLOWING) {
      expect(JSON.parse(text).warnings.join()).toContain('reward.variance is Infinity');
      return;
    }
    expect(text).not.toContain('null');
    expect(text).not.toContain('warnings');
    const { reward, kl, forwardKl, estimators, regularised } = result;
    const size = Math.max(1, Math.abs(reward.mean), reward.variance);
    const split = reward.varianceSample + reward.varianceDecision;
    // Some hundred roundings of numbers of this size.
    expect(Math.abs(split - reward.variance)).toBeLessThanOrEqual(1e-12 * size * size);
    expect(Math.min(kl.sample, kl.decision)).toBeGreaterThanOrEqual(-1e-12);
    expect(forwardKl.value).toBeGreaterThanOrEqual(-1e-12);
    expect(Math.abs(estimators.k1.value - kl.value)).toBeLessThanOrEqual(1e-12 * (1 + kl.value));
    // π itself is one of the policies that β log Z is the maximum over.
    const attained = reward.mean - BETA * kl.value;
    expect(regularised.optimum).toBeGreaterThanOrEqual(attained - 1e-12 * (size + BETA * kl.value));
  });
});
