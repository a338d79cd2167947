// Steps of central differences, and differences on functions whose derivatives are known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centralStep, twoCopyDifferences } from '../../src/attribution/finiteDifference.ts';
import { tabularModel } from '../../src/policy/model.ts';
import { drawPolicy } from '../oracle/policies.ts';

const bound = (h: number, third: number, rounding: number): number => (h * h * third) / 6 + rounding / h;

describe('the step', () => {
  test('has the smallest bound of all steps', () => {
    const positive = (low: number, high: number) => fc.integer({ min: low, max: high }).map((e) => 10 ** e);
    fc.assert(
      fc.property(
        positive(-3, 6),
        positive(-18, -9),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (third, rounding, e) => {
          const { step, error } = centralStep(third, rounding);
          expect(Math.abs(error - bound(step, third, rounding))).toBeLessThanOrEqual(
            4 * Number.EPSILON * error,
          );
          expect(error).toBeLessThanOrEqual(
            bound(step * 10 ** e, third, rounding) * (1 + 8 * Number.EPSILON),
          );
        },
      ),
    );
  });

  test('is finite where nothing is lost by a long one', () => {
    expect(centralStep(0, 1e-16)).toEqual({ step: 1, error: 1e-16 });
    expect(centralStep(0, 0)).toEqual({ step: 1, error: 0 });
    expect(centralStep(1e-20, 1e-16).step).toBe(1);
  });
});

describe('two copies', () => {
  const { graph, logits } = tabularModel(drawPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 2));
  const parameters = 2;
  const features = Float64Array.from({ length: graph.slots * parameters }, (_, i) => Math.sin(i + 1));
  const family = { graph, table: logits, features, parameters };

  test('differences of a quadratic are its gradient, each copy with its own slots', () => {
    const value = (table: Float64Array): number =>
      table.reduce((sum, x, slot) => sum + (slot + 1) * x * x, 0);
    const found = twoCopyDifferences(family, value, 2 ** -8);
    const expected = (from: number, to: number, i: number): number => {
      let sum = 0;
      for (let slot = from; slot < to; slot++)
        sum += 2 * (slot + 1) * logits[slot]! * features[slot * parameters + i]!;
      return sum;
    };
    // Values below 1000 are rounded, divided by the step.
    const tolerance = 1000 * 20 * Number.EPSILON * 2 ** 8;
    for (let i = 0; i < parameters; i++) {
      expect(Math.abs(found.sample[i]! - expected(0, graph.sampleSlots, i))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(found.decision[i]! - expected(graph.sampleSlots, graph.slots, i))).toBeLessThanOrEqual(
        tolerance,
      );
      expect(Math.abs(found.sample[i]! - found.decision[i]!)).toBeGreaterThan(1e-3);
    }
  });

  test('the table itself stays as it was', () => {
    const before = logits.slice();
    twoCopyDifferences(family, (table) => table[0]!, 0.5);
    expect(logits).toEqual(before);
  });

  test('a cubic is off by h²·f‴/6, as the bound says', () => {
    const cubic = (table: Float64Array): number => (table[0]! - logits[0]!) ** 3;
    const h = 2 ** -4;
    const { sample, decision } = twoCopyDifferences(family, cubic, h);
    expect(sample[0]! - h * h * features[0]! ** 3).toBeCloseTo(0, 14);
    expect([...decision]).toEqual([0, 0]);
  });
});
