// Where all ratios are 1, weights without a penalty are those of k1 but for the factors of trajectories: these tell the two apart.
import { expect, test } from 'vitest';
import { plant, runRules, settingOf, simulate } from '../../src/audit/index.ts';
import { klIgnored } from '../../src/audit/rules/klIgnored.ts';
import { klK1Loss } from '../../src/audit/rules/klK1Loss.ts';

const clean = simulate({
  ...{ objective: 'dapo', firstStep: 8, vocabulary: 50, mismatch: 0 },
  options: { beta: 0.04, klEstimator: 'k2', klPlacement: 'loss' },
});

test.each([
  ['the declared penalty', {}, []],
  ['no penalty', { beta: 0 }, ['kl-ignored']],
  ['k1', { klEstimator: 'k1' }, ['kl-k1-loss']],
] as const)('%s is named alone', async (_, options, codes) => {
  const { trajectories } = plant(clean, () => ({}), { in: 'trainer', trained: { options } });
  for (const { logProbs, oldLogProbs } of trajectories) expect(logProbs).toEqual(oldLogProbs);
  const { findings } = await runRules([klIgnored, klK1Loss], () => trajectories, settingOf(clean));
  expect(findings.map(({ rule }) => rule.code)).toEqual(codes);
});
