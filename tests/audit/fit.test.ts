// The fit finds the objective that made the logged numbers, and says which others would have made the same.
import { describe, expect, test } from 'vitest';
import { fitObjective, type ObjectiveFit } from '../../src/audit/fit/fit.ts';
import { toldApart } from '../../src/audit/fit/ranking.ts';
import { type SimulationSetting, simulate, without } from '../../src/audit/simulator/index.ts';
import { objectiveNames } from '../../src/objectives/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { inFloat32, OFF_POLICY, trainedOn } from './planted/trained.ts';

const RUN = {
  ...OFF_POLICY,
  rewards: [{ name: 'score', kind: 'continuous', weight: 1 }],
} satisfies Partial<SimulationSetting>;

/** Rounding of float32, which logged weights have. */
const ROUNDED = 1e-6;

const rollouts = (given: Partial<SimulationSetting>): Trajectory[] =>
  inFloat32(simulate({ ...RUN, ...given }).trajectories);
/** Without trainers, of which there are many. */
const fitted = (trajectories: readonly Trajectory[]): Promise<ObjectiveFit[]> =>
  fitObjective(() => trajectories, { names: objectiveNames });
const isFound = ([first]: readonly ObjectiveFit[], name: string): boolean =>
  first!.name === name || first!.equivalentTo.some((label) => label.split(' ')[0] === name);

describe.each(objectiveNames)('%s', (objective) => {
  test('is first, or said to be equivalent to the first', async () => {
    const fits = await fitted(rollouts({ objective }));
    expect(fits[0]!.misfit).toBeLessThan(ROUNDED);
    expect(isFound(fits, objective)).toBe(true);
    expect(fits.length).toBeGreaterThan(5);
    expect(fits.at(-1)!.misfit).toBeGreaterThan(0.1);
  });

  test('is found by its weights alone, at advantages from the rewards', async () => {
    const fits = await fitted(rollouts({ objective }).map((t) => without(t, ['advantage'])));
    expect(fits[0]!.misfit).toBeLessThan(ROUNDED);
    expect(fits[0]!.misfitOfAdvantages).toBeUndefined();
    expect(isFound(fits, objective)).toBe(true);
  });
});

describe('options', () => {
  test.each(['k2', 'k3'])('β and the estimator %s', async (klEstimator) => {
    const [first] = await fitted(rollouts({ options: { beta: 0.04, klEstimator } }));
    expect(first!.name).toBe('grpo');
    expect(first!.options.klEstimator).toBe(klEstimator);
    expect(Number(first!.options.beta)).toBeCloseTo(0.04, 5);
    expect(first!.misfit).toBeLessThan(ROUNDED);
  });

  test('the weights of k2 are said to be those of the corrected k3', async () => {
    const [first] = await fitted(rollouts({ options: { beta: 0.04, klEstimator: 'k2' } }));
    expect(first!.equivalentTo[0]).toContain('klEstimator=k3Corrected');
    const [other] = await fitted(rollouts({ options: { beta: 0.04, klEstimator: 'k3' } }));
    expect(other!.equivalentTo.join()).not.toContain('k3Corrected');
  });

  test('the divisor', async () => {
    const fits = await fitted(rollouts({ objective: 'drGrpo', options: { maxLength: 120 } }));
    const drGrpo = fits.find(({ name }) => name === 'drGrpo')!;
    expect(drGrpo.options).toMatchObject({ aggregation: 'constant', maxLength: 120 });
  });

  test.each(['grpo', 'drGrpo', 'rloo', 'reinforce'] as const)(
    'the cost of attempts of %s',
    async (objective) => {
      const made = rollouts({ objective, options: { attemptCost: 0.03 }, attempts: 4 });
      const fits = await fitted(made);
      const own = fits.find(({ name }) => name === objective)!;
      expect(own.misfit).toBeLessThan(ROUNDED);
      expect(own.options.attemptCost).toBe(0.03);
      const fromWeights = await fitted(made.map((t) => without(t, ['advantage'])));
      const same = fromWeights.find(({ name }) => name === objective)!;
      expect(same.misfit).toBeLessThan(ROUNDED);
      expect(Number(same.options.attemptCost)).toBeCloseTo(0.03, 5);
    },
  );

  test('no cost is invented where there is none', async () => {
    const [first] = await fitted(rollouts({ attempts: 4 }));
    expect(first!.misfit).toBeLessThan(ROUNDED);
    expect(first!.options.attemptCost).toBe(0);
  });

  test.each([{ stdEpsilon: 1e-4, ddof: 0 }, { stdEpsilon: 1e-6, ddof: 1 }, { normalizeByStd: false }])(
    'the convention of the standard deviation %o',
    async (options) => {
      const [first] = await fitted(rollouts({ options }));
      expect(first!.options).toMatchObject(options);
      expect(first!.misfit).toBeLessThan(ROUNDED);
    },
  );
});

