// What must hold of weights whatever the batch: baselines, shifts, components, kinships between objectives.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { objectiveNames, objectives } from '../../src/objectives/index.ts';
import { sequenceLogRatios } from '../../src/objectives/loss/surrogates.ts';
import { batches, EPSILON, optionsOf, withoutSingletons } from './batches.ts';
import { isWellSpread, sizesOf } from './sizes.ts';

/** Sum over the tokens of the trajectories of a group. */
function groupSums(batch: TokenBatch, w: Float64Array): Map<number, number> {
  const sums = new Map<number, number>();
  batch.group.forEach((g, i) => {
    for (let t = batch.offsets[i]!; t < batch.offsets[i + 1]!; t++) sums.set(g, (sums.get(g) ?? 0) + w[t]!);
  });
  return sums;
}

/** The same batch with 3 tokens in every trajectory, all masked in. */
const equalLengths: fc.Arbitrary<TokenBatch> = batches.map((batch) => {
  const B = batch.reward.length;
  const fill = (a: Float64Array): Float64Array =>
    Float64Array.from({ length: 3 * B }, (_, t) => a[t % a.length]!);
  return {
    ...batch,
    offsets: Int32Array.from({ length: B + 1 }, (_, i) => 3 * i),
    logProb: fill(batch.logProb),
    oldLogProb: fill(batch.oldLogProb),
    refLogProb: fill(batch.refLogProb),
    value: fill(batch.value!),
    samplerLogProb: fill(batch.samplerLogProb!),
    mask: new Uint8Array(3 * B).fill(1),
    component: Uint8Array.from({ length: 3 * B }, (_, t) => (t % 3 === 1 ? 1 : 0)),
    attempt: Int32Array.from({ length: 3 * B }, (_, t) => (t % 3 === 2 ? 1 : 0)),
  };
});

function expectWithin(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let t = 0; t < a.length; t++) expect(Math.abs(a[t]! - b[t]!)).toBeLessThanOrEqual(tolerance);
}

describe('RLOO', () => {
  it('has weights that add up to 0 in every group of equal lengths', () => {
    fc.assert(
      fc.property(equalLengths, (given) => {
        const batch = withoutSingletons(given);
        const w = objectives.rloo.weights(batch, objectives.rloo.parseOptions({}));
        // Up to 18 weights of size |A| ≤ 4, each a mean of up to 5.
        for (const sum of groupSums(batch, w).values())
          expect(Math.abs(sum)).toBeLessThanOrEqual(18 * 32 * EPSILON);
      }),
    );
  });

  it('has not, when lengths differ: the same check must be able to fail', () => {
    const batch: TokenBatch = {
      offsets: Int32Array.of(0, 2, 3),
      logProb: new Float64Array(3).fill(-1),
      oldLogProb: new Float64Array(3).fill(-1),
      refLogProb: new Float64Array(3).fill(-1),
      mask: new Uint8Array(3).fill(1),
      component: new Uint8Array(3),
      attempt: new Int32Array(3),
      reward: Float64Array.of(1, 0),
      group: new Int32Array(2),
    };
    const w = objectives.rloo.weights(batch, objectives.rloo.parseOptions({}));
    expect(groupSums(batch, w).get(0)).toBe(1 / 2);
  });

  it('is G/(G − 1) times Dr. GRPO with its mean over the whole group, on policy', () => {
    fc.assert(
      fc.property(batches, (given) => {
        const batch = withoutSingletons({ ...given, oldLogProb: given.logProb });
        const drGrpo = objectives.drGrpo.weights(batch, objectives.drGrpo.parseOptions({}));
        const rloo = objectives.rloo.weights(batch, objectives.rloo.parseOptions({}));
        batch.group.forEach((g, i) => {
          const G = batch.group.filter((other) => other === g).length;
          const from = batch.offsets[i]!;
          const to = batch.offsets[i + 1]!;
          const scaled = drGrpo.slice(from, to).map((x) => (x * G) / (G - 1));
          // |A| ≤ 4, a mean of up to 6, twice.
          expectWithin(rloo.slice(from, to), scaled, 64 * EPSILON);
        });
      }),
    );
  });
});

