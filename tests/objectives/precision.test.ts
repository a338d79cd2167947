// Losses in float32, as training computes them: same gradient to float32's precision, and the type stays float32.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad, scope, tensor } from '../../src/autodiff/index.ts';
import { objectiveNames, objectives } from '../../src/objectives/index.ts';
import { batches, isNearKink, optionsOf, withoutSingletons } from './batches.ts';
import { sizesOf } from './sizes.ts';
import './engine.ts';

const EPSILON32 = 2 ** -23;
const SMALLEST32 = 2 ** -149;

describe.each(objectiveNames)('%s in float32', (name) => {
  it('has the weights to the precision of float32', () => {
    fc.assert(
      fc.property(batches.map(withoutSingletons), optionsOf(name), (batch, options) => {
        fc.pre(!isNearKink(name, batch, options, 64 * EPSILON32));
        const objective = objectives[name];
        const found = scope(() => {
          const parameters = { logProb: tensor(batch.logProb, { dtype: 'f32' }) };
          const loss = objective.loss(parameters.logProb, batch, options);
          expect(loss.dtype).toBe('f32');
          expect(loss.shape).toEqual([]);
          return grad((p: typeof parameters) => objective.loss(p.logProb, batch, options))(
            parameters,
          ).logProb.readSync();
        });
        const w = objective.weights(batch, options);
        const tolerance =
          (batch.logProb.length + 64) * EPSILON32 * sizesOf(name, batch, options).term + SMALLEST32;
        for (let t = 0; t < w.length; t++) expect(Math.abs(w[t]! + found[t]!)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 50 },
    );
  });
});
