// Rewards of any size: standardised advantages do not know it, and those that are not standardised are proportional to it.
import { describe, expect, it } from 'vitest';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { objectives } from '../../src/objectives/index.ts';
import { engineWeights } from './engine.ts';

function batchWith(rewards: readonly number[]): TokenBatch {
  const count = rewards.length;
  return {
    offsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
    logProb: new Float64Array(count).fill(-1),
    oldLogProb: new Float64Array(count).fill(-1),
    refLogProb: new Float64Array(count).fill(-1),
    mask: new Uint8Array(count).fill(1),
    component: new Uint8Array(count),
    attempt: new Int32Array(count),
    reward: Float64Array.from(rewards),
    group: new Int32Array(count),
  };
}

const rewards = [1, 0, 0.25, 1, -0.5];

describe.each(['grpo', 'dapo', 'gspo', 'cispo', 'luspo', 'tis', 'icepop', 'opsm'] as const)('%s', (name) => {
  const objective = objectives[name];
  it.each([0, 1])('has the same weights for rewards of any size, ddof %i', (ddof) => {
    const options = objective.parseOptions({ stdEpsilon: 0, ddof });
    const expected = objective.weights(batchWith(rewards), options);
    for (const exponent of [530, 1000, -560, -1000]) {
      const batch = batchWith(rewards.map((r) => r * 2 ** exponent));
      expect(objective.weights(batch, options)).toEqual(expected);
      expect(engineWeights(objective, batch, options).map((w) => w + 0)).toEqual(expected.map((w) => w + 0));
    }
  });

  it('has weights of the size of the rewards where these are far below ε', () => {
    const w = objective.weights(batchWith(rewards.map((r) => r * 1e-170)), objective.parseOptions({}));
    const whole = objective.weights(batchWith(rewards), objective.parseOptions({ normalizeByStd: false }));
    // std is nothing beside ε = 1e-4.
    for (const [t, x] of w.entries()) expect(Math.abs(x - whole[t]! * 1e-166)).toBeLessThanOrEqual(1e-181);
  });
});
