// `gradsplit objectives`: all objectives, one in detail, as a document; and names with a trainer where an objective is named.
import { expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { objectiveNames, trainerNames } from '../../src/objectives/index.ts';
import { inProcess } from './inProcess.ts';

test('the list has every objective, and a document that its schema takes', async () => {
  const { code, stdout } = await inProcess(['objectives']);
  expect(code).toBe(0);
  for (const name of [...objectiveNames, ...trainerNames]) expect(stdout).toContain(name);
  const document = JSON.parse((await inProcess(['objectives', '--json', '-'])).stdout);
  expect(schemas['objectives@1'].safeParse(document).success).toBe(true);
  expect(document.objectives.map(({ name }: { name: string }) => name)).toEqual(objectiveNames);
});

test('one objective as one trainer has it: the options that are no defaults, and where they were read', async () => {
  const { code, stdout } = await inProcess(['objectives', 'grpo@verl']);
  expect(code).toBe(0);
  expect(stdout).toContain('stdEpsilon=0.000001 groupOfOne=reward dualClip=3 aggregation=tokenMean');
  expect(stdout).toContain('core_algos.py');
  expect(stdout).not.toContain('grpo@trl');
});

test('unknown names end with exit code 2 and the near one', async () => {
  const found = await inProcess(['objectives', 'grop']);
  expect(found).toMatchObject({ code: 2, stdout: '' });
  expect(found.stderr).toContain('unknown objective "grop" (did you mean "grpo"?)');
  expect((await inProcess(['objectives', 'grpo@ver'])).stderr).toContain('did you mean "verl"?');
});
