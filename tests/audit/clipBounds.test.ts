// The bounds of a clip are read off the weights that a trainer logged, wherever tokens lie on both sides of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortest } from '../../src/audit/fit/clipBounds.ts';
import { fitObjective, type ObjectiveFit } from '../../src/audit/fit/fit.ts';
import { type SimulationSetting, simulate, without } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { inFloat32, OFF_POLICY } from './planted/trained.ts';

const rollouts = (given: Partial<SimulationSetting>): Trajectory[] =>
  inFloat32(
    simulate({
      ...OFF_POLICY,
      drift: 0.2,
      rewards: [{ name: 'score', kind: 'continuous', weight: 1 }],
      ...given,
    }).trajectories,
  );
const bestOf = async (trajectories: readonly Trajectory[], name: string): Promise<ObjectiveFit> => {
  const fits = await fitObjective(() => trajectories, {
    names: ['grpo', 'dapo', 'gspo', 'reinforce', 'rloo'],
  });
  return fits.find((fit) => fit.name === name)!;
};

describe.each([
  ['grpo', { clipLow: 0.2, clipHigh: 0.28 }],
  ['grpo', { clipLow: 0.1, clipHigh: 0.15 }],
  ['grpo', { clipLow: 0.15, clipHigh: 0.2, dualClip: 1.3 }],
  ['gspo', { clipLow: 0.02, clipHigh: 0.03 }],
] as const)('%s %o', (objective, options) => {
  const made = rollouts({ objective, options });

  test.each([
    ['with advantages', made],
    // A sequence that is cut has no weight that could tell the sign of its advantage.
    ...(objective === 'gspo'
      ? []
      : [['from weights alone', made.map((t) => without(t, ['advantage']))] as const]),
  ] as const)('%s', async (_, trajectories) => {
    const fit = await bestOf(trajectories, objective);
    expect(fit.misfit).toBeLessThan(1e-6);
    for (const [name, value] of Object.entries(options)) {
      const [from, to] = fit.clip![name]!;
      expect(from).toBeLessThanOrEqual(value + 1e-5);
      expect(to).toBeGreaterThanOrEqual(value - 1e-5);
      // What was taken lies between the two ratios, where every bound gives the same weights.
      expect(fit.options[name]).toBeGreaterThanOrEqual(from - 1e-5);
      expect(fit.options[name]).toBeLessThanOrEqual(to + 1e-5);
    }
  });
});

test('bounds of an objective that are seen are left as they are', async () => {
  const fit = await bestOf(rollouts({ objective: 'grpo' }), 'grpo');
  expect(fit.options).toMatchObject({ clipLow: 0.2, clipHigh: 0.2 });
  expect(fit.clip).toHaveProperty('clipHigh');
});

test('with a penalty no weight is 0, and no bound is said to be seen', async () => {
  const fit = await bestOf(
    rollouts({ objective: 'grpo', options: { beta: 0.05, klEstimator: 'k2' } }),
    'grpo',
  );
  expect(fit.misfit).toBeLessThan(1e-6);
  expect(fit.clip ?? {}).toEqual({});
});

test('weights that no clip leaves show none', async () => {
  // Every third weight is taken out, whatever its ratio.
  const cut = rollouts({ objective: 'grpo' }).map((t) => ({
    ...t,
    ...(t.weights && { weights: t.weights.map((w, k) => (k % 3 === 0 ? 0 : w)) }),
  }));
  const fit = await bestOf(cut, 'grpo');
  expect(fit.clip).toBeUndefined();
  expect(fit.misfit).toBeGreaterThan(0.1);
});

test('shortest: fewest decimals, within', () => {
  expect(shortest(0.271, 0.29)).toBe(0.28);
  expect(shortest(0.11, 0.35)).toBe(0.2);
  expect(shortest(0.00029, 0.00031)).toBe(0.0003);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
      fc.double({ min: 1e-9, max: 1, noNaN: true }),
      (from, width) => {
        const x = shortest(from, from + width);
        expect(x >= from && x <= from + width).toBe(true);
      },
    ),
  );
});