const baselined = [
  'rloo',
  'grpo',
  'drGrpo',
  'dapo',
  'gspo',
  'cispo',
  'luspo',
  'tis',
  'icepop',
  'opsm',
  'sapo',
  'reinforcePlusPlusBaseline',
  'opo',
] as const;

describe.each(baselined)('%s', (name) => {
  const objective = objectives[name];
  const cases = fc.tuple(batches.map(withoutSingletons), optionsOf(name));

  it('does not change when all rewards of a group are shifted', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -64, max: 64 }), ([batch, options], n) => {
        fc.pre(isWellSpread(name, batch, options));
        // Two conventions look at R itself: the std of the whole batch, and A = R in a group of one.
        fc.pre(options.stdScope !== 'batch' && options.groupOfOne !== 'reward');
        const shifted = {
          ...batch,
          reward: batch.reward.map((r, i) => r + (batch.group[i] === 7 ? n / 8 : 0)),
        };
        // Rewards up to 10 instead of 2: five times the rounding.
        const tolerance = 5 * sizesOf(name, batch, options).advantageError;
        expectWithin(objective.weights(shifted, options), objective.weights(batch, options), tolerance);
      }),
    );
  });

  it('changes when one reward is shifted', () => {
    const drawn = fc.sample(equalLengths, { seed: 3, numRuns: 1 })[0]!;
    const batch = { ...drawn, oldLogProb: drawn.logProb };
    const options = objective.parseOptions({});
    const one = withoutSingletons({ ...batch, reward: batch.reward.map((r, i) => (i === 0 ? r + 3 : r)) });
    expect(objective.weights(one, options)).not.toEqual(objective.weights(withoutSingletons(batch), options));
  });
});

describe.each(objectiveNames)('%s', (name) => {
  const objective = objectives[name];
  const cases = fc
    .tuple(batches, optionsOf(name))
    .map(([batch, options]) => ({ batch: name === 'rloo' ? withoutSingletons(batch) : batch, options }));
  const weights = (batch: TokenBatch, options: Options): Float64Array => objective.weights(batch, options);

  it('update=sample and update=decision add up to update=both, to the bit', () => {
    fc.assert(
      fc.property(cases, ({ batch, options }) => {
        const both = weights(batch, { ...options, update: 'both' });
        const sample = weights(batch, { ...options, update: 'sample' });
        const decision = weights(batch, { ...options, update: 'decision' });
        expect(sample.map((x, t) => x + decision[t]!)).toEqual(both.map((x) => x + 0));
        expect(sample.every((x, t) => batch.component[t] === 0 || x === 0)).toBe(true);
        expect(decision.every((x, t) => batch.component[t] === 1 || x === 0)).toBe(true);
      }),
    );
  });

  it('does not look at what masked-out tokens hold', () => {
    fc.assert(
      fc.property(cases, ({ batch, options }) => {
        const other = (a: Float64Array, by: number): Float64Array =>
          a.map((x, t) => (batch.mask[t] === 1 ? x : x + by));
        const changed = {
          ...batch,
          logProb: other(batch.logProb, 300),
          oldLogProb: other(batch.oldLogProb, -500),
          refLogProb: other(batch.refLogProb, 900),
          value: other(batch.value!, 3),
          samplerLogProb: other(batch.samplerLogProb!, 700),
        };
        expect(weights(changed, options)).toEqual(weights(batch, options));
      }),
    );
  });

  it('takes the trajectories in any order', () => {
    fc.assert(
      fc.property(cases, ({ batch, options }) => {
        fc.pre(isWellSpread(name, batch, options));
        // Which trajectories are a micro-batch is a matter of their order.
        fc.pre(options.aggregation !== 'microBatchMean');
        const reversed = reverse(batch);
        const { term, advantageError } = sizesOf(name, batch, options);
        const tolerance = (batch.logProb.length + 64) * EPSILON * term + advantageError;
        const found = reverse({ ...reversed, value: weights(reversed, options) }).value!;
        expectWithin(found, weights(batch, options), tolerance);
      }),
    );
  });
});

