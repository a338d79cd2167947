// Sound choices about terms that look like mistakes: none of them raises an alarm.
import { expect, test } from 'vitest';
import { rules, runRules, type Setting } from '../../src/audit/index.ts';
import { type SimulationSetting, simulate } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { declared, inFloat32, trainedOn } from './planted/trained.ts';

/** Two mini-batches, a sampler with the usual noise, some steps away from the reference. */
const RUN = {
  firstStep: 6,
  miniBatches: 2,
  drift: 0.02,
  mismatch: 0.07,
} satisfies Partial<SimulationSetting>;

async function alarms(setting: Setting, trajectories: readonly Trajectory[]): Promise<string[]> {
  const given = inFloat32(trajectories);
  const { findings } = await runRules(rules, () => given, setting);
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, severity, message }) => `${severity} ${rule.code}: ${message}`);
}

async function alarmsOf(given: Partial<SimulationSetting>): Promise<string[]> {
  const { setting, trajectories } = simulate({ ...RUN, ...given });
  return alarms(declared(setting), trajectories);
}

test('(a) the corrected KL loss ρ·k3, whose weights are those of k2, declared as either or as k3', async () => {
  const { setting, trajectories } = simulate({ ...RUN, options: { beta: 0.04, klEstimator: 'k3Corrected' } });
  const byK2 = trainedOn(trajectories, { ...setting, options: { beta: 0.04, klEstimator: 'k2' } });
  for (const [i, t] of trajectories.entries()) expect(t.weights).toEqual(byK2[i]!.weights);
  for (const klEstimator of ['k3Corrected', 'k2', 'k3']) {
    const told = declared({ options: { beta: 0.04, klEstimator } });
    expect(await alarms(told, trajectories)).toEqual([]);
  }
});

test('(b) the default of prime-rl: the KL is to the sampler, and acts on tokens that the trust region masks', async () => {
  const objective = 'dppo' as const;
  // Many tokens are masked.
  const options = { differenceLow: 0.02, differenceHigh: 0.02, beta: 0.02 };
  const { trajectories } = simulate({ ...RUN, objective, options });
  const unpenalised = trainedOn(trajectories, { objective, options: { ...options, beta: 0 } });
  const onMasked = unpenalised.flatMap(({ weights, mask }, i) =>
    Array.from(weights!.keys()).filter(
      (k) => mask[k] === 1 && weights![k] === 0 && trajectories[i]!.weights![k] !== 0,
    ),
  );
  expect(onMasked.length).toBeGreaterThan(20);
  expect(await alarms(declared({ objective, options }), trajectories)).toEqual([]);
});

test.each([
  ['TIS', { objective: 'tis', options: { beta: 0.01 } }],
  ['IcePop', { objective: 'icepop', options: {} }],
  ['MIS', { objective: 'icepop', options: { samplerLow: 0, samplerHigh: 3, samplerLevel: 'sequence' } }],
  ['OPSM', { objective: 'opsm', options: { offPolicyThreshold: 0.005 } }],
  ['DPPO', { objective: 'dppo', options: {} }],
  ['CISPO', { objective: 'cispo', options: {} }],
] as const)('(c) %s at rollout', async (_, given) => {
  expect(await alarmsOf(given)).toEqual([]);
  // The policy that drew is the sampler: there are no other log-probs.
  const { setting, trajectories } = simulate({ ...RUN, ...given });
  const anchored = trajectories.map((t) => ({ ...t, oldLogProbs: t.samplerLogProbs! }));
  expect(await alarms(declared(setting), trainedOn(anchored, setting))).toEqual([]);
});

test('(d) a token mean that is chosen on purpose', async () => {
  expect(await alarmsOf({ options: { aggregation: 'tokenMean' } })).toEqual([]);
  expect(await alarmsOf({ objective: 'luspo' })).toEqual([]);
});
