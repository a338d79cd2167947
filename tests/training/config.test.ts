// Configurations: defaults, strings as they come from a command line, and every wrong entry in one sentence.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { objectiveNames, objectives } from '../../src/objectives/index.ts';
import { addition, taskKinds } from '../../src/tasks/index.ts';
import {
  configValue,
  createTrainer,
  getPreset,
  parseConfig,
  phaseOptions,
  presets,
  withEntries,
} from '../../src/training/index.ts';
import { loopOptions } from '../../src/training/options.ts';
import { tinyConfig } from './runs.ts';

const taskNames = taskKinds().map(({ name }) => name);

const parse = (value: unknown): unknown => parseConfig(value, 'c.json');

test.each([
  [null, 'c.json: expected an object, found null'],
  [[], 'c.json: expected an object, found an array of 0'],
  [{ tsk: {} }, 'c.json: unknown section "tsk" (did you mean "task"?)'],
  [{}, `c.json: task.name: expected one of ${taskNames.join(', ')}, found nothing`],
  [{ task: { name: 'picksum' } }, 'found "picksum" (did you mean "pickSum"?)'],
  [{ task: { name: 'pickSum', digts: 5 } }, 'c.json: task: unknown option "digts" (did you mean "digits"?)'],
  [{ task: { name: 'pickSum', file: 'x' } }, 'c.json: task.file: expected nothing'],
  [{ task: { name: 'jsonl' } }, 'c.json: task.file: expected the name of a JSONL file, found nothing'],
  [
    { task: { name: 'pickSum' }, model: { width: '16px' } },
    'c.json: model.width: expected an integer of at least 1, found "16px"',
  ],
  [{ task: { name: 'pickSum' }, base: { objective: 'rloo' } }, 'base.objective: expected sft, found rloo'],
  [
    { task: { name: 'pickSum' }, base: { wrong: [0.5, 'a'] } },
    'c.json: base.wrong: expected numbers with commas',
  ],
  [
    { task: { name: 'pickSum' }, train: { objective: 'grop' } },
    'unknown objective "grop" (did you mean "grpo"?)',
  ],
  [
    { task: { name: 'pickSum' }, train: { learningrate: 1 } },
    'c.json: train: unknown option "learningrate" (did you mean "learningRate"?)',
  ],
  [{ task: { name: 'pickSum' }, train: { batch: 4 } }, 'c.json: train: unknown option "batch"'],
  [
    { task: { name: 'pickSum' }, train: { objective: 'sft', data: 'own', errors: 'own' } },
    'c.json: train: unknown option "errors"',
  ],
  [
    { task: { name: 'pickSum' }, train: { objective: 'sft', data: 'own', batch: 4 } },
    'c.json: train: unknown option "batch"',
  ],
  [{ task: { name: 'pickSum' }, base: { group: 4 } }, 'c.json: base: unknown option "group"'],
  [
    { task: { name: 'pickSum' }, base: { data: 'trace' } },
    'base.data: expected one of traces, own, found "trace" (did you mean "traces"?)',
  ],
  [{ task: { name: 'pickSum' }, train: { data: 'own' } }, 'c.json: train: unknown option "data"'],
  [{ task: { name: 'pickSum' }, train: { group: 1 } }, 'train.group: expected at least 2 with rloo, found 1'],
  [{ task: { name: 'pickSum' }, train: { objective: 'ppo', critic: 'value' } }, 'no critic is trained'],
  [{ task: { name: 'pickSum' }, train: 3 }, 'c.json: train: expected an object, found 3'],
])('%j is refused', (value, message) => {
  expect(() => parse(value)).toThrow(message);
  expect(() => parse(value)).toThrow(InputError);
});

test('a configuration is read back as it was written', () => {
  for (const { config } of presets) {
    const complete = parseConfig(config, 'preset');
    expect(parseConfig(JSON.parse(JSON.stringify(configValue(complete))), 'again')).toEqual(complete);
  }
});

describe('entries', () => {
  test('a key without a dot belongs to train; texts become numbers', () => {
    const config = tinyConfig({ beta: '0.5', 'model.width': '8', 'task.digits': '3' });
    expect(config.train.options.beta).toBe(0.5);
    expect(config.model.width).toBe(8);
    expect(config.task.options.digits).toBe(3);
  });

  test.each(['__proto__.x', 'constructor.x', 'toString.x'])('no section is called as in %s', (key) => {
    expect(() => parse(withEntries({ task: { name: 'addition' } }, [[key, '1']]))).toThrow(
      `c.json: unknown section "${key.slice(0, -2)}"`,
    );
  });

  test.each(['__proto__', 'task.__proto__', 'base.constructor'])('no option is called %s', (key) => {
    expect(() => parse(withEntries({ task: { name: 'addition' } }, [[key, '1']]))).toThrow('unknown option');
  });

  test('in a file a number is no text', () => {
    const value = { task: { name: 'addition', digits: '2' } };
    expect(() => parse(value)).toThrow('c.json: task.digits: expected');
    expect(parse(withEntries(value, [['task.digits', '2']]))).toMatchObject({
      task: { options: { digits: 2 } },
    });
  });

  test('a list on a command line may have a single number', () => {
    expect(tinyConfig({ 'base.wrong': '1' }).base.loop).toMatchObject({ wrong: [1] });
  });

  test('too many dots', () =>
    expect(() => withEntries({}, [['a.b.c', '1']])).toThrow('a.b.c: expected a key'));
});

test('presets are found by name', () => {
  expect(getPreset('pick-sum').task).toBe('pickSum');
  expect(() => getPreset('pick-sums')).toThrow('unknown preset "pick-sums" (did you mean "pick-sum"?)');
});

test('every option of a phase has a sentence', () => {
  for (const name of objectiveNames) {
    for (const [option, { sentence }] of Object.entries(phaseOptions(objectives[name], 'episodes'))) {
      expect(sentence, `${name} ${option}`).toMatch(/\.$/);
    }
  }
});

test('probabilities of wrong attempts are checked against the number of attempts', () => {
  const config = tinyConfig({ 'base.wrong': '0.25,0.25,0.25,0.25' });
  expect(() => createTrainer(config, 1, addition.create())).toThrow('wrong: expected 1 to 3 probabilities');
});

test('the loop brings no option that an objective has too: one of them would be lost', () => {
  for (const name of objectiveNames) {
    for (const loop of Object.values(loopOptions)) {
      const own = Object.keys(objectives[name].options);
      expect(own.filter((option) => Object.hasOwn(loop, option))).toEqual([]);
    }
  }
  expect(phaseOptions(objectives.rloo, 'episodes').attemptCost!.default).toBe(0.02);
});

test('what SFT learns from decides which options it has', () => {
  const own = parseConfig({ task: { name: 'pickSum' }, train: { objective: 'sft', data: 'own' } }, 'c');
  expect(own.train.loop).toMatchObject({ data: 'own', prompts: 32, group: 8, learningRate: 1e-4 });
  const traces = parseConfig({ task: { name: 'pickSum' }, train: { objective: 'sft' } }, 'c');
  expect(traces.train.loop).toMatchObject({ data: 'traces', batch: 128, learningRate: 1e-3 });
  expect(traces.train.loop).not.toHaveProperty('group');
});
