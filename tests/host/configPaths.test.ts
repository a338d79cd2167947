// Paths in a configuration: relative to its file there, absolute in memory.
import { expect, test } from 'vitest';
import { fromFolder, toFolder } from '../../src/host/configPaths.ts';

test('a path in a file is relative to the folder of the file', () => {
  const value = { task: { name: 'jsonl', file: '../data/a.jsonl', eos: 1 }, base: { steps: 1 } };
  const absolute = { ...value, task: { ...value.task, file: '/place/data/a.jsonl' } };
  expect(fromFolder(value, '/place/configs')).toEqual(absolute);
  expect(fromFolder(absolute, '/elsewhere')).toEqual(absolute);
  expect(toFolder(absolute, '/place/runs/a')).toMatchObject({ task: { file: '../../data/a.jsonl' } });
});

test.each([null, 3, [], { task: 3 }, { task: { file: 3 } }, { task: { name: 'addition' } }])(
  '%j has no path and stays as it is',
  (value) => expect(fromFolder(value, '/place')).toBe(value),
);

test('paths of modules, too; names stay as they are', () => {
  const value = {
    task: { name: '../mine/task.js', digits: 2 },
    base: { objective: 'sft' },
    train: { objective: './loss.mjs' },
  };
  const absolute = {
    task: { name: '/place/mine/task.js', digits: 2 },
    base: { objective: 'sft' },
    train: { objective: '/place/configs/loss.mjs' },
  };
  expect(fromFolder(value, '/place/configs')).toEqual(absolute);
  expect(fromFolder(value, '/elsewhere', '/place/configs')).toEqual(absolute);
  expect(toFolder(absolute, '/place/configs')).toEqual(value);
  // A module in the folder itself keeps a dot, without which it could be the name of an objective.
  expect(toFolder({ train: { objective: '/place/mine' } }, '/place').train.objective).toBe('./mine');
});

test('a section that is inherited is none', () => {
  const value = Object.create({ task: { file: 'a' } });
  expect(fromFolder(value, '/place')).toBe(value);
});
