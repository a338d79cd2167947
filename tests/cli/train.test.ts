// `gradsplit train` and `presets`: a run, the same by a process of its own, Ctrl-C and --resume, bad input.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { objectives } from '../../src/objectives/index.ts';
import { taskKinds } from '../../src/tasks/index.ts';
import { modelOptions, phaseOptions, runOptions } from '../../src/training/index.ts';
import { TINY } from '../training/runs.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, type Run, signalled, workplace } from './run.ts';

const place = workplace();
const config = place.file(
  'tiny.json',
  JSON.stringify({
    ...TINY,
    run: { attempts: 3, checkpointEvery: 2, evaluateEvery: 2, evaluateEpisodes: 8 },
  }),
);
const argumentsOf = (dir: string): string[] => ['train', '--config', config, '--out', place.path(dir)];
let sha256 = '';

async function finalHash(args: readonly string[]): Promise<string> {
  return hashIn(await inProcess([...args, '--json', '-']));
}

/** The hash of the weights that a whole run ended with. */
function hashIn({ code, stdout, stderr }: Run): string {
  expect(code, stderr).toBe(0);
  const document = JSON.parse(stdout);
  expect(schemas['train@1'].safeParse(document).success).toBe(true);
  expect(document.steps).toBe(6);
  return document.sha256;
}

