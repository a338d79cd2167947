// Where a formula has an edge: ratios on the clip's bounds, trajectories and batches without tokens, overflowing ratios.
import { describe, expect, it } from 'vitest';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { type ObjectiveName, objectiveNames, objectives } from '../../src/objectives/index.ts';
import { engineLoss, engineWeights } from './engine.ts';

/** Two trajectories of one token in one group, of which only the first is off policy, by δ; rewards 1 and 0 or 0 and 1. */
function twoTokens(delta: number, good: boolean): TokenBatch {
  return {
    offsets: Int32Array.of(0, 1, 2),
    logProb: Float64Array.of(0, 0),
    oldLogProb: Float64Array.of(-delta, 0),
    refLogProb: Float64Array.of(0, 0),
    mask: Uint8Array.of(1, 1),
    component: Uint8Array.of(0, 1),
    attempt: Int32Array.of(0, 0),
    reward: Float64Array.of(good ? 1 : 0, good ? 0 : 1),
    group: Int32Array.of(0, 0),
    value: Float64Array.of(0.5, 0.5),
  };
}

/** The weight of the first token, in closed form and by the engine. */
function firstWeight(name: ObjectiveName, batch: TokenBatch, raw: Record<string, unknown>): number[] {
  const options = objectives[name].parseOptions(raw);
  return [objectives[name].weights(batch, options)[0]!, engineWeights(objectives[name], batch, options)[0]!];
}

const clipped: ObjectiveName[] = ['grpo', 'drGrpo', 'dapo', 'gspo', 'ppo', 'luspo'];

describe.each(clipped)('%s on a bound of the clip', (name) => {
  const critic = name === 'ppo' ? { critic: 'value' } : {};
  // In [1, 2) and [½, 1) the distance to 1 is exact, so that 1 ± clip is the ratio to the bit. The reference kernels take
  // exponentials with Math.exp too.
  const up = Math.exp(0.3);
  const down = Math.exp(-0.3);

  it('passes the gradient on the upper bound and none beyond it', () => {
    const batch = twoTokens(0.3, true);
    const [on, onEngine] = firstWeight(name, batch, { ...critic, clipHigh: up - 1 });
    expect(on).toBeGreaterThan(0);
    expect(onEngine).toBe(on);
    expect(firstWeight(name, batch, { ...critic, clipHigh: up - 1 - 2 ** -52 })).toEqual([0, -0]);
  });

  it('passes the gradient on the lower bound and none beyond it', () => {
    const batch = twoTokens(-0.3, false);
    const [on, onEngine] = firstWeight(name, batch, { ...critic, clipLow: 1 - down });
    expect(on).toBeLessThan(0);
    expect(onEngine).toBe(on);
    expect(firstWeight(name, batch, { ...critic, clipLow: 1 - down - 2 ** -53 })).toEqual([0, -0]);
  });

  it('passes the gradient on the bound of the dual clip and none beyond it', () => {
    const batch = twoTokens(0.3, false);
    const [on, onEngine] = firstWeight(name, batch, { ...critic, dualClip: up });
    expect(on).toBeLessThan(0);
    expect(onEngine).toBe(on);
    expect(firstWeight(name, batch, { ...critic, dualClip: up - 2 ** -52 })).toEqual([0, -0]);
  });

  it('on policy nothing is clipped, even by a clip of width 0', () => {
    for (const good of [true, false]) {
      const [w, engine] = firstWeight(name, twoTokens(0, good), { ...critic, clipLow: 0, clipHigh: 0 });
      expect(Math.abs(w!)).toBeGreaterThan(0);
      expect(engine).toBe(w);
    }
  });
});

it('CISPO: the cap holds the weight, not the gradient', () => {
  const raw = { normalizeByStd: false, clipHigh: 0 };
  expect(firstWeight('cispo', twoTokens(0.3, true), raw)).toEqual([0.25, 0.25]);
});

describe.each(objectiveNames)('%s without tokens', (name) => {
  const objective = objectives[name];
  const options = objective.parseOptions({});

  it('is 0 on a batch that is all masked out', () => {
    const batch = { ...twoTokens(0.3, true), mask: Uint8Array.of(0, 0) };
    for (const aggregation of ['tokenMean', 'sequenceMean', 'sequenceSum', 'constant', 'microBatchMean']) {
      const chosen = { ...options, aggregation };
      expect([...objective.weights(batch, chosen)]).toEqual([0, 0]);
      expect(Math.abs(engineLoss(objective, batch, chosen))).toBe(0);
      expect([...engineWeights(objective, batch, chosen)].map(Math.abs)).toEqual([0, 0]);
    }
  });

  it('leaves out a trajectory whose tokens are masked out, but counts it in B and in its group', () => {
    const batch = { ...twoTokens(0, true), mask: Uint8Array.of(1, 0) };
    const w = objective.weights(batch, { ...options, aggregation: 'sequenceMean' });
    const both = objective.weights(twoTokens(0, true), { ...options, aggregation: 'sequenceMean' });
    // Where a trajectory counts by its length, only the other one is left, which is its own baseline.
    const isByLength = name === 'opo' || options.whitenOver === 'token';
    expect([...w]).toEqual([isByLength ? 0 : both[0], 0]);
  });

  it('is finite when a masked-out token has an overflowing ratio', () => {
    const batch = {
      ...twoTokens(0, true),
      oldLogProb: Float64Array.of(0, -1e4),
      refLogProb: Float64Array.of(0, 1e4),
      mask: Uint8Array.of(1, 0),
    };
    const withKl = 'beta' in options ? { ...options, beta: 1, klEstimator: 'k3' } : options;
    const w = objective.weights(batch, withKl);
    expect(w.every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(engineLoss(objective, batch, withKl))).toBe(true);
    expect([...engineWeights(objective, batch, withKl)].map((x) => x + 0)).toEqual([...w]);
  });

  it('accepts a trajectory of no tokens', () => {
    const batch = { ...twoTokens(0.1, true), offsets: Int32Array.of(0, 2, 2) };
    const w = objective.weights(batch, options);
    const expected = engineWeights(objective, batch, options);
    // Two tokens, ratios of about 1: a few roundings.
    for (const t of [0, 1]) expect(Math.abs(w[t]! - expected[t]!)).toBeLessThanOrEqual(16 * Number.EPSILON);
  });
});
