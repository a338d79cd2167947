// Modules of the user's: what is registered, and what is refused in one sentence.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { isModulePath, loadModules, loadObjective, loadTask } from '../../src/host/loadModule.ts';
import { getObjective, registerObjective, rloo } from '../../src/objectives/index.ts';
import { addition, getTask, registerTask } from '../../src/tasks/index.ts';
import { parseConfig } from '../../src/training/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'gradsplit-modules-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** An objective as a module may write it down without importing anything. */
const objectiveText = (name: string): string =>
  `{ name: '${name}', sentence: 'One.', formula: '1', source: 'a test', options: {},
     loss: () => { throw new Error('not asked for'); }, weights: ({ mask }) => new Float64Array(mask.length).fill(1) }`;
const TASK = `{ name: 'nothing', options: {}, create: () => ({ sentence: 'Nothing.' }) }`;

test.each([
  ['./mine.js', true],
  ['../mine.mjs', true],
  ['/tmp/mine.ts', true],
  ['mine.js', true],
  ['grpo', false],
  [undefined, false],
])('%s is a path: %s', (text, expected) => {
  expect(isModulePath(text)).toBe(expected);
});

describe('an objective', () => {
  test('is found under its name and its path, also in a configuration; loading it twice is no harm', async () => {
    const path = file('one.mjs', `export default ${objectiveText('one')};`);
    await loadObjective(path);
    await loadModules({ train: { objective: path } });
    expect(getObjective('one')).toBe(getObjective(path));
    expect(getObjective('one').traits({})).toMatchObject({ readsLogProbs: true, update: 'both' });
    const config = parseConfig({ task: { name: 'pickSum' }, train: { objective: path } }, 'test');
    expect(config.train).toMatchObject({ objective: path, learnsFrom: 'episodes', options: {} });
  });

  test('may be exported by name', async () => {
    await loadObjective(
      file('two.mjs', `export const objective = ${objectiveText('two')}; export default 3;`),
    );
    expect(getObjective('two').name).toBe('two');
  });

  test('keeps its name to itself', async () => {
    expect(() => registerObjective(rloo)).toThrow('objective "rloo": the name is taken');
    const path = file('rloo.mjs', `export default ${objectiveText('rloo')};`);
    await expect(loadObjective(path)).rejects.toThrow('objective "rloo": the name is taken');
  });
});

test('a kind of task is found under its name and its path', async () => {
  const path = file('task.mjs', `export const task = ${TASK};`);
  await loadTask(path);
  expect(getTask('nothing')).toBe(getTask(path));
  expect(getTask(path).create().sentence).toBe('Nothing.');
  expect(() => registerTask(addition)).toThrow('task "addition": the name is taken');
});

test.each([
  ['missing.mjs', undefined, 'missing.mjs: there is no such file or directory'],
  ['broken.mjs', 'export default {', 'broken.mjs: the module cannot be loaded: '],
  ['throws.mjs', 'throw new Error("oh")', 'throws.mjs: the module cannot be loaded: oh'],
  ['empty.mjs', 'export const a = 1;', 'expected an export called "objective" or a default export, found a'],
  ['none.mjs', '', 'expected an export called "objective" or a default export, found none'],
  [
    'half.mjs',
    'export default { name: "half", options: {} };',
    'expected an objective with name, sentence, formula, source, options, loss, weights; it lacks sentence, formula, source, loss, weights',
  ],
])('%s is refused', async (name, text, message) => {
  const path = text === undefined ? join(dir, name) : file(name, text);
  await expect(loadObjective(path)).rejects.toThrow(message);
  await expect(loadObjective(path)).rejects.toThrow(InputError);
});
