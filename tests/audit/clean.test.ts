// Rollouts of a sound trainer: all rules together raise no error on 200 random settings, and warn in at most 2 % of them.
import { expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import { randomSimulation, settingOf, simulate } from '../../src/audit/simulator/index.ts';

const SETTINGS = 200;

test('no errors, and hardly a warning', async () => {
  const errors: string[] = [];
  const warned: string[] = [];
  for (let seed = 1; seed <= SETTINGS; seed++) {
    const simulated = simulate(randomSimulation(seed));
    const { findings } = await runRules(rules, () => simulated.trajectories, settingOf(simulated));
    for (const { rule, severity, message } of findings) {
      if (severity === 'error') errors.push(`${seed} ${rule.code}: ${message}`);
    }
    const codes = findings.filter(({ severity }) => severity === 'warning').map(({ rule }) => rule.code);
    if (codes.length > 0) warned.push(`${seed} ${codes.join(' ')}`);
  }
  expect(errors).toEqual([]);
  expect(warned.length, warned.join('\n')).toBeLessThanOrEqual(0.02 * SETTINGS);
});
