// docs/training.md names every option of a task and of the loop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectives } from '../../src/objectives/index.ts';
import { taskOptions } from '../../src/tasks/index.ts';
import { modelOptions, phaseOptions, runOptions } from '../../src/training/index.ts';
import { ROOT } from '../structure/files.ts';

test('every option has a row', () => {
  const text = readFileSync(join(ROOT, 'docs/training.md'), 'utf8');
  const loop = (name: 'sft' | 'rloo'): string[] =>
    Object.keys(phaseOptions(name)).filter((option) => !Object.hasOwn(objectives[name].options, option));
  const names = [
    ...Object.values(taskOptions).flatMap(Object.keys),
    ...Object.keys(modelOptions),
    ...Object.keys(runOptions),
    ...loop('sft'),
    ...loop('rloo'),
  ];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});
