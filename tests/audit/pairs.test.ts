// Two mistakes at once: what docs/audit.md says of each pair is so, and either of them alone is found.
import { expect, test } from 'vitest';
import { plant, rules, runRules, type Simulated, settingOf, simulate } from '../../src/audit/index.ts';
import type { Mistake, PlantOptions, SimulationSetting } from '../../src/audit/simulator/index.ts';
import { mistakePairs } from '../../src/report/auditPairs.ts';
import * as logProbs from './planted/logProbs.ts';
import { weightMistakes } from './planted/weights.ts';

type Alter = (simulated: Simulated) => Simulated;

const log =
  (mistake: Mistake): Alter =>
  (simulated) =>
    plant(simulated, mistake);
const trained =
  (
    options: SimulationSetting['options'],
    mistake: Mistake = () => ({}),
    place: PlantOptions['in'] = 'trainer',
  ): Alter =>
  (simulated) =>
    plant(simulated, mistake, { in: place, trained: { options } });
const alterOf = (code: string): Alter => weightMistakes.find((mistake) => mistake.code === code)!.alter;
const after =
  (first: Alter, second: Alter): Alter =>
  (simulated) =>
    second(first(simulated));

/** A sound run, one mistake, the other one, and both where that is more than one after the other. */
interface Pair {
  readonly given: Partial<SimulationSetting>;
  readonly each: readonly [Alter, Alter];
  readonly both?: Alter;
}

const PENALISED = { beta: 0.04, klEstimator: 'k2', klPlacement: 'loss' } as const;

const pairs: Readonly<Record<string, Pair>> = {
  'kl-k1-loss ratio-one-stale': {
    given: { options: PENALISED, lag: 4, drift: 0.03, firstStep: 8 },
    each: [trained({ klEstimator: 'k1' }), trained({}, logProbs.recomputed, 'rollouts')],
    both: trained({ klEstimator: 'k1' }, logProbs.recomputed, 'rollouts'),
  },
  'microbatch-mean tool-tokens-trained': {
    given: { objective: 'dapo', steps: 2, toolRate: 0.05 },
    each: [alterOf('microbatch-mean'), alterOf('tool-tokens-trained')],
    both: after(alterOf('tool-tokens-trained'), alterOf('microbatch-mean')),
  },
  'eos-untrained microbatch-mean': {
    given: { objective: 'dapo', steps: 2 },
    each: [alterOf('eos-untrained'), alterOf('microbatch-mean')],
  },
  'kl-ignored batch-count-divisor': {
    given: { objective: 'dapo', steps: 4, maxLength: 400, firstStep: 8, options: PENALISED },
    each: [trained({ beta: 0 }), trained({ aggregation: 'sequenceSum' })],
    both: trained({ beta: 0, aggregation: 'sequenceSum' }),
  },
  'critic-tempered logprob-positive': {
    given: {},
    each: [log(logProbs.temperedCritic(0.7)), log(logProbs.sentinel)],
  },
  'placeholder-logprob temperature-missing': {
    given: { temperature: 0.7 },
    each: [log(logProbs.appendedEnd), log(logProbs.untemperedTrainer)],
  },
  'dual-clip-missing kl-ignored': {
    given: { firstStep: 8, miniBatches: 4, drift: 0.06, lag: 2, options: { dualClip: 1.5, ...PENALISED } },
    each: [trained({ dualClip: 0 }), trained({ beta: 0 })],
    both: trained({ dualClip: 0, beta: 0 }),
  },
  'shifted-by-one temperature-missing': {
    given: { temperature: 0.7 },
    each: [log(logProbs.shifted(1)), log(logProbs.untemperedTrainer)],
  },
  'temperature-missing truncated-sampling': {
    given: { temperature: 0.7, topP: 0.9 },
    each: [log(logProbs.untemperedTrainer), log(logProbs.afterTheCut)],
  },
  'retokenised sampler-mismatch': {
    given: {},
    each: [log(logProbs.otherTokens), log(logProbs.noisySampler)],
    both: after(log(logProbs.noisySampler), log(logProbs.otherTokens)),
  },
  'ref-temperature temperature-missing': {
    given: { temperature: 0.7, firstStep: 0 },
    each: [log(logProbs.untemperedReference), log(logProbs.untemperedSampler)],
  },
  'border-shift decision-starved': {
    given: { objective: 'dapo', attempts: 3 },
    each: [alterOf('border-shift'), alterOf('decision-starved')],
    both: after(alterOf('decision-starved'), alterOf('border-shift')),
  },
};

test('every pair of the page is tried, and no other', () => {
  expect(Object.keys(pairs)).toEqual(mistakePairs.map(({ codes }) => codes.join(' ')));
});

test.each(mistakePairs)('$codes', async ({ codes, found }) => {
  const { given, each, both = after(...each) } = pairs[codes.join(' ')]!;
  const own = rules.filter(({ code }) => codes.includes(code));
  const clean = simulate(given);
  const seen = async (simulated: Simulated): Promise<string[]> => {
    const { findings } = await runRules(own, () => simulated.trajectories, settingOf(simulated));
    return findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ rule }) => rule.code)
      .toSorted();
  };
  expect(await seen(clean)).toEqual([]);
  expect(await seen(each[0](clean))).toEqual([codes[0]]);
  expect(await seen(each[1](clean))).toEqual([codes[1]]);
  expect(await seen(both(clean))).toEqual(found);
});
