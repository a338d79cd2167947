// `gradsplit help`: the help of commands, and topics that are pages of the documentation.
import { describe, expect, test } from 'vitest';
import { claims } from '../../src/claims/index.ts';
import { claimTopics, topics } from '../../src/cli/topics.ts';
import { objectiveNames } from '../../src/objectives/index.ts';
import { readFiles } from '../structure/files.ts';
import { inProcess } from './inProcess.ts';

describe('topics', () => {
  test.each(topics.map(({ name }) => [name]))('%s is explained without marks of Markdown', async (name) => {
    const { code, stdout, stderr } = await inProcess(['help', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.length).toBeGreaterThan(300);
    expect(stdout).not.toMatch(/^#|\*\*\w|\]\(/m);
  });

  test('exit codes are those of docs/formats.md, the objectives all of them', async () => {
    const { stdout } = await inProcess(['help', 'exit-codes']);
    for (const code of [0, 1, 2, 70, 74, '130, 143, 129'])
      expect(stdout).toMatch(new RegExp(`^${code} +\\w`, 'm'));
    const objectives = (await inProcess(['help', 'objectives'])).stdout;
    for (const name of objectiveNames) expect(objectives).toContain(name);
  });

  test('the environment variables are those that the sources read', async () => {
    const sources = [...readFiles('src', ['.ts']).values()];
    const read = sources.flatMap((text) =>
      [...text.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name!),
    );
    const { stdout } = await inProcess(['help', 'environment']);
    const said = [...stdout.matchAll(/^([A-Z_]{4,}) /gm)].map(([, name]) => name!);
    // TERM is about terminals, not about gradsplit.
    expect([...new Set(read)].filter((name) => name !== 'TERM').sort()).toEqual(said);
  });
});

test('a command that is a topic, too: first its help, then the topic', async () => {
  const { stdout } = await inProcess(['help', 'claims']);
  expect(stdout).toMatch(/^Usage: gradsplit claims/);
  expect(stdout.indexOf('Credit budget')).toBeGreaterThan(0);
});

test('each claim is a topic: its section, and nothing of the next one', async () => {
  expect(claimTopics.map(({ name }) => name)).toEqual(claims.map(({ id }) => id));
  for (const [i, { id, title }] of claims.entries()) {
    const { code, stdout } = await inProcess(['help', id]);
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(new RegExp(`^${id} \\w`))]);
    expect(stdout.length, title).toBeGreaterThan(200);
    expect(stdout).not.toMatch(/^#|\*\*?\w[^*]*\*|^>/m);
    const next = claims[i + 1]?.id ?? 'On a transformer';
    expect(stdout).not.toMatch(new RegExp(`^${next} \\w|^On a transformer`, 'm'));
  }
  expect((await inProcess(['help', 'c5b'])).stderr).toContain('did you mean "C5b"?');
});

test('commands, nested ones, and no word at all', async () => {
  expect((await inProcess(['help', 'policy', 'new'])).stdout).toMatch(/^Usage: gradsplit policy new/);
  expect((await inProcess(['help'])).stdout).toMatch(/^Usage: gradsplit \[options\]/);
  expect((await inProcess(['help', 'help'])).stdout).toContain('exit-codes ');
});

test('an unknown topic names the near one', async () => {
  const { code, stdout, stderr } = await inProcess(['help', 'exit-code']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('help: unknown command or topic "exit-code" (did you mean "exit-codes"?)');
});
