// Rules about the terms of an objective leave clean rollouts alone that are far off policy and far from the reference, with weights in float32.
import { expect, test } from 'vitest';
import { runRules } from '../../src/audit/index.ts';
import {
  ALL_FIELDS,
  randomSimulation,
  type SimulationSetting,
  simulate,
} from '../../src/audit/simulator/index.ts';
import { planted } from './planted/terms.ts';
import { declared, inFloat32, rulesOf } from './planted/trained.ts';

const own = rulesOf(Object.values(planted).map(({ code }) => code));

/** Findings above info on a clean simulation. */
async function alarms(setting: SimulationSetting): Promise<string[]> {
  const trajectories = inFloat32(simulate(setting).trajectories);
  const { findings } = await runRules(own, () => trajectories, declared(setting));
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, severity, message }) => `${setting.seed} ${severity} ${rule.code}: ${message}`);
}

test('100 settings far off policy and far from the reference, with every field', async () => {
  const found: string[] = [];
  for (let seed = 1000; seed < 1100; seed++) {
    const given = randomSimulation(seed);
    found.push(
      ...(await alarms({ ...given, firstStep: 12, miniBatches: 4, lag: 2, drift: 0.04, fields: ALL_FIELDS })),
    );
  }
  expect(found).toEqual([]);
});
