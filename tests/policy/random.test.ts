// Random policies are generic and depend on the seed alone.
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { decisionRows, sampleRows } from '../../src/policy/shape.ts';

const shape = { attempts: 3, length: 2, vocabulary: 3 };

test('the same seed gives the same policy, another seed another', () => {
  expect(randomPolicy(shape, 7)).toStrictEqual(randomPolicy(shape, 7));
  const distinct = new Set(
    Array.from({ length: 20 }, (_, seed) => randomPolicy(shape, seed).logits.sample[0]),
  );
  expect(distinct.size).toBe(20);
});

test('sizes, target and cost', () => {
  const { logits, reference, reward } = randomPolicy(shape, 1);
  for (const tables of [logits, reference]) {
    expect(tables.sample).toHaveLength(sampleRows(shape) * 3);
    expect(tables.decision).toHaveLength(decisionRows(shape) * 2);
  }
  expect(reward).toMatchObject({ kind: 'target', attemptCost: 0.05 });
  const targets = Array.from({ length: 100 }, (_, seed) => {
    const drawn = randomPolicy(shape, seed).reward;
    return drawn.kind === 'target' ? drawn.target : [];
  });
  expect(targets.every((t) => t.length === 2 && t.every((x) => [0, 1, 2].includes(x)))).toBe(true);
  expect(new Set(targets.map(String)).size).toBe(9);
});

test('logits are standard normal and unrelated to the reference', () => {
  const { logits, reference } = randomPolicy({ attempts: 1, length: 8, vocabulary: 4 }, 5);
  const n = logits.sample.length;
  const mean = (f: (i: number) => number): number =>
    Array.from({ length: n }, (_, i) => f(i)).reduce((a, b) => a + b, 0) / n;
  const x = logits.sample;
  const y = reference.sample;
  // Five standard errors: 1/√n for means and correlations, √2/√n for a mean square; n = 87 380, the seed is fixed.
  expect(Math.abs(mean((i) => x[i]!))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(mean((i) => x[i]! * y[i]!))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(mean((i) => x[i]! ** 2) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
});

test('too large a shape is refused with its size', () => {
  expect(() => randomPolicy({ attempts: 10, length: 10, vocabulary: 10 }, 1)).toThrow(InputError);
  expect(() => randomPolicy({ attempts: 3, length: 7, vocabulary: 2 }, 1)).toThrow('2113664 trajectories');
});
