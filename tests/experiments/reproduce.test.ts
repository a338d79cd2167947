// The plan of an experiment, its verdicts and its means over seeds.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { MODELS, PAIRS } from '../../src/experiments/reproduce/document.ts';
import { jobsOf } from '../../src/experiments/reproduce/jobs.ts';
import { configsOf, type Settings, trajectoriesOf } from '../../src/experiments/reproduce/plan.ts';
import { statements, verdictOf } from '../../src/experiments/reproduce/statements.ts';
import { getPreset, parseConfig, presets, withEntries } from '../../src/training/index.ts';

function settings(entries: Readonly<Record<string, string>> = {}, quick = false): Settings {
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
      expect(configs.base.train.options.steps).toBe(0);
      const [sft, rl] = [trajectoriesOf(configs.sft), trajectoriesOf(configs.rl)];
      // A step more or less: the last one may be larger than what is left.
      expect(sft).toBeGreaterThanOrEqual(rl);
      expect(sft - rl).toBeLessThan(Number(configs.base.base.options.batch));
    }
  }
});

test('the ablated models differ from RL in what is updated, and in nothing else', () => {
  const configs = configsOf(settings({ update: 'decision' }));
  expect(configs.rl.train.options.update).toBe('both');
  for (const [model, update] of [
    ['rlSample', 'sample'],
    ['rlDecision', 'decision'],
  ] as const) {
    expect(configs[model].train.options).toEqual({ ...configs.rl.train.options, update });
  }
});

test('quick experiments are shorter', () => {
  const [full, quick] = [configsOf(settings()), configsOf(settings({}, true))];
  expect(Number(quick.base.base.options.steps)).toBeLessThan(Number(full.base.base.options.steps));
  expect(trajectoriesOf(quick.rl)).toBeLessThan(trajectoriesOf(full.rl));
});

test('every job comes after what it needs', () => {
  const done = new Set<string>();
  for (const { name, after } of jobsOf(settings(), 'x')) {
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

test('statements have names of their own and swap pairs that are measured', () => {
  expect(new Set(statements.map(({ id }) => id)).size).toBe(statements.length);
  expect(PAIRS).toContain('sft->rl');
});
