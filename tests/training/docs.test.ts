// docs/training.md names every option of a task and of the loop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { taskKinds } from '../../src/tasks/index.ts';
import { modelOptions, runOptions } from '../../src/training/index.ts';
import { loopOptions } from '../../src/training/options.ts';
import { ROOT } from '../structure/files.ts';

test('every option has a row', () => {
  const text = readFileSync(join(ROOT, 'docs/training.md'), 'utf8');
  const names = [
    ...taskKinds().flatMap(({ options }) => Object.keys(options)),
    ...Object.keys(modelOptions),
    ...Object.keys(runOptions),
    ...Object.values(loopOptions).flatMap((table) => Object.keys(table)),
  ];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});
