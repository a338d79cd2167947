// Every claim holds, with every control rejected, on generic policies of all small shapes and twenty seeds (npm run test:full).
import { beforeAll, describe, expect, test } from 'vitest';
import { randomPolicy } from '../../src/policy/random.ts';
import { MAX_TRAJECTORIES } from '../../src/policy/shape.ts';
import { ALL, faults, resultsOf } from '../claims/outcome.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { shapesUpTo } from '../oracle/policies.ts';

beforeAll(chooseKernels);

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const SHAPES = shapesUpTo(MAX_TRAJECTORIES);

test('every shape of attempts 1–4, length 1–3, vocabulary 2–4 under the limit', () => {
  // 36 shapes, less 4 attempts of 3 tokens from 4: 4³ + 4⁶ + 4⁹ + 4¹² trajectories.
  expect(SHAPES).toHaveLength(35);
});

describe.each(SHAPES)('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
  // C5b looks at attempts, vocabulary and seed alone: its family has every length.
  const ids = shape.length === 1 ? ALL : ALL.filter((id) => id !== 'C5b');

  test.each(SEEDS)('seed %i', (seed) => {
    const results = resultsOf(randomPolicy(shape, seed), true, seed, ids);
    expect(results.flatMap(faults)).toEqual([]);
    expect(results.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'holds'));
  });
});