test('an objective as a trainer has it is named with its trainer', async () => {
  const trajectories = rollouts({ options: { stdEpsilon: 1e-6, dualClip: 3, aggregation: 'tokenMean' } });
  const fits = await fitObjective(() => trajectories);
  const own = fits.find(({ name }) => name === 'grpo@verl')!;
  expect(own).toMatchObject({ trainer: 'verl', from: 'fit' });
  expect(own.misfit).toBeLessThan(ROUNDED);
  expect(fits.find(({ name }) => name === 'dppo@prime-rl')!.misfit).toBeGreaterThan(0.01);
});

test('advantages alone tell what divides the reward, and not what is clipped', async () => {
  const trajectories = rollouts({}).map((t) => without(t, ['weights']));
  const fits = await fitted(trajectories);
  expect(fits[0]!.misfit).toBeLessThan(ROUNDED);
  expect(fits[0]!.misfitOfWeights).toBeUndefined();
  expect(isFound(fits, 'grpo') && isFound(fits, 'gspo') && isFound(fits, 'cispo')).toBe(true);
  expect(isFound(fits, 'drGrpo')).toBe(false);
});

test('what nobody trained fits nothing', async () => {
  const trajectories = rollouts({}).map((t) => ({
    ...t,
    weights: t.weights!.map((w, k) => w * (1 + (k % 7))),
  }));
  const [first] = await fitted(trajectories);
  expect(first!.misfit).toBeGreaterThan(0.1);
});

test('fits that are not told from a better one are named there and have no row of their own', async () => {
  const fits = await fitted(rollouts({}).map((t) => without(t, ['weights'])));
  const rows = toldApart(fits);
  expect(rows.length).toBeLessThan(fits.length);
  for (const { name } of fits) {
    const isNamed = rows.some(
      (row) => row.name === name || row.equivalentTo.some((label) => label.split(' ')[0] === name),
    );
    expect(isNamed, name).toBe(true);
  }
  const misfits = rows.map(({ misfit }) => misfit);
  for (const [k, misfit] of misfits.slice(1).entries()) expect(misfit - misfits[k]!).toBeGreaterThan(ROUNDED);
});

test('nothing logged, nothing fitted', async () => {
  expect(await fitted(rollouts({}).map((t) => without(t, ['weights', 'advantage'])))).toEqual([]);
});

test('a batch of two mini-steps is fitted with the tokens of the first trajectories', async () => {
  const { setting, trajectories } = simulate({ ...RUN, steps: 1, prompts: 20 });
  const bad = trainedOn(trajectories, { ...setting, objective: 'reinforce' });
  const mixed = trajectories.map((t, i) => (i < 40 ? t : { ...t, weights: bad[i]!.weights! }));
  const [first] = await fitObjective(() => mixed, { limit: 40 });
  expect(first!.misfit).toBeLessThan(ROUNDED);
  const [all] = await fitObjective(() => mixed);
  expect(all!.misfit).toBeGreaterThan(0.01);
});
