// On degenerate policies, given as files, no claim fails and no number is lost: a claim holds or says why it has no subject.
import { beforeAll, describe, expect, test } from 'vitest';
import { randomPolicy } from '../../src/policy/random.ts';
import { sized } from '../full.ts';
import { degenerations } from '../oracle/degenerate.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { faults, OF_THE_POLICY, resultsOf } from './outcome.ts';

beforeAll(chooseKernels);

/** Claims with reasons of their own not to apply; one that holds elsewhere. */
const NOT_APPLICABLE: Readonly<Record<string, readonly string[]>> = {
  'deterministic ±400': ['C8'],
  'ratios of e^±720, above the smallest float': ['C8'],
  'ratios of e^±800, below the smallest float': ['C8'],
  'signs ±700': ['C8'],
  'logits of 10⁷': OF_THE_POLICY,
  'rewards whose squares overflow': OF_THE_POLICY,
};

const SHAPES = [
  { attempts: 2, length: 1, vocabulary: 2 },
  { attempts: 1, length: 2, vocabulary: 2 },
  { attempts: 3, length: 1, vocabulary: 2 },
];

/** The shapes for a degeneration: all where its claims are out of range, else one after the other, and all of them in test:full. */
function shapesFor(name: string): typeof SHAPES {
  const own = SHAPES[Object.keys(degenerations).indexOf(name) % SHAPES.length]!;
  return sized(name in NOT_APPLICABLE ? SHAPES : [own], SHAPES);
}

describe.each(Object.entries(degenerations))('%s', (name, degenerate) => {
  test.each(shapesFor(name))('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
    const results = resultsOf(degenerate(randomPolicy(shape, 2)), false, 2, OF_THE_POLICY);
    expect(results.flatMap(faults)).toEqual([]);
    const silent = results.filter(({ verdict }) => verdict === 'notApplicable').map(({ claim }) => claim.id);
    expect(silent).toEqual(NOT_APPLICABLE[name] ?? []);
  });
});

test.each([
  'no reward',
  'all rewards distinct',
  'deterministic ±40, unlike the reference',
  'reference equal to the logits',
])('normalisations and masks: %s', (name) => {
  const policy = degenerations[name]!(randomPolicy({ attempts: 3, length: 2, vocabulary: 3 }, 1));
  expect(resultsOf(policy, false, 1, ['C9']).flatMap(faults)).toEqual([]);
});

test('every degeneration changes the policy', () => {
  const policy = randomPolicy(SHAPES[2]!, 2);
  for (const degenerate of Object.values(degenerations)) expect(degenerate(policy)).not.toEqual(policy);
});
