// The formulas over any field give, in double precision, the weights of the objectives: at random batches with random options.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float64Arithmetic } from '../../../src/algebra/arithmetic.ts';
import type { TokenBatch } from '../../../src/objectives/batch.ts';
import { type FormulaBatch, weightFormulas } from '../../../src/objectives/formulas/index.ts';
import { objectiveNames, objectives } from '../../../src/objectives/index.ts';
import { COMPONENTS } from '../../../src/policy/component.ts';
import { batches, isNearKink, optionsOf, withoutSingletons } from '../batches.ts';

function formulaBatch(batch: TokenBatch): FormulaBatch<number> {
  const { offsets, logProb, oldLogProb, refLogProb, samplerLogProb = oldLogProb } = batch;
  return [...batch.reward].map((reward, i) => ({
    reward,
    rewards: batch.rewards!.map((one) => one[i]!),
    group: batch.group[i]!,
    tokens: Array.from({ length: offsets[i + 1]! - offsets[i]! }, (_, k) => {
      const t = offsets[i]! + k;
      return {
        component: COMPONENTS[batch.component[t]!]!,
        attempt: batch.attempt[t]!,
        mask: batch.mask[t] === 1,
        prob: Math.exp(logProb[t]!),
        ratio: Math.exp(logProb[t]! - oldLogProb[t]!),
        samplerRatio: Math.exp(oldLogProb[t]! - samplerLogProb[t]!),
        refRatio: Math.exp(logProb[t]! - refLogProb[t]!),
        value: batch.value![t]!,
      };
    }),
  }));
}

const largest = (values: Iterable<number>): number => Math.max(0, ...[...values].map(Math.abs));

test.each(objectiveNames)('%s: the formula is its weights', (name) => {
  let compared = 0;
  fc.assert(
    fc.property(batches, optionsOf(name), (drawn, options) => {
      const batch = name === 'rloo' ? withoutSingletons(drawn) : drawn;
      if (isNearKink(name, batch, options, 1e-12)) return;
      const weights = objectives[name].weights(batch, options);
      const found = weightFormulas[name].weights(float64Arithmetic, formulaBatch(batch), options).flat();
      expect(found).toHaveLength(weights.length);
      const worst = largest(found.map((w, t) => w - weights[t]!));
      // Rewards are multiples of 1/64 or apart by a KL: a std of the order of the rewards magnifies no rounding.
      expect(worst).toBeLessThanOrEqual(1e-9 * (1 + largest(weights)));
      compared += largest(weights) > 0 ? 1 : 0;
    }),
    { numRuns: 200, seed: 18 },
  );
  expect(compared).toBeGreaterThanOrEqual(10);
});
