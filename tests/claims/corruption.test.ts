// Every check of every claim can fail, and every control can be accepted: each ingredient is bent in turn, and the verdicts
// turn. A check that no bent ingredient reaches would say nothing.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ClaimResult } from '../../src/claims/claim.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { resultsOf } from './outcome.ts';

/** How the numbers a function returns are bent. */
type Bend = (x: number, i: number, call: number) => number;

const bent = vi.hoisted(() => {
  const state: { names: readonly string[]; bend: Bend; calls: number } = {
    names: [],
    bend: (x) => x,
    calls: 0,
  };
  const apply = (value: unknown): unknown => {
    if (typeof value === 'number') return state.bend(value, 0, state.calls);
    if (value instanceof Float64Array) return value.map((x, i) => state.bend(x, i, state.calls));
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) return value.map(apply);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, apply(part)]));
  };
  const bendable =
    (name: string, part: (...inputs: unknown[]) => unknown) =>
    (...inputs: unknown[]): unknown => {
      const value = part(...inputs);
      if (!state.names.includes(name)) return value;
      state.calls++;
      return apply(value);
    };
  /** A module whose functions answer as before, but for those that are bent. */
  const bendModule = async (
    original: () => Promise<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(await original()).map(([name, part]) => [
        name,
        typeof part === 'function' ? bendable(name, part as (...inputs: unknown[]) => unknown) : part,
      ]),
    );
  return { state, bendModule };
});

vi.mock('../../src/attribution/scoreGradient.ts', bent.bendModule);
vi.mock('../../src/attribution/budget.ts', bent.bendModule);
vi.mock('../../src/attribution/byComponent.ts', bent.bendModule);
vi.mock('../../src/attribution/divergence.ts', bent.bendModule);
vi.mock('../../src/attribution/expectedGradient.ts', bent.bendModule);
vi.mock('../../src/attribution/softOptimum.ts', bent.bendModule);
vi.mock('../../src/attribution/twoCopy.ts', bent.bendModule);
vi.mock('../../src/attribution/finiteDifference.ts', bent.bendModule);
vi.mock('../../src/claims/c1ExactSplit/everyOp.ts', bent.bendModule);
vi.mock('../../src/claims/c1ExactSplit/labelled.ts', bent.bendModule);
vi.mock('../../src/claims/shared/asTrained.ts', bent.bendModule);
vi.mock('../../src/claims/shared/gapsOf.ts', bent.bendModule);
vi.mock('../../src/claims/shared/klAsTrained.ts', bent.bendModule);
vi.mock('../../src/claims/c9Normalisation/publishedWeights.ts', bent.bendModule);
vi.mock('../../src/claims/shared/fisher.ts', bent.bendModule);
vi.mock('../../src/claims/shared/lengthFamily.ts', bent.bendModule);
vi.mock('../../src/claims/shared/divergenceTerms.ts', bent.bendModule);
vi.mock('../../src/claims/c9Normalisation/maskedWeights.ts', bent.bendModule);
vi.mock('../../src/claims/c7RegularisedOptimum/optimum.ts', bent.bendModule);
vi.mock('../../src/claims/policy.ts', bent.bendModule);
vi.mock('../../src/claims/c6AsymmetricStiffness/displacement.ts', bent.bendModule);
vi.mock('../../src/claims/c5bKlStopBias/resampleDerivatives.ts', bent.bendModule);

beforeAll(chooseKernels);

const BENDS = {
  nudged: (x, i) => x * 1.01 + 0.01 * (1 + (i % 3)),
  negated: (x) => -x - 0.5,
  blown: (x) => 50 * x + 1,
  flat: () => 0,
  drifting: (x, _, call) => x + 0.1 * call,
} as const satisfies Record<string, Bend>;

/** Which functions are bent together, and how. */
type Corruption = readonly [names: string, bend: keyof typeof BENDS];

