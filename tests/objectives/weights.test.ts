// The closed-form weights against the engine's gradient of the loss, for all objectives, options, masks, groups, components.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectiveNames, objectives } from '../../src/objectives/index.ts';
import { cases } from '../full.ts';
import { batches, EPSILON, isNearKink, optionsOf, withoutSingletons } from './batches.ts';
import { engineLoss, engineWeights } from './engine.ts';
import { oracleLoss } from './oracle.ts';
import { isWellSpread, sizesOf } from './sizes.ts';

/** exp is good to a few ulp and its argument, a difference of numbers up to 8, to 16 more: relative error of a ratio. */
const RATIO_ERROR = 32 * EPSILON;

function drawn(name: (typeof objectiveNames)[number]) {
  return fc
    .tuple(batches, optionsOf(name))
    .map(([batch, options]) => ({ batch: name === 'rloo' ? withoutSingletons(batch) : batch, options }));
}

describe.each(objectiveNames)('%s', (name) => {
  const objective = objectives[name];

  it('has scaled weights that are the weights times the scale', () => {
    if (objective.scaledWeights === undefined) return;
    fc.assert(
      fc.property(drawn(name), fc.constantFrom(-3, 2), ({ batch, options }, logScale) => {
        const w = objective.weights(batch, options);
        const scaled = objective.scaledWeights!(batch, options, logScale);
        const scale = Math.exp(logScale);
        const tolerance = (batch.logProb.length + 64) * EPSILON * sizesOf(name, batch, options).term * scale;
        for (let t = 0; t < w.length; t++) {
          expect(Math.abs(scaled[t]! - scale * w[t]!)).toBeLessThanOrEqual(tolerance);
        }
      }),
    );
  });

  it('has the weights that the engine finds', () => {
    fc.assert(
      fc.property(drawn(name), ({ batch, options }) => {
        fc.pre(!isNearKink(name, batch, options, RATIO_ERROR));
        const expected = engineWeights(objective, batch, options);
        const w = objective.weights(batch, options);
        // Advantages and c_i come from the same code; up to T terms meet in a sequence ratio.
        const tolerance = (batch.logProb.length + 64) * EPSILON * sizesOf(name, batch, options).term;
        for (let t = 0; t < w.length; t++) {
          expect(Math.abs(w[t]! - expected[t]!)).toBeLessThanOrEqual(tolerance);
          if (batch.mask[t] === 0) expect(w[t]).toBe(0);
        }
      }),
      { numRuns: cases(300) },
    );
  });

  it('has the loss that is written in the paper', () => {
    fc.assert(
      fc.property(drawn(name), ({ batch, options }) => {
        fc.pre(isWellSpread(name, batch, options));
        const { term, advantageError } = sizesOf(name, batch, options);
        const tokens = batch.logProb.length;
        // T terms, added up in two orders, and what the advantages of two formulas differ by.
        const tolerance = tokens * ((tokens + 64) * EPSILON * term + advantageError);
        const expected = oracleLoss(name, batch.logProb, batch, options);
        expect(Math.abs(engineLoss(objective, batch, options) - expected)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: cases(300) },
    );
  });

  it('has the slope of the loss that is written in the paper', () => {
    const h = 2 ** -17;
    fc.assert(
      fc.property(drawn(name), ({ batch, options }) => {
        // A step of h moves a ratio by at most 2h of itself.
        fc.pre(!isNearKink(name, batch, options, 2 * h) && isWellSpread(name, batch, options));
        const w = objective.weights(batch, options);
        const { term, advantageError } = sizesOf(name, batch, options);
        const tokens = batch.logProb.length;
        // Truncation: h²/6 × third derivatives of T terms. Rounding of T terms over the step; it leaves A alone, which is held.
        const tolerance = tokens * (term * (h * h + ((tokens + 64) * EPSILON) / h) + advantageError);
        for (let t = 0; t < tokens; t++) {
          const at = (step: number): number => {
            const moved = batch.logProb.slice();
            moved[t]! += step;
            return oracleLoss(name, moved, batch, options);
          };
          expect(Math.abs(w[t]! + (at(h) - at(-h)) / (2 * h))).toBeLessThanOrEqual(tolerance);
        }
      }),
      { numRuns: cases(60) },
    );
  });
});
