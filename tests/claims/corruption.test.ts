// Every check of every claim can fail, and every control can be accepted: each ingredient is bent in turn, and the verdicts
// turn. A check that no bent ingredient reaches would say nothing.
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimId, ClaimResult } from '../../src/claims/claim.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { resultsOf } from './outcome.ts';

/** How the numbers a function returns are bent. */
type Bend = (x: number, i: number) => number;

const bent = vi.hoisted(() => {
  const state: { name: string; bend: Bend } = { name: '', bend: (x) => x };
  const apply = (value: unknown): unknown => {
    if (typeof value === 'number') return state.bend(value, 0);
    if (value instanceof Float64Array) return value.map(state.bend);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
      return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, apply(part)]));
  };
  /** A module whose functions answer as before, but for the one that is bent. */
  const bendable = async (
    original: () => Promise<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(await original()).map(([name, part]) => [
        name,
        typeof part !== 'function'
          ? part
          : (...inputs: unknown[]) => (state.name === name ? apply(part(...inputs)) : part(...inputs)),
      ]),
    );
  return { state, bendable };
});

vi.mock('../../src/attribution/measure.ts', bent.bendable);
vi.mock('../../src/attribution/budget.ts', bent.bendable);
vi.mock('../../src/attribution/divergence.ts', bent.bendable);
vi.mock('../../src/attribution/expectedGradient.ts', bent.bendable);
vi.mock('../../src/attribution/softOptimum.ts', bent.bendable);
vi.mock('../../src/attribution/twoCopy.ts', bent.bendable);
vi.mock('../../src/attribution/finiteDifference.ts', bent.bendable);
vi.mock('../../src/claims/fisher.ts', bent.bendable);
vi.mock('../../src/claims/lengthFamily.ts', bent.bendable);
vi.mock('../../src/claims/mass.ts', bent.bendable);
vi.mock('../../src/claims/maskedWeights.ts', bent.bendable);
vi.mock('../../src/claims/optimum.ts', bent.bendable);
vi.mock('../../src/claims/setting.ts', bent.bendable);
vi.mock('../../src/claims/springs.ts', bent.bendable);
vi.mock('../../src/claims/stopBias.ts', bent.bendable);

beforeAll(chooseKernels);
beforeEach(() => {
  bent.state.name = '';
});

const BENDS: Readonly<Record<string, Bend>> = {
  nudged: (x, i) => x * 1.01 + 0.01 * (1 + (i % 3)),
  negated: (x) => -x - 0.5,
  blown: (x) => 50 * x + 1,
  flat: () => 0,
};

const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
const run = (id: ClaimId): ClaimResult => resultsOf(policy, true, 1, [id])[0]!;

function runBent(id: ClaimId, name: string, bend: Bend): ClaimResult {
  Object.assign(bent.state, { name, bend });
  try {
    return run(id);
  } finally {
    bent.state.name = '';
  }
}

/** The functions that are bent for each claim. */
const INGREDIENTS: Readonly<Record<ClaimId, readonly string[]>> = {
  C1: ['engineGradient', 'labelledGradient', 'sharedGradient', 'twoCopyDifferences', 'rewardGradient'],
  C2: ['expectedGradient', 'rewardGradient', 'scoreGradient', 'leafMeasure'],
  C3: ['advantages', 'rewardBudget', 'sumByComponent'],
  C4: [
    'leafRatios',
    'sumByComponent',
    'engineGradient',
    'sharedGradient',
    'paddingMismatch',
    'expectedAttempts',
    'segmentMass',
  ],
  C5: [
    'klTerms',
    'engineGradient',
    'leafRatios',
    'klGradient',
    'paddingMismatch',
    'twoCopyDifferences',
    'massOf',
    'trajectories',
  ],
  C5b: [
    'closedForm',
    'extraAttempts',
    'engineGradient',
    'rewardGradient',
    'sequenceK2',
    'tokenLoss',
    'perLengthLoss',
    'perSegment',
    'steepest',
  ],
  C6: [
    'sharedHessian',
    'sharedHessianCheck',
    'stiffness',
    'displacement',
    'stationaryPoint',
    'fisher',
    'tabularQuadraticForm',
    'rewardBudget',
    'spring',
    'budgetInequality',
  ],
  C7: [
    'softOptimum',
    'engineGradient',
    'objectiveValue',
    'klTerms',
    'tilt',
    'stationary',
    'optimumOf',
    'distanceFromTilt',
  ],
  C8: [
    'estimatorMoments',
    'klTerms',
    'klGradient',
    'forwardKlGradient',
    'engineGradient',
    'scoreGradient',
    'leafMeasure',
    'referenceKlGradient',
  ],
  C9: ['expectedGradient', 'maskedSpread', 'scoreGradient', 'rewardGradient'],
};

describe.each(Object.entries(INGREDIENTS) as [ClaimId, readonly string[]][])('%s', (id, names) => {
  test('holds with sound ingredients, and each bent one turns its verdict', () => {
    const sound = run(id);
    expect(sound.verdict).toBe('holds');
    const results = names.flatMap((name) =>
      Object.entries(BENDS).map(([how, bend]) => ({ name, how, result: runBent(id, name, bend) })),
    );
    const turned = new Set(
      results.filter(({ result }) => result.verdict === 'fails').map(({ name }) => name),
    );
    expect(names.filter((name) => !turned.has(name))).toEqual([]);
    const failed = new Set(
      results.flatMap(({ result }) => result.checks.filter((c) => !c.holds).map((c) => c.name)),
    );
    expect(sound.checks.map((c) => c.name).filter((name) => !failed.has(name))).toEqual([]);
    const accepted = new Set(
      results.flatMap(({ result }) => result.controls.filter((c) => !c.rejected).map((c) => c.name)),
    );
    expect(sound.controls.map((c) => c.name).filter((name) => !accepted.has(name))).toEqual([]);
  });
});
