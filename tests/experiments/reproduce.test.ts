// The plan of an experiment, its verdicts and its means over seeds.
import { expect, test } from 'vitest';
import { MODELS, modelsOf, PAIRS } from '../../src/analyses/reproduce/models.ts';
import { reproduceDocument } from '../../src/analyses/reproduce/overSeeds.ts';
import { configsOf, type Plan, trajectoriesOf } from '../../src/analyses/reproduce/plan.ts';
import { measureStatements, statements, verdictOf } from '../../src/analyses/reproduce/statements.ts';
import { randomStream } from '../../src/base/random.ts';
import type { MeasuredStatement, ModelName, SeedEvaluation } from '../../src/documents/reproduce.ts';
import { jobsOf } from '../../src/experiments/reproduce/jobs.ts';
import { affordableWorkers } from '../../src/experiments/reproduce/memory.ts';
import { taskOf } from '../../src/experiments/run/config.ts';
import {
  episodesOfStep,
  getPreset,
  parseConfig,
  presets,
  trainingMemory,
  withEntries,
} from '../../src/training/index.ts';
import { evaluationOf } from '../report/experiment.ts';

function plan(entries: Readonly<Record<string, string>> = {}, quick = false): Plan {
  const value = withEntries(getPreset('pick-sum').config, Object.entries(entries));
  return { preset: 'pick-sum', seeds: 2, quick, episodes: 10, config: parseConfig(value, 'test') };
}

test('all models have the same base; SFT has as many trajectories as RL', () => {
  for (const { name, config } of presets) {
    for (const quick of [false, true]) {
      const configs = configsOf({
        preset: name,
        seeds: 1,
        quick,
        episodes: 10,
        config: parseConfig(config, name),
      });
      for (const model of MODELS) {
        expect(configs[model].base).toEqual(configs.base.base);
        expect(configs[model].model).toEqual(configs.base.model);
      }
      expect(configs.base.train.loop.steps).toBe(0);
      const [sft, rl] = [trajectoriesOf(configs.sft), trajectoriesOf(configs.rl)];
      // A step more or less: the last one may be larger than what is left.
      expect(sft).toBeGreaterThanOrEqual(rl);
      expect(sft - rl).toBeLessThan(episodesOfStep(configs.base.base));
    }
  }
});

test('the ablated models differ from RL in what is updated, and in nothing else', () => {
  const configs = configsOf(plan({ update: 'decision' }));
  expect(configs.rl.train.options.update).toBe('both');
  for (const [model, update] of [
    ['rlSample', 'sample'],
    ['rlDecision', 'decision'],
  ] as const) {
    expect(configs[model].train).toEqual({
      ...configs.rl.train,
      options: { ...configs.rl.train.options, update },
    });
  }
});

test('quick experiments are shorter', () => {
  const [full, quick] = [configsOf(plan()), configsOf(plan({}, true))];
  expect(quick.base.base.loop.steps).toBeLessThan(full.base.base.loop.steps);
  expect(trajectoriesOf(quick.rl)).toBeLessThan(trajectoriesOf(full.rl));
});

test('every job comes after what it needs', () => {
  const done = new Set<string>();
  for (const { name, after } of jobsOf(plan(), 'x')) {
    for (const needed of after) expect(done).toContain(needed);
    done.add(name);
  }
  expect(done.size).toBe(2 * (MODELS.length + 1));
});

test('a verdict needs an interval that does not contain 0', () => {
  expect(verdictOf([0.1, 0.12, 0.11])).toBe('supported');
  expect(verdictOf([-0.1, -0.12, -0.11])).toBe('notSupported');
  expect(verdictOf([0.1, -0.12, 0.11])).toBe('undecided');
  expect(verdictOf([0.1])).toBe('undecided');
  expect(verdictOf([0, 0, 0])).toBe('undecided');
});

