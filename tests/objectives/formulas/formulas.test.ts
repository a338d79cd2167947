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

/** How far a formula is from the weights of an objective, as a multiple of what rounding may do, and where weights are not all 0. */
function gap(
  name: (typeof objectiveNames)[number],
  batch: TokenBatch,
  options: ReturnType<(typeof objectives)[typeof name]['parseOptions']>,
  formula = weightFormulas[name],
): { readonly times: number; readonly counts: boolean } {
  const weights = objectives[name].weights(batch, options);
  const found = formula.weights(float64Arithmetic, formulaBatch(batch), options).flat();
  expect(found).toHaveLength(weights.length);
  const worst = largest(found.map((w, t) => w - weights[t]!));
  // Rewards are multiples of 1/64 or apart by a KL: a std of the order of the rewards magnifies no rounding.
  return { times: worst / (1e-9 * (1 + largest(weights))), counts: largest(weights) > 0 };
}

test.each(objectiveNames)('%s: the formula is its weights', (name) => {
  let compared = 0;
  fc.assert(
    fc.property(batches, optionsOf(name), (drawn, options) => {
      const batch = name === 'rloo' ? withoutSingletons(drawn) : drawn;
      if (isNearKink(name, batch, options, 1e-12)) return;
      const { times, counts } = gap(name, batch, options);
      expect(times).toBeLessThanOrEqual(1);
      compared += counts ? 1 : 0;
    }),
    { numRuns: 200, seed: 18 },
  );
  expect(compared).toBeGreaterThanOrEqual(10);
});

test('control: a formula whose last token of a batch is off by 10^-6 of its weight is not the weights', () => {
  const wrong: typeof weightFormulas.rloo = {
    ...weightFormulas.rloo,
    weights: (field, batch, options) => {
      const weights = weightFormulas.rloo.weights(field, batch, options);
      const factor = field.number(1.000001);
      return weights.map((row, i) =>
        i < weights.length - 1 ? row : row.map((w, t) => (t < row.length - 1 ? w : field.mul(w, factor))),
      );
    },
  };
  const options = objectives.rloo.parseOptions({});
  const seen = fc
    .sample(batches, { numRuns: 50, seed: 18 })
    .map(withoutSingletons)
    .some((batch) => gap('rloo', batch, options, wrong).times > 1);
  expect(seen).toBe(true);
});
