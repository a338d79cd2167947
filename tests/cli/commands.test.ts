// What each command does when all is well: its document, its text, and where each goes.
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { exact } from '../../src/analyses/exact.ts';
import { schemas } from '../../src/documents/index.ts';
import { type DocumentName, documentNames } from '../../src/documents/names.ts';
import { parsePolicy } from '../../src/policy/format.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { sampleKeys } from '../../src/policy/shape.ts';
import { inProcess } from './inProcess.ts';
import { type Run, workplace } from './run.ts';

const place = workplace();
const size = ['--attempts', '2', '--length', '2', '--vocabulary', '2'];
const shape = { attempts: 2, length: 2, vocabulary: 2 };

/** stdout as JSON; nothing may be on stderr but plain lines of progress. */
function document({ code, stdout, stderr }: Run, name: DocumentName): ReturnType<typeof JSON.parse> {
  expect(code).toBe(0);
  expect(stderr.replace(/^\[\d+\/\d+\] .*\n/gm, '')).toBe('');
  const value = JSON.parse(stdout);
  expect(schemas[name].safeParse(value).error).toBeUndefined();
  return value;
}

describe('policy new', () => {
  test('writes the policy of the seed, to stdout or a file', async () => {
    const run = await inProcess(['policy', 'new', ...size, '--seed', '7']);
    document(run, 'policy@1');
    expect(parsePolicy(run.stdout, 'out')).toStrictEqual(randomPolicy(shape, 7));
    const path = place.path('seven.json');
    expect(await inProcess(['policy', 'new', ...size, '--seed', '7', '-o', path])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(path, 'utf8')).toBe(run.stdout);
    expect(parsePolicy((await inProcess(['policy', 'new', ...size])).stdout, 'out')).toStrictEqual(
      randomPolicy(shape, 1),
    );
  });
});

