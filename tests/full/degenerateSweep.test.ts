// No claim fails on degenerate policies of all shapes with up to a few hundred trajectories (npm run test:full).
import { beforeAll, describe, expect, test } from 'vitest';
import { randomPolicy } from '../../src/policy/random.ts';
import { faults, OF_THE_POLICY, resultsOf } from '../claims/outcome.ts';
import { degenerations } from '../oracle/degenerate.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { shapesUpTo } from '../oracle/policies.ts';

beforeAll(chooseKernels);

const SEEDS = [1, 2, 3];

describe.each(Object.entries(degenerations))('%s', (_, degenerate) => {
  test.each(shapesUpTo(400))('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
    const found = SEEDS.flatMap((seed) => {
      const policy = degenerate(randomPolicy(shape, seed));
      return resultsOf(policy, false, seed, [...OF_THE_POLICY, 'C9']).flatMap(faults);
    });
    expect(found).toEqual([]);
  });
});
