// Rules about log-probs: each planted mistake is found, and nothing else at its level.
import { describe, expect, test } from 'vitest';
import {
  ALL_FIELDS,
  type Mistake,
  plant,
  type Simulated,
  type SimulationSetting,
  simulate,
} from '../../../src/audit/simulator/index.ts';
import * as planted from '../planted/logProbs.ts';
import { auditOf, codesOf, findingOf } from './only.ts';

const LARGE: Partial<SimulationSetting> = { seed: 5, prompts: 10, groupSize: 8 };

const CASES: readonly [code: string, given: Partial<SimulationSetting>, mistake: Mistake][] = [
  ['logprob-positive', {}, planted.sentinel],
  ['logprob-nonfinite', {}, planted.nonfinite],
  ['nan-under-mask', { toolRate: 0.05 }, planted.nanAtTools],
  ['placeholder-logprob', {}, planted.appendedEnd],
  ['temperature-missing', { temperature: 0.6 }, planted.untemperedTrainer],
  ['temperature-missing', { temperature: 0.9 }, planted.untemperedTrainer],
  ['temperature-missing', { temperature: 1.2 }, planted.untemperedTrainer],
  ['temperature-missing', { temperature: 0.7 }, planted.untemperedSampler],
  ['truncated-sampling', { topP: 0.95 }, planted.afterTheCut],
  ['truncated-sampling', { topP: 0.8 }, planted.afterTheCut],
  ['sampled-logprob-wrong', {}, planted.topInstead],
  ['shifted-by-one', {}, planted.shifted(1)],
  ['shifted-by-one', {}, planted.shifted(-1)],
  ['retokenised', {}, planted.otherTokens],
  ['sampler-mismatch', {}, planted.noisySampler],
  ['dropout-in-old', {}, planted.dropout],
  ['ref-temperature', { temperature: 0.7, firstStep: 0 }, planted.untemperedReference],
  ['ref-temperature', { temperature: 1.2, firstStep: 1 }, planted.untemperedReference],
  ['critic-tempered', { prompts: 20 }, planted.temperedCritic(0.7)],
  ['critic-tempered', { prompts: 45 }, planted.temperedCritic(1.3)],
  ['ratio-one-stale', { lag: 4, drift: 0.03, firstStep: 8 }, planted.recomputed],
  [
    'kl-negative',
    { firstStep: 60, fields: { ...ALL_FIELDS, oldLogProbs: false, samplerLogProbs: false } },
    planted.swapped,
  ],
];

/** Sound rollouts by their setting, with the codes found there: many mistakes are planted into the same. */
const sound = new Map<string, Promise<readonly [clean: Simulated, codes: readonly string[]]>>();

function soundRun(given: Partial<SimulationSetting>): Promise<readonly [Simulated, readonly string[]]> {
  const key = JSON.stringify(given);
  const known = sound.get(key);
  if (known !== undefined) return known;
  const clean = simulate({ ...LARGE, ...given });
  const run = auditOf(clean).then((audit) => [clean, codesOf(audit)] as const);
  sound.set(key, run);
  return run;
}

describe('a planted mistake is found, and nothing else at that level', () => {
  test.each(CASES)('%s', async (code, given, mistake) => {
    const [clean, before] = await soundRun(given);
    expect(before).toEqual([]);
    const run = await auditOf(plant(clean, mistake));
    expect(codesOf(run)).toEqual([code]);
    const { spans, threshold, evidence } = findingOf(run, code)!;
    expect(spans.length).toBeGreaterThan(0);
    expect(Number.isFinite(threshold)).toBe(true);
    for (const value of Object.values(evidence)) if (typeof value === 'number') expect(value).not.toBeNaN();
  });
});