describe('exact', () => {
  const path = place.path('exact.json');
  beforeAll(async () => {
    await inProcess(['policy', 'new', ...size, '-o', path]);
  });

  test('the document holds what exact computes, to the last digit, rows keyed as in the policy', async () => {
    const result = document(await inProcess(['exact', path, '--beta', '0.25', '--json', '-']), 'exact@1');
    const policy = randomPolicy(shape, 1);
    const expected = exact(policy, { beta: 0.25 });
    expect(result.trajectories).toBe(20);
    expect(result.reward.mean).toBe(expected.reward.mean);
    expect(result.regularised).toEqual({ beta: 0.25, optimum: expected.regularised.optimum });
    const logits = JSON.parse(readFileSync(path, 'utf8')).logits;
    const gradients = [result.reward.gradient, result.kl.gradient, result.estimators.k3.lossGradient];
    for (const gradient of [...gradients, result.forwardKl.gradient]) {
      expect(Object.keys(gradient.sample)).toEqual(Object.keys(logits.sample));
      expect(Object.keys(gradient.decision)).toEqual(Object.keys(logits.decision));
    }
    const rows = [...sampleKeys(shape)].flatMap((key) => result.kl.gradient.sample[key]);
    expect(rows).toEqual([...expected.kl.gradient.sample]);
    expect(result.objective).toBeUndefined();
  });

  test('an objective with options', async () => {
    const args = ['--objective', 'grpo', '--option', 'normalizeByStd=false', '--option', 'klEstimator=k2'];
    const { objective } = document(
      await inProcess(['exact', path, '--beta', '1', ...args, '--json', '-']),
      'exact@1',
    );
    expect(objective).toMatchObject({ name: 'grpo', options: { normalizeByStd: false, klEstimator: 'k2' } });
    expect(Object.keys(objective.gradient.sample)).toHaveLength(15);
  });

  test('a gradient that is zero has no direction: null and a warning', async () => {
    // One attempt: no decision to differentiate.
    const single = place.path('single.json');
    await inProcess(['policy', 'new', '--attempts', '1', '--length', '1', '--vocabulary', '2', '-o', single]);
    const run = await inProcess(['exact', single, '--beta', '1', '--objective', 'reinforce', '--json', '-']);
    const result = document(run, 'exact@1');
    expect(result.objective.cosine.decision).toBeNull();
    expect(result.warnings.join('\n')).toContain('objective.cosine.decision');
    expect(result.reward.gradient.decision).toEqual({});
  });

  test('with --json FILE the table stays on stdout', async () => {
    const run = await inProcess(['exact', path, '--beta', '1', '--json', place.path('result.json')]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('E[R]');
    expect(
      schemas['exact@1'].safeParse(JSON.parse(readFileSync(place.path('result.json'), 'utf8'))).success,
    ).toBe(true);
    expect((await inProcess(['exact', path, '--beta', '1'])).stdout).toBe(run.stdout);
  });
});

test('reports of a policy of one’s own lead with its numbers', async () => {
  const path = place.path('own.json');
  await inProcess(['policy', 'new', '--attempts', '2', '--length', '1', '--vocabulary', '2', '-o', path]);
  const [exactPage, verifyPage] = [place.path('exact.html'), place.path('own.html')];
  const args = ['--beta', '0.1', '--objective', 'grpo', '--report', exactPage];
  expect((await inProcess(['exact', path, ...args])).code).toBe(0);
  expect((await inProcess(['verify', '--policy', path, '--claims', 'C3', '--report', verifyPage])).code).toBe(
    0,
  );
  for (const page of [exactPage, verifyPage]) {
    expect(readFileSync(page, 'utf8')).toContain(
      'Sampling accounts for 65\u00a0% of the variance of the reward, deciding for 35\u00a0%.',
    );
  }
  expect(readFileSync(exactPage, 'utf8')).toContain('The objective grpo');
});

describe('verify', () => {
  test('--claims chooses, --seed draws, --no-transformer changes nothing', async () => {
    const run = await inProcess([
      'verify',
      '--claims',
      'C8,C3',
      ...size,
      '--seed',
      '5',
      '--no-transformer',
      '--json',
      '-',
    ]);
    const result = document(run, 'verify@1');
    expect(result.claims.map((claim: { id: string }) => claim.id)).toEqual(['C3', 'C8']);
    expect(result.seed).toBe(5);
  });

  test('the help states the shape that is drawn by default', async () => {
    const result = document(await inProcess(['verify', '--claims', 'C3', '--json', '-']), 'verify@1');
    const { stdout } = await inProcess(['verify', '--help']);
    for (const name of ['attempts', 'length', 'vocabulary']) {
      expect(stdout.replace(/\s+/g, ' ')).toMatch(
        new RegExp(`--${name} .{0,60}\\(default: ${result.policy[name]}\\)`),
      );
    }
  });

  test('a policy of one’s own', async () => {
    const path = place.path('mine.json');
    await inProcess(['policy', 'new', ...size, '--seed', '3', '-o', path]);
    const result = document(
      await inProcess(['verify', '--policy', path, '--claims', 'C3', '--json', '-']),
      'verify@1',
    );
    expect(result.policy).toMatchObject({ source: path, attempts: 2 });
    expect(
      result.claims[0].controls.every((c: { on: string }) => ['policy', 'companion'].includes(c.on)),
    ).toBe(true);
  });
});

describe('claims', () => {
  test('the document and the text list the same', async () => {
    const { claims } = document(await inProcess(['claims', '--json', '-']), 'claims@1');
    const text = (await inProcess(['claims'])).stdout.replace(/\s+/g, ' ');
    expect(claims.length).toBeGreaterThanOrEqual(9);
    for (const { id, title, statement } of claims) {
      expect(text).toContain(`${id} ${title}`);
      expect(text).toContain(statement.slice(0, 60));
    }
  });
});

describe('schema', () => {
  test.each(documentNames)('%s, with and without the prefix', async (name) => {
    const run = await inProcess(['schema', name]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      $schema: expect.stringContaining('json-schema.org'),
      title: `gradsplit/${name}`,
    });
    expect((await inProcess(['schema', `gradsplit/${name}`])).stdout).toBe(run.stdout);
  });
});

test('nothing but the files asked for is left', () => {
  expect(
    readdirSync(place.directory).filter(
      (name) => !/^(seven|exact|single|result|mine|own)\.(json|html)$/.test(name),
    ),
  ).toEqual([]);
});