const CORRUPTIONS: Readonly<Record<string, readonly Corruption[]>> = {
  C1: [
    ['engineGradient', 'nudged'],
    ['rewardGradient gapsOf', 'nudged'],
    ['labelledGradient', 'nudged'],
    ['twoCopyDifferences', 'nudged'],
    ['sharedGradient', 'nudged'],
    ['labelledGradient twoCopyDifferences engineGradient gapsOf', 'flat'],
    ['everyOp', 'negated'],
    ['labelsAgainstForward', 'negated'],
    ['labelsAgainstForward', 'flat'],
  ],
  C2: [
    ['expectedGradient', 'nudged'],
    ['expectedGradient', 'flat'],
    ['rewardGradient gapsOf', 'nudged'],
    ['scoreGradient', 'nudged'],
    ['scoreGradient', 'flat'],
    ['expectedGradient rewardGradient gapsOf', 'flat'],
  ],
  C3: [
    ['advantages gapsOf', 'nudged'],
    ['rewardBudget', 'drifting'],
    ['rewardBudget', 'blown'],
    ['advantages rewardBudget gapsOf', 'flat'],
  ],
  C4: [
    ['leafRatios gapsOf', 'nudged'],
    ['engineGradient', 'nudged'],
    ['sharedGradient', 'nudged'],
    ['paddingMismatch', 'nudged'],
    ['sumByComponent', 'drifting'],
    ['sumByComponent paddingMismatch gapsOf', 'flat'],
  ],
  C5: [
    ['klTerms gapsOf', 'nudged'],
    ['klDivergence', 'nudged'],
    ['klGradient', 'nudged'],
    ['leafRatios', 'nudged'],
    ['engineGradient', 'nudged'],
    ['twoCopyDifferences', 'nudged'],
    ['sumByComponent', 'drifting'],
    ['sumByComponent paddingMismatch gapsOf', 'flat'],
    ['againstPenalty', 'nudged'],
    ['againstPenalty', 'flat'],
  ],
  C5b: [
    ['closedForm', 'negated'],
    ['closedForm', 'flat'],
    ['extraAttempts', 'negated'],
    ['rewardGradient', 'drifting'],
    ['engineGradient', 'drifting'],
    ['sequenceK2 klGradient gapsOf', 'nudged'],
    ['perLengthLoss', 'drifting'],
    ['perSegment', 'drifting'],
    ['perSegment gapsOf', 'flat'],
    ['tokenLoss extraAttempts', 'flat'],
    ['closedForm extraAttempts', 'flat'],
    ['perClass', 'nudged'],
    ['perClass closedForm perSegment tokenSlopeLoss perLengthLoss', 'flat'],
  ],
  C6: [
    ['sharedHessian', 'negated'],
    ['sharedHessianCheck', 'negated'],
    ['stationaryPoint gapsOf', 'nudged'],
    ['gapsOf', 'flat'],
    ['rewardBudget', 'negated'],
    ['rewardBudget', 'blown'],
  ],
  C7: [
    ['softOptimum', 'nudged'],
    ['softOptimum', 'blown'],
    ['softOptimum', 'flat'],
    ['softOptimum', 'drifting'],
    ['engineGradient', 'nudged'],
    ['objectiveValue gapsOf', 'nudged'],
    ['distanceFromTilt gapsOf', 'flat'],
  ],
  C8: [
    ['estimatorMoments gapsOf', 'nudged'],
    ['klDivergence', 'nudged'],
    ['engineGradient', 'nudged'],
    ['forwardKlGradient', 'nudged'],
    ['klGradient', 'nudged'],
    ['leafWeights', 'nudged'],
    ['scoreGradient', 'nudged'],
    ['estimatorMoments klDivergence engineGradient scoreGradient forwardKlGradient', 'flat'],
    ['againstPenalty', 'nudged'],
    ['againstPenalty', 'flat'],
  ],
  C9: [
    ['expectedGradient gapsOf', 'nudged'],
    ['expectedGradient', 'flat'],
    ['scoreGradient', 'nudged'],
    ['maskedSpread', 'nudged'],
    ['maskedSpread', 'flat'],
    ['weightsBy', 'nudged'],
    ['publishedWeights', 'nudged'],
    ['weightsBy publishedWeights gapsOf', 'flat'],
  ],
};

/** A new object for every run: what is computed once is kept by object. */
const drawn = (): TabularPolicy => randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);

function run(id: string, names: readonly string[] = [], bend: Bend = (x) => x): ClaimResult {
  Object.assign(bent.state, { names, bend, calls: 0 });
  try {
    return resultsOf(drawn(), true, 1, [id])[0]!;
  } finally {
    bent.state.names = [];
  }
}

/** Names of `all` that are in none of the lists. */
const missing = (
  all: readonly { name: string }[],
  lists: readonly (readonly { name: string }[])[],
): string[] => {
  const found = new Set(lists.flat().map(({ name }) => name));
  return all.map(({ name }) => name).filter((name) => !found.has(name));
};

describe.each(Object.entries(CORRUPTIONS))('%s', (id, corruptions) => {
  test('every bent ingredient turns the verdict, every check fails with some, every control passes with some', () => {
    const sound = run(id);
    expect(sound.verdict).toBe('holds');
    const results = corruptions.map(([names, how]) => run(id, names.split(' '), BENDS[how]));
    expect(corruptions.filter((_, i) => results[i]!.verdict !== 'fails')).toEqual([]);
    expect(
      missing(
        sound.checks,
        results.map(({ checks }) => checks.filter(({ holds }) => !holds)),
      ),
    ).toEqual([]);
    expect(
      missing(
        sound.controls,
        results.map(({ controls }) => controls.filter(({ rejected }) => !rejected)),
      ),
    ).toEqual([]);
  });
});