/** The trajectories in reverse order, tokens of each in theirs. */
function reverse(batch: TokenBatch): TokenBatch {
  const order = [...batch.reward.keys()].reverse();
  const positions = order.flatMap((i) =>
    Array.from({ length: batch.offsets[i + 1]! - batch.offsets[i]! }, (_, k) => batch.offsets[i]! + k),
  );
  const pick = (a: Float64Array): Float64Array => Float64Array.from(positions, (t) => a[t]!);
  const offsets = new Int32Array(order.length + 1);
  for (const [k, i] of order.entries())
    offsets[k + 1] = offsets[k]! + batch.offsets[i + 1]! - batch.offsets[i]!;
  return {
    offsets,
    logProb: pick(batch.logProb),
    oldLogProb: pick(batch.oldLogProb),
    refLogProb: pick(batch.refLogProb),
    value: pick(batch.value!),
    samplerLogProb: pick(batch.samplerLogProb!),
    rewards: batch.rewards!.map((one) => Float64Array.from(order, (i) => one[i]!)),
    mask: Uint8Array.from(positions, (t) => batch.mask[t]!),
    component: Uint8Array.from(positions, (t) => batch.component[t]!),
    attempt: Int32Array.from(positions, (t) => batch.attempt[t]!),
    reward: Float64Array.from(order, (i) => batch.reward[i]!),
    group: Int32Array.from(order, (i) => batch.group[i]!),
  };
}

describe('GSPO', () => {
  it('has ratio 1 on policy, to the bit', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect([...sequenceLogRatios({ ...batch, oldLogProb: batch.logProb })].every((s) => s === 0)).toBe(
          true,
        );
      }),
    );
  });

  it('times L_i is LUSPO', () => {
    const same = { clipLow: 0.1, clipHigh: 0.1 };
    fc.assert(
      fc.property(batches, (batch) => {
        const gspo = objectives.gspo.weights(batch, objectives.gspo.parseOptions(same));
        const luspo = objectives.luspo.weights(batch, objectives.luspo.parseOptions(same));
        batch.reward.forEach((_, i) => {
          const from = batch.offsets[i]!;
          const to = batch.offsets[i + 1]!;
          const L = batch.mask.slice(from, to).reduce((n, m) => n + m, 0);
          // Two roundings of a product of at most e²·√6 in size.
          expectWithin(
            gspo.slice(from, to).map((x) => x * L),
            luspo.slice(from, to),
            64 * EPSILON,
          );
        });
      }),
    );
  });
});

it('DAPO is GRPO where all lengths and clips are equal', () => {
  fc.assert(
    fc.property(equalLengths, (batch) => {
      const dapo = objectives.dapo.weights(batch, objectives.dapo.parseOptions({ clipHigh: 0.2 }));
      const grpo = objectives.grpo.weights(batch, objectives.grpo.parseOptions({}));
      expectWithin(dapo, grpo, 64 * EPSILON);
    }),
  );
});

it('on policy a trajectory-level advantage is balanced: one weight per trajectory, to the bit', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const batch = withoutSingletons({
        ...given,
        oldLogProb: given.logProb,
        samplerLogProb: given.logProb,
        mask: given.mask.map(() => 1),
      });
      for (const name of objectiveNames) {
        const w = objectives[name].weights(batch, objectives[name].parseOptions({}));
        batch.reward.forEach((_, i) => {
          const own = w.slice(batch.offsets[i]!, batch.offsets[i + 1]!);
          expect(new Set(own).size).toBeLessThanOrEqual(1);
        });
      }
      const critic = objectives.ppo.parseOptions({ critic: 'value' });
      const w = objectives.ppo.weights({ ...batch, value: batch.logProb.map((_, t) => t) }, critic);
      expect(new Set(w).size).toBeGreaterThan(batch.logProb.length > batch.reward.length ? 1 : 0);
    }),
  );
});
