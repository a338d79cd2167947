// Two trajectories whose weights can be worked out by hand, and how they are compared.
import { expect } from 'vitest';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { getObjective } from '../../src/objectives/index.ts';
import { COMPONENTS } from '../../src/policy/component.ts';

export const [SAMPLE, DECISION] = [COMPONENTS.indexOf('sample'), COMPONENTS.indexOf('decision')];

export const LN2 = Math.LN2;

/**
 * Two trajectories of one group: sample, RESAMPLE, sample with R = 1 and a single sample token with R = 0. On policy, at the
 * reference; every test changes what it is about.
 */
export function pair(changes: Partial<TokenBatch> = {}): TokenBatch {
  return {
    offsets: Int32Array.of(0, 3, 4),
    logProb: Float64Array.of(-1, -2, -0.5, -1),
    oldLogProb: Float64Array.of(-1, -2, -0.5, -1),
    refLogProb: Float64Array.of(-1, -2, -0.5, -1),
    mask: Uint8Array.of(1, 1, 1, 1),
    component: Uint8Array.of(SAMPLE, DECISION, SAMPLE, SAMPLE),
    attempt: Int32Array.of(0, 0, 1, 0),
    reward: Float64Array.of(1, 0),
    group: Int32Array.of(0, 0),
    ...changes,
  };
}

/** log r = log 2, log ½, 0, log 2. */
export const offPolicy: Partial<TokenBatch> = {
  oldLogProb: Float64Array.of(-1 - LN2, -2 + LN2, -0.5, -1 - LN2),
};

export function weightsOf(name: string, batch: TokenBatch, raw: Record<string, unknown> = {}): number[] {
  const objective = getObjective(name);
  return [...objective.weights(batch, objective.parseOptions(raw))];
}

/** Up to 8 roundings of numbers no larger than 4. */
export function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [t, x] of expected.entries())
    expect(Math.abs(found[t]! - x)).toBeLessThanOrEqual(32 * Number.EPSILON);
}
