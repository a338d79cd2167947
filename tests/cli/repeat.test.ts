// The command that repeats a run gives the same configuration when it is read again.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type RunState, repeatRun, shellWord } from '../../src/cli/repeat.ts';
import { plainText } from '../../src/report/html.ts';
import {
  configValue,
  getPreset,
  parseConfig,
  type TrainingConfig,
  withEntries,
} from '../../src/training/index.ts';

const configured = (preset: string, entries: Readonly<Record<string, string>>): TrainingConfig =>
  parseConfig(withEntries(getPreset(preset).config, Object.entries(entries)), 'test');

/** A run on WASM with no steps left. */
const done = (dir: string): RunState => ({ dir, backend: 'wasm', stepsDone: 1e6 });

/** What `gradsplit train` would make of the command; no value here needs quotes. */
function read(command: string): TrainingConfig {
  const words = command.split(' ');
  const after = (option: string): string[] => words.filter((_, i) => words[i - 1] === option);
  const entries = after('--set').map((entry) => entry.split('=') as [string, string]);
  const [preset] = after('--preset');
  return parseConfig(withEntries(getPreset(preset!).config, entries), 'test');
}

test.each([
  ['pick-sum', {}],
  ['pick-sum', { 'train.steps': '7', 'base.wrong': '0.5,0.5', 'model.width': '16', 'task.heldOut': '0.5' }],
  ['pick-sum', { 'train.objective': 'ppo', 'train.clipLow': '0.1', 'train.update': 'decision' }],
  ['pick-sum-in-loss', { 'train.objective': 'sft', 'train.learningRate': '3e-5' }],
  ['addition', { 'task.splitBy': 'digits', 'run.attempts': '2', 'train.beta': '0.01' }],
])('%s with %j', (preset, entries) => {
  const config = configured(preset, entries);
  const { command, file } = repeatRun({ preset, seed: 3, config }, done('runs/a/'));
  expect(file).toBeUndefined();
  expect(command).toContain(`gradsplit train --preset ${preset} --seed 3 --out runs/a-again`);
  expect(read(command)).toEqual(config);
  // A difference shows up in the command, so that equal configurations are no accident.
  expect(command.includes('--set')).toBe(Object.keys(entries).length > 0);
});

test('without a preset, or with one that is not there or fits no more, the configuration is a file', () => {
  const config = configured('addition', { 'task.digits': '2' });
  const sums = configured('pick-sum', {});
  // Entries of addition that fit no other task.
  const misfit = { ...sums, base: { ...sums.base, objective: 'grpo' as const } };
  for (const run of [
    { preset: null, config },
    { preset: 'gone', config },
    { preset: 'pick-sum', config: { ...misfit, task: { name: 'jsonl' as const, options: {} } } },
  ]) {
    const { command, file } = repeatRun({ ...run, seed: 1 }, done('a'));
    expect(command).toBe(`gradsplit train --config ${file!.name} --seed 1 --out a-again`);
    expect(JSON.parse(file!.json)).toEqual(configValue(run.config));
  }
  const { file } = repeatRun({ preset: null, seed: 1, config }, done('a'));
  expect(parseConfig(JSON.parse(file!.json), 'test')).toEqual(config);
});

test('what a GPU trained is repeated and gone on with on a GPU', () => {
  const run = { preset: 'pick-sum', seed: 3, config: configured('pick-sum', {}) };
  const commands = (backend: string, stepsDone: number): (string | undefined)[] => {
    const { command, goOn } = repeatRun(run, { dir: 'a', backend, stepsDone });
    return [command, goOn];
  };
  expect(commands('gpu', 1)).toEqual([
    'gradsplit train --preset pick-sum --seed 3 --out a-again --backend gpu',
    'gradsplit train --out a --resume --backend gpu',
  ]);
  expect(commands('wasm', 1)[1]).toBe('gradsplit train --out a --resume');
  expect(commands('gpu', 1e6)[1]).toBeUndefined();
});

test('words of a shell', () => {
  expect(shellWord('runs/a-1.x=2,3')).toBe('runs/a-1.x=2,3');
  expect(shellWord("my run's; rm *")).toBe("'my run'\\''s; rm *'");
  expect(shellWord('')).toBe("''");
  expect(shellWord('runs/a\nb')).toBe("$'runs/a\\012b'");
});

test.each(['a\nb', "it's\t\\n", '\u202e#\u0007', 'two  spaces   three', '7\n8\u00e9'])(
  'a shell reads %j as it was, and a message and a page show it so',
  (text) => {
    const word = shellWord(text);
    expect(spawnSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' }).stdout).toBe(text);
    expect(plainText(word)).toBe(word);
  },
);
