// Every claim holds on generic policies, with every control rejected. All seeds and shapes: tests/full.
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_SHAPE } from '../../src/analyses/verify.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { ALL, faults, OF_THE_POLICY, resultsOf } from './outcome.ts';

beforeAll(chooseKernels);

test('the default policy', () => {
  const results = resultsOf(randomPolicy(DEFAULT_SHAPE, 1), true, 1);
  expect(results.flatMap(faults)).toEqual([]);
  expect(results.map(({ claim, verdict }) => [claim.id, verdict])).toEqual(ALL.map((id) => [id, 'holds']));
});

describe.each([1, 2, 3])('seed %i', (seed) => {
  // The length of an attempt does not enter the claims on families in L, so that each family is run once.
  test.each([
    [{ attempts: 2, length: 1, vocabulary: 2 }, ALL],
    [{ attempts: 4, length: 1, vocabulary: 2 }, seed === 1 ? ALL : OF_THE_POLICY],
    [{ attempts: 1, length: 1, vocabulary: 2 }, seed === 1 ? ALL : OF_THE_POLICY],
    [{ attempts: 2, length: 3, vocabulary: 2 }, OF_THE_POLICY],
    [{ attempts: 1, length: 2, vocabulary: 3 }, OF_THE_POLICY],
  ])('%j', (shape, ids) => {
    const results = resultsOf(randomPolicy(shape, seed), true, seed, ids);
    expect(results.flatMap(faults)).toEqual([]);
    expect(results.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'holds'));
  });
});

test.each([
  { attempts: 1, length: 1, vocabulary: 200 },
  { attempts: 2, length: 1, vocabulary: 20 },
  { attempts: 8, length: 1, vocabulary: 2 },
  { attempts: 1, length: 9, vocabulary: 2 },
])('beyond small shapes: %j', (shape) => {
  expect(resultsOf(randomPolicy(shape, 1), true, 1, OF_THE_POLICY).flatMap(faults)).toEqual([]);
});

test('controls run on a generic policy with decisions, and say on which', () => {
  const one = resultsOf(randomPolicy({ attempts: 1, length: 1, vocabulary: 2 }, 1), true, 1, [
    'C1',
    'C5',
    'C7',
    'C8',
  ]);
  const two = resultsOf(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1), true, 1, [
    'C1',
    'C5',
    'C7',
    'C8',
  ]);
  const given = resultsOf(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1), false, 1, [
    'C1',
    'C5',
    'C7',
    'C8',
  ]);
  const places = (results: typeof one): Set<string> =>
    new Set(results.flatMap(({ controls }) => controls.map(({ on }) => on)));
  expect(places(one)).toEqual(new Set(['companion']));
  const [c1, ...others] = two;
  expect(places(others)).toEqual(new Set(['policy']));
  // Those of the engine are on networks of their own.
  expect(places([c1!])).toEqual(new Set(['policy', 'companion']));
  expect(places(given)).toEqual(new Set(['companion']));
});
