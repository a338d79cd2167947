// The fit finds the objective that made the logged numbers, and says which others would have made the same.
import { describe, expect, test } from 'vitest';
import { fitObjective, type ObjectiveFit } from '../../src/audit/fit/fit.ts';
import { objectiveNames } from '../../src/objectives/index.ts';
import { inFloat32, OFF_POLICY } from './planted/trained.ts';
import { type SimulationSetting, simulate } from './simulator/index.ts';

const RUN = {
  ...OFF_POLICY,
  rewards: [{ name: 'score', kind: 'continuous', weight: 1 }],
} satisfies Partial<SimulationSetting>;

const fitOf = async (given: Partial<SimulationSetting>): Promise<ObjectiveFit[]> => {
  const trajectories = inFloat32(simulate({ ...RUN, ...given }).trajectories);
  return fitObjective(() => trajectories);
};

describe.each(objectiveNames)('%s', (objective) => {
  test('explains its own weights and advantages to rounding, and is first or said to be equivalent', async () => {
    const fits = await fitOf({ objective });
    const [first] = fits;
    const own = fits.find(({ name }) => name === objective)!;
    console.log(
      objective,
      fits
        .slice(0, 4)
        .map((f) => [
          f.name,
          f.misfit,
          f.misfitOfAdvantages,
          f.misfitOfWeights,
          JSON.stringify(f.options),
          f.equivalentTo.slice(0, 6),
        ]),
    );
    expect(own.misfit).toBeLessThan(1e-6);
    expect(first!.misfit).toBeLessThan(1e-6);
    const names = [first!.name, ...first!.equivalentTo.map((label) => label.split(' ')[0])];
    expect(names).toContain(objective);
  });
});
