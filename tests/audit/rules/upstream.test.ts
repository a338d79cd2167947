// Mistakes about log-probs in the files of the trainers they were seen in, through the readers of these files.
import { describe, expect, test } from 'vitest';
import { type Mistake, plant, type SimulationSetting, simulate } from '../../../src/audit/simulator/index.ts';
import * as planted from '../planted/logProbs.ts';
import { asLoggingBoard, asNemoRl, asRollouts } from '../upstream.ts';
import { auditUndeclared, codesOf } from './only.ts';

const LARGE: Partial<SimulationSetting> = { seed: 5, prompts: 10, groupSize: 8 };

type Case = readonly [code: string, given: Partial<SimulationSetting>, mistake: Mistake];

const NEMO_RL: readonly Case[] = [
  ['logprob-positive', {}, planted.sentinel],
  ['placeholder-logprob', {}, planted.appendedEnd],
  ['temperature-missing', { temperature: 0.7 }, planted.untemperedTrainer],
  ['temperature-missing', { temperature: 0.7 }, planted.untemperedSampler],
  ['truncated-sampling', { topP: 0.9 }, planted.afterTheCut],
  ['sampled-logprob-wrong', {}, planted.topInstead],
  ['shifted-by-one', {}, planted.shifted(1)],
  ['retokenised', {}, planted.otherTokens],
  ['sampler-mismatch', {}, planted.noisySampler],
];

describe('NeMo-RL', () => {
  test.each(NEMO_RL)('%s', async (code, given, mistake) => {
    const clean = simulate({ ...LARGE, ...given });
    expect(codesOf(await auditUndeclared(await asNemoRl(clean.trajectories)))).toEqual([]);
    const run = await auditUndeclared(await asNemoRl(plant(clean, mistake).trajectories));
    expect(codesOf(run)).toEqual([code]);
    expect(run.findings.find(({ rule }) => rule.code === code)?.spans[0]?.file).toBe(
      'exp_001/train_data_step3.jsonl',
    );
  });

  test('−∞ and NaN of Python', async () => {
    const bad = plant(simulate(LARGE), (t, _, i) => {
      const k = t.mask.indexOf(1);
      const value = [Number.NEGATIVE_INFINITY, Number.NaN][i];
      return value === undefined
        ? {}
        : {
            oldLogProbs: planted.changed(
              t.oldLogProbs!,
              (j) => j === k,
              () => value,
            ),
          };
    });
    const run = await auditUndeclared(await asNemoRl(bad.trajectories));
    expect(codesOf(run)).toEqual(['logprob-nonfinite']);
    expect(run.findings[0]?.spans).toHaveLength(2);
  });
});

describe('the RL Logging Board', () => {
  test('kl-negative', async () => {
    const clean = simulate({ ...LARGE, firstStep: 60 });
    expect(codesOf(await auditUndeclared(await asLoggingBoard(clean.trajectories)))).toEqual([]);
    const bad = plant(clean, planted.swapped);
    const run = await auditUndeclared(await asLoggingBoard(bad.trajectories));
    expect(codesOf(run)).toEqual(['kl-negative']);
  });

  test('ref-temperature', async () => {
    const clean = simulate({ ...LARGE, firstStep: 0, temperature: 0.7 });
    expect(codesOf(await auditUndeclared(await asLoggingBoard(clean.trajectories)))).toEqual([]);
    const bad = plant(clean, planted.untemperedReference);
    expect(codesOf(await auditUndeclared(await asLoggingBoard(bad.trajectories)))).toEqual([
      'ref-temperature',
    ]);
  });
});

describe('rollouts@1', () => {
  const CASES: readonly Case[] = [
    ...NEMO_RL,
    ['dropout-in-old', {}, planted.dropout],
    ['ref-temperature', { temperature: 0.7, firstStep: 0 }, planted.untemperedReference],
  ];
  test.each(CASES)('%s', async (code, given, mistake) => {
    const clean = simulate({ ...LARGE, ...given });
    expect(codesOf(await auditUndeclared(await asRollouts(clean.trajectories)))).toEqual([]);
    const run = await auditUndeclared(await asRollouts(plant(clean, mistake).trajectories));
    expect(codesOf(run)).toEqual([code]);
  });
});
