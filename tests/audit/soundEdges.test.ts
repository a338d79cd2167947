// Sound rollouts at the edges: tiny rewards, few trajectories, a filter, log-probs of the sampler alone. None of them is an error or a warning.
import { expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { altered, type Case, sound, standardised, withAdvantages } from './planted/planted.ts';
import { declared } from './planted/trained.ts';
import { trajectoryOf } from './trajectories.ts';

async function alarms({ trajectories, setting }: Case): Promise<string[]> {
  const { findings } = await runRules(rules, () => trajectories, setting);
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, severity, message }) => `${severity} ${rule.code}: ${message}`);
}

const CONTINUOUS = [{ name: 'score', kind: 'continuous', weight: 1 }] as const;

/** The trajectories without these fields. */
function without({ trajectories, setting }: Case, ...names: readonly (keyof Trajectory)[]): Case {
  const kept = (t: Trajectory): Trajectory =>
    Object.fromEntries(
      Object.entries(t).filter(([name]) => !names.includes(name as keyof Trajectory)),
    ) as unknown as Trajectory;
  return { trajectories: trajectories.map(kept), setting };
}

test('rewards of a millionth, at which ε is the divisor: no division by the batch', async () => {
  const clean = sound({ seed: 1, rewards: CONTINUOUS, options: { normalizeByStd: true } });
  const tiny = altered(clean, ({ reward }) => ({
    reward: 1e-6 * reward!,
    rewards: { score: 1e-6 * reward! },
  }));
  expect(await alarms(without(withAdvantages(tiny, standardised), 'weights'))).toEqual([]);
});

test('where the policy is the reference a penalty is 0, whatever the noise of a sampler’s log-probs makes of it', async () => {
  const { setting, trajectories } = sound({
    seed: 2,
    firstStep: 0,
    drift: 0,
    mismatch: 0.07,
    options: { beta: 0.05 },
  });
  const given = without({ trajectories, setting }, 'logProbs', 'oldLogProbs');
  expect(await alarms({ ...given, setting: declared({ options: { beta: 0.05 } }) })).toEqual([]);
});

test('groups that a filter left one member, beside others that have theirs', async () => {
  const clean = sound({ seed: 3, steps: 2, prompts: 4, rewards: CONTINUOUS });
  const { step } = clean.trajectories[0]!;
  const seen = new Set<unknown>();
  const isKept = (t: Trajectory): boolean =>
    t.step !== step || !seen.has(t.group) === Boolean(seen.add(t.group));
  const trajectories = clean.trajectories.filter(isKept);
  expect(trajectories.filter((t) => t.step === step)).toHaveLength(4);
  expect(
    await alarms(
      withAdvantages({ ...clean, trajectories }, (rewards) =>
        rewards.length === 1 ? [0] : standardised(rewards),
      ),
    ),
  ).toEqual([]);
});

/** Trajectories whose tokens have these differences log π − log μ. */
function ofDifferences(rows: readonly (readonly number[])[]): Case {
  const trajectories = rows.map((differences, i) =>
    trajectoryOf(
      i + 1,
      differences.map(() => 'sample'),
      {
        logProbs: Float64Array.from(differences, (d) => -1 + d),
        samplerLogProbs: new Float64Array(differences.length).fill(-1),
      },
    ),
  );
  return { trajectories, setting: {} };
}

test('few trajectories: their error is that of Student’s t, and equal shares are no certainty', async () => {
  // A mean 5 standard errors below 0.995 of three degrees of freedom, where 22 are 10⁻⁴; one token of three that is off in each.
  const means = [-0.0149, -0.0119, -0.0107, -0.0092];
  const off = [
    [0, 0.02, -0.2],
    [0.05, -0.02, -0.2],
    [-0.03, 0.06, 0.2],
  ];
  expect(await alarms(ofDifferences(means.map((d) => [d, d, d, d])))).toEqual([]);
  expect(await alarms(ofDifferences(off))).toEqual([]);
  const many = <T>(rows: readonly T[]): T[] => Array.from({ length: 48 }, (_, i) => rows[i % rows.length]!);
  expect(await alarms(ofDifferences(many(means.map((d) => [d, d, d, d]))))).toEqual([
    expect.stringContaining('truncated-sampling'),
  ]);
});
