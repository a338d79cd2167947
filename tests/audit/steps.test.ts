// The course over steps: columns by step, ascending, whatever the order of the lines.
import { expect, test } from 'vitest';
import { audit, runRules } from '../../src/audit/index.ts';
import { StepObserver } from '../../src/audit/steps.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { trajectoryOf } from './trajectories.ts';

async function columnsOf(trajectories: readonly Trajectory[]) {
  const observer = new StepObserver();
  await runRules([], () => trajectories, {}, [observer]);
  return observer.columns();
}

test('means, groups without variance, decisions and mismatch of each step', async () => {
  const at = (line: number, step: number, reward: number, given: Partial<Trajectory> = {}): Trajectory =>
    trajectoryOf(line, ['prompt', 'sample', 'decision'], {
      step,
      reward,
      group: 'g',
      weights: Float64Array.of(0, 3, -1),
      logProbs: Float64Array.of(Number.NaN, -1, -2),
      samplerLogProbs: Float64Array.of(Number.NaN, -1.5, -1.5),
      ...given,
    });
  expect(
    await columnsOf([at(1, 20, 1), at(2, 20, 0), at(3, 10, 1), at(4, 10, 1, { truncated: true })]),
  ).toEqual({
    step: [10, 20],
    trajectories: [2, 2],
    length: [2, 2],
    reward: [1, 0.5],
    zeroVariance: [1, 0],
    truncated: [1, Number.NaN],
    decisionWeight: [0.25, 0.25],
    mismatchMean: [0, 0],
    mismatchSd: [0.5, 0.5],
  });
});

test('one step, or none, is no course', async () => {
  expect(await columnsOf([trajectoryOf(1, ['sample'], { step: 1 })])).toBeUndefined();
  expect(await columnsOf([trajectoryOf(1, ['sample']), trajectoryOf(2, ['sample'])])).toBeUndefined();
});

test('the document has no column that no step has a number for', async () => {
  const lines = [1, 2].map((step) => trajectoryOf(step, ['sample'], { step, reward: 1 }));
  const read = () => ({ format: 'x', skipped: 0, unit: 'tokens' as const, components: {} });
  const { bySteps } = await audit(() => lines, { read, rules: [] });
  expect(bySteps).toEqual({ step: [1, 2], trajectories: [1, 1], length: [1, 1], reward: [1, 1] });
});
