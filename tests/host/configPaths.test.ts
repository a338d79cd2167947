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