const stepsIn = (dir: string): number[] =>
  readFileSync(join(place.path(dir), 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);

beforeAll(() => {
  sha256 = hashIn(gradsplit([...argumentsOf('whole'), '--json', '-']));
});

test('--from begins with the base of another run, and ends with the same weights', async () => {
  expect(await finalHash([...argumentsOf('from'), '--from', place.path('whole')])).toBe(sha256);
  expect(stepsIn('from')).toEqual([4, 5, 6]);
  for (const [entry, what] of [
    ['base.steps=2', 'base'],
    ['task.digits=3', 'task'],
  ] as const) {
    const { code, stderr } = await inProcess([
      ...argumentsOf('other'),
      ...['--from', place.path('whole'), '--set', entry],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`expected a run that begins as this one does, found another ${what}`);
    expect(existsSync(place.path('other'))).toBe(false);
  }
});

test('a run leaves its configuration, metrics and checkpoints', () => {
  expect(readdirSync(place.path('whole')).sort()).toEqual([
    'checkpoints',
    'config.json',
    'metrics.csv',
    'metrics.jsonl',
    'report.html',
  ]);
  const report = readFileSync(place.path('whole/report.html'), 'utf8');
  expect(report).toContain(sha256);
  expect(report).toContain('All 6 steps done.');
  // The end of base, and the last one.
  expect(readdirSync(place.path('whole/checkpoints')).sort()).toEqual(['00000003', '00000006']);
  expect(stepsIn('whole')).toEqual([1, 2, 3, 4, 5, 6]);
  expect(readFileSync(place.path('whole/metrics.csv'), 'utf8').trim().split('\n')).toHaveLength(7);
  expect(JSON.parse(readFileSync(place.path('whole/checkpoints/00000006/tokens.json'), 'utf8'))).toContain(
    '<stop>',
  );
});

test('the same seed gives the same weights with two threads', () => {
  const args = [...argumentsOf('threads'), '--threads', '2', '--json', '-'];
  expect(hashIn(gradsplit(args))).toBe(sha256);
});

test('Ctrl-C saves and ends with 130; the rest is done by --resume', async () => {
  const long = [...argumentsOf('interrupted'), '--set', 'base.steps=100000'];
  expect((await signalled(long, 3, 'SIGINT')).code).toBe(130);
  const [saved] = readdirSync(place.path('interrupted/checkpoints'));
  expect(stepsIn('interrupted').at(-1)).toBe(Number(saved));
  expect(existsSync(place.path('interrupted/lock'))).toBe(false);
  expect(readFileSync(place.path('interrupted/report.html'), 'utf8')).toContain('Stopped at step');
});

test('--steps caps the run, and --resume goes on from there', async () => {
  const { code } = await inProcess([...argumentsOf('capped'), '--steps', '4']);
  expect(code).toBe(0);
  expect(stepsIn('capped')).toEqual([1, 2, 3, 4]);
  expect(await finalHash(['train', '--out', place.path('capped'), '--resume'])).toBe(sha256);
});

test('--profile changes no weight and says where the time went', async () => {
  const { code, stdout } = await inProcess([...argumentsOf('profiled'), '--profile', '--json', '-']);
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(schemas['train@1'].safeParse(document).success).toBe(true);
  expect(document.sha256).toBe(sha256);
  const { profile } = document;
  expect(JSON.parse(readFileSync(place.path('profiled/profile.json'), 'utf8'))).toEqual(profile);
  const names = profile.kernels.map((kernel: { name: string }) => kernel.name);
  expect(names).toEqual(expect.arrayContaining(['linear', 'matmul tn', 'adamw', 'cachedAttention']));
  expect(new Set(names).size).toBe(names.length);
  const total = profile.kernels.reduce((sum: number, { share }: { share: number }) => sum + share, 0);
  expect(profile.inKernels).toBe(total);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(1);
  const again = await inProcess(['train', '--out', place.path('profiled'), '--resume', '--profile']);
  expect(again.stdout).toMatch(/^kernel +calls +time +of the loop/);
  expect(again.stdout).toContain('inside kernels');
});

test('a loss that is no number ends with 1 and keeps the last checkpoint', async () => {
  const run = await inProcess([...argumentsOf('diverged'), '--set', 'learningRate=1e38']);
  expect([run.code, run.stdout]).toEqual([1, '']);
  expect(run.stderr).toMatch(/training stopped at step [4-6] \(train, rloo\)/);
  expect(readdirSync(place.path('diverged/checkpoints'))).toContain('00000003');
  expect(existsSync(place.path('diverged/report.html'))).toBe(true);
  expect(run.stderr).toContain('the last checkpoint, from before, is ');
  const at = ['--set', 'base.learningRate=1e38', '--set', 'base.clipNorm=1e38'];
  expect((await inProcess([...argumentsOf('diverged at once'), ...at])).stderr).toContain(
    '; there is no checkpoint\n',
  );
});

test('--help has every option of a configuration', async () => {
  const { code, stdout } = await inProcess(['train', '--help']);
  expect(code).toBe(0);
  const tables: object[] = [...taskKinds().map(({ options }) => options), modelOptions, runOptions];
  const sources = ['demonstrations', 'solved', 'episodes'] as const;
  const phases = Object.values(objectives).flatMap((o) => sources.map((source) => phaseOptions(o, source)));
  for (const name of [...tables, ...phases].flatMap((table) => Object.keys(table))) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  }
});

describe('refused', () => {
  test.each([
    [['train'], 'expected either --preset or --config, found neither'],
    [['train', '--preset', 'pick-smu'], 'unknown preset "pick-smu" (did you mean "pick-sum"?)'],
    [['train', '--preset', 'pick-sum', '--set', 'betta=1'], 'unknown option "betta" (did you mean "beta"?)'],
    [
      ['train', '--preset', 'pick-sum', '--set', 'group=many'],
      'preset pick-sum: train.group: expected an integer of at least 1',
    ],
    [['train', '--preset', 'pick-sum', '--seed', 'x'], '--seed: expected an integer'],
    [['train', '--config', 'no-such.json', '--out', 'x'], 'cannot read no-such.json'],
    [['train', '--resume'], '--resume: expected --out'],
    [['train', '--resume', '--out', 'no-such-run'], 'no-such-run: expected a run folder'],
    [['train', 'surplus'], 'too many arguments'],
    [['presets', 'surplus'], 'too many arguments'],
    [['train', '--preset', 'pick-sum', '--set', '__proto__.x=1'], 'unknown section "__proto__"'],
    [['train', '--preset', 'pick-sum', '--out', '/proc/x'], '/proc/x: folders cannot be made there'],
    [['train', '--preset', 'pick-sum', '--out', 'package.json'], 'package.json: expected a folder'],
  ])('%j', (args, message) => expectRefused(args, message));

  test('a folder with a run', async () => {
    await expectRefused(argumentsOf('whole'), 'there is a run already; --resume continues it');
  });

  test.each([
    [
      'a key twice',
      '{"task": {"name": "addition"}, "base": {"steps": 1, "steps": 2}}',
      'base.steps is given twice',
    ],
    ['a number as text', '{"task": {"name": "addition"}, "base": {"steps": "1"}}', 'found "1"'],
  ])('a configuration with %s', async (name, text, message) => {
    await expectRefused(
      ['train', '--config', place.file(`${name}.json`, text), '--out', place.path('none')],
      message,
    );
  });

  test.each([
    [
      'base.wrong=0.1,0.2',
      'gradsplit: base.wrong: expected 1 to 3 probabilities that add up to 1, found 2 that add up to 0.3\n',
    ],
    [
      'base.wrong=0.5,0.2,0.2,0.1',
      'gradsplit: base.wrong: expected 1 to 3 probabilities that add up to 1, found 4 that',
    ],
    ['model.heads=3', 'tiny.json: model.width: expected a multiple of model.heads, 3, found 16\n'],
    ['model.heads=1e9', 'tiny.json: model.width: expected a multiple of model.heads, 1000000000, found 16\n'],
    ['group=1', 'tiny.json: train.group: expected at least 2 with rloo, found 1'],
    ['base.batch=0', 'tiny.json: base.batch: expected an integer of at least 1, found 0'],
  ])('%s, before a folder is made', async (entry, message) => {
    await expectRefused([...argumentsOf('never'), '--set', entry], message);
    expect(existsSync(place.path('never'))).toBe(false);
  });

  test('a base that is not there, before a folder is made', async () => {
    expect((await inProcess([...argumentsOf('short'), '--steps', '2'])).code).toBe(0);
    await expectRefused(
      [...argumentsOf('never'), '--from', place.path('short')],
      'short: expected a checkpoint of the end of base, step 3, found none',
    );
    expect(existsSync(place.path('never'))).toBe(false);
  });

  test('an empty JSONL file, before a folder is made', async () => {
    const empty = place.file('empty.jsonl', '');
    const bad = place.file('jsonl.json', JSON.stringify({ task: { name: 'jsonl', file: empty } }));
    await expectRefused(
      ['train', '--config', bad, '--out', place.path('none')],
      'expected lines with prompt and answer, found none',
    );
    expect(existsSync(place.path('none'))).toBe(false);
  });
});

test('presets are listed', async () => {
  expect((await inProcess(['presets'])).stdout).toContain('pick-sum-in-loss');
  const document = JSON.parse((await inProcess(['presets', '--json', '-'])).stdout);
  expect(schemas['presets@1'].safeParse(document).success).toBe(true);
});