test('of no effect, about 5 of 100 verdicts are none of "undecided"', () => {
  const random = randomStream(5, 'no effect');
  const trials = 2000;
  let decided = 0;
  for (let t = 0; t < trials; t++) {
    if (verdictOf(Array.from({ length: 5 }, () => random.normal())) !== 'undecided') decided++;
  }
  // Binomial: 0.05 ± 4·√(0.05·0.95/2000) = 0.05 ± 0.0195.
  expect(Math.abs(decided / trials - 0.05)).toBeLessThan(0.0195);
});

/** A seed at which accuracies, decisions and Shapley values are these, in the order of MODELS and PAIRS. */
function seedWith(
  id: number[],
  ood: number[],
  balanced: number[],
  parts: [number, number][],
): SeedEvaluation {
  const seed = structuredClone(evaluationOf(1));
  MODELS.forEach((model, i) => {
    const { splits } = seed.models[model];
    Object.assign(splits.id.accuracy, { mean: id[i] });
    Object.assign(splits.ood.accuracy, { mean: ood[i] });
    Object.assign(splits.ood.balancedAccuracy, { mean: balanced[i] });
  });
  PAIRS.forEach((pair, i) => {
    const [sample, decision] = parts[i]!;
    Object.assign(seed.compare[pair].ood.shapley, { sample, decision });
  });
  return seed;
}

test('every statement is about the difference that it names', () => {
  const seed = seedWith(
    [50, 60, 80, 55, 65],
    [40, 46, 71, 43, 52],
    [60, 62, 75, 61, 78],
    [
      [8, 17],
      [10, 21],
      [5, 1],
    ],
  );
  const found = Object.fromEntries(statements.map(({ id, difference }) => [id, difference(seed)]));
  expect(found).toEqual({
    rlAboveSft: 71 - 46,
    rlLosesLess: 71 - 80 - (46 - 60),
    rlDecidesBetter: 75 - 62,
    mainlyDecisionOverSft: 17 - 8,
    mainlyDecisionOverBase: 21 - 10,
    decisionAlone: 52 - 43,
    sftNeglectsDecision: 5 - 1,
  });
});

test('a pair over seeds: parts of a gain that is not 0 add up to it', () => {
  const { compare, models } = reproduceDocument(plan(), [1, 2, 3].map(evaluationOf));
  for (const pair of PAIRS) {
    const [a, b] = modelsOf(pair);
    for (const split of ['id', 'ood'] as const) {
      const mean = (model: ModelName): number =>
        models[model].reduce((sum, { splits }) => sum + splits[split].accuracy.mean, 0) / 3;
      const { sample, decision } = compare[pair].splits[split].shapley;
      const gain = mean(b) - mean(a);
      expect(Math.abs(gain)).toBeGreaterThan(0.01);
      // Sums of a few numbers below 1.
      expect(Math.abs(sample.mean + decision.mean - gain)).toBeLessThan(32 * Number.EPSILON);
    }
  }
});

test('a seed with nothing to measure is left out', () => {
  const [one, two, none] = [1, 2, 3].map(evaluationOf).map((seed) => structuredClone(seed));
  Object.assign(none!.models.rl.splits.ood.balancedAccuracy, { mean: Number.NaN });
  const of = (seeds: SeedEvaluation[]): MeasuredStatement =>
    measureStatements(seeds).find(({ id }) => id === 'rlDecidesBetter')!;
  const { measured, ci95 } = of([one!, two!]);
  expect(of([one!, none!, two!])).toMatchObject({ measured, ci95 });
});

test('there are no more workers than cores, nor than there is memory for, and at least one', () => {
  const one = trainingMemory(configsOf(plan()).rl, taskOf(plan().config)).kernel;
  expect(affordableWorkers(plan(), 4, 100 * one)).toBe(4);
  expect(affordableWorkers(plan(), 16, 2.5 * one)).toBe(2);
  expect(affordableWorkers(plan(), 16, one / 2)).toBe(1);
});
