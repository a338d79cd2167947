// What `gradsplit train` promises when things go wrong: kill −9, a full disk, a folder that is read-only, busy or damaged.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { TINY } from '../training/runs.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, MAIN, type Run, signalled, workplace } from './run.ts';

const place = workplace();

/** A configuration file with these numbers of steps, from checkpoint to checkpoint and from measurement to measurement too. */
function configFile(
  name: string,
  base: number,
  train: number,
  checkpointEvery: number,
  evaluateEvery = 2,
): string {
  return place.file(
    name,
    JSON.stringify({
      ...TINY,
      run: { attempts: 3, checkpointEvery, evaluateEvery, evaluateEpisodes: 8 },
      base: { ...(TINY.base as object), steps: base },
      train: { ...(TINY.train as object), steps: train },
    }),
  );
}

const short = configFile('short.json', 3, 3, 2);
const startOf = (dir: string, config = short): string[] => [
  'train',
  '--config',
  config,
  '--out',
  place.path(dir),
];
const resumeOf = (dir: string): string[] => ['train', '--out', place.path(dir), '--resume'];

async function hashOf(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await inProcess([...args, '--json', '-']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).sha256;
}

/** An exit code (2 unless another is given), one line of explanation, nothing on stdout. */
function expectRefusal({ code, stdout, stderr }: Run, message: string, expected = 2): void {
  expect([code, stdout], stderr).toEqual([expected, '']);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('['));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(message);
}

const checkpointsOf = (dir: string): string[] => readdirSync(place.path(`${dir}/checkpoints`)).sort();

/** What the short run ends with when nothing goes wrong. */
let sha256 = '';
beforeAll(async () => {
  sha256 = await hashOf(startOf('whole'));
  expect(await hashOf([...startOf('half'), '--steps', '2'])).not.toBe(sha256);
});

/** A copy of the run that was stopped after its first checkpoint, at step 2. */
function half(dir: string): void {
  cpSync(place.path('half'), place.path(dir), { recursive: true });
  expect(checkpointsOf(dir)).toEqual(['00000002']);
}

test('killed at ten random steps and resumed, with one and two threads in turn, it ends with the same weights', async () => {
  const long = configFile('long.json', 50, 250, 7, 10);
  const random = randomStream(1, 'kill');
  // In both phases, and far from the end, so that on a busy machine too the signal comes before it.
  const steps = Array.from({ length: 10 }, () => 1 + random.integer(100)).sort((a, b) => a - b);
  expect(steps[1]).toBeLessThan(50);
  expect(steps.at(-2)).toBeGreaterThan(50);
  for (const [i, step] of steps.entries()) {
    const args = i === 0 ? startOf('killed', long) : resumeOf('killed');
    const { code } = await signalled([...args, '--threads', String(1 + (i % 2))], step, 'SIGKILL');
    expect(code).toBeNull();
  }
  expect(await hashOf(resumeOf('killed'))).toBe(await hashOf(startOf('alive', long)));
  const seen = readFileSync(place.path('killed/metrics.jsonl'), 'utf8').trim().split('\n');
  expect(seen.map((line) => JSON.parse(line).step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  // Twelve processes one after the other.
}, 600_000);

test('a disk that is full: said in a sentence, the last checkpoint goes on to the same weights', async () => {
  half('full');
  // No file may be larger than 16 blocks, and the weights are: writing fails in the middle of one, as on a full disk.
  const command = [process.execPath, MAIN, ...resumeOf('full')].map((word) => `'${word}'`).join(' ');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `ulimit -f 16; exec ${command}`], {
    encoding: 'utf8',
  });
  expectRefusal(
    { code: status, stdout, stderr },
    'checkpoints/00000003: it would be larger than a file may',
    74,
  );
  expect(checkpointsOf('full')).toEqual(['00000002']);
  expect(existsSync(place.path('full/lock'))).toBe(false);
  expect(await hashOf(resumeOf('full'))).toBe(sha256);
});

describe('a folder that is read-only', () => {
  /** Permissions do not bind root's processes, unless they give up the capability to override them. */
  const BOUND = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'];

  function bound(args: readonly string[]): Run {
    const prefix = process.getuid?.() === 0 ? BOUND : [];
    const [command, ...rest] = [...prefix, process.execPath, MAIN, ...args] as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }

  test('for the run: nothing is begun', () => {
    mkdirSync(place.path('shut'));
    chmodSync(place.path('shut'), 0o555);
    expectRefusal(bound(startOf('shut/run')), 'shut/run: permission denied');
    expectRefusal(bound(startOf('shut')), 'permission denied');
    expect(readdirSync(place.path('shut'))).toEqual([]);
  });

  test('for checkpoints: the last one goes on to the same weights', async () => {
    half('closed');
    chmodSync(place.path('closed/checkpoints'), 0o555);
    expectRefusal(bound(resumeOf('closed')), 'checkpoints/00000003: permission denied');
    expect(checkpointsOf('closed')).toEqual(['00000002']);
    chmodSync(place.path('closed/checkpoints'), 0o755);
    expect(await hashOf(resumeOf('closed'))).toBe(sha256);
  });
});

test('a folder where a run is going on is refused, to a new run and to --resume', async () => {
  const endless = configFile('endless.json', 100_000, 0, 100_000);
  const { code } = await signalled(startOf('busy', endless), 2, 'SIGINT', (pid) => {
    for (const args of [startOf('busy', endless), resumeOf('busy')]) {
      expectRefusal(gradsplit(args), `process ${pid} is training there`);
    }
  });
  expect(code).toBe(130);
  expectRefusal(await inProcess(startOf('busy', endless)), 'there is a run already; --resume continues it');
});

test('a task file that was edited after the run is refused by --resume and eval; as it was, it goes on', async () => {
  const lines = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `{"prompt": "${n}+1", "answer": "${n + 1}"}\n`).join('');
  const file = place.file('words.jsonl', lines);
  const config = place.file(
    'words.json',
    JSON.stringify({ ...TINY, task: { name: 'jsonl', file }, train: { steps: 2, prompts: 2, group: 2 } }),
  );
  expect((await inProcess([...startOf('words', config), '--steps', '2'])).code).toBe(0);
  writeFileSync(file, lines.replace('"9"', '"8"'));
  expectRefusal(await inProcess(resumeOf('words')), 'words.jsonl: expected the file that the run in');
  expectRefusal(
    await inProcess(['eval', place.path('words')]),
    'words.jsonl: expected the file that the run in',
  );
  writeFileSync(file, lines);
  expect(await hashOf(resumeOf('words'))).toBe(await hashOf(startOf('words again', config)));
});

test('the file of a task is looked for beside the configuration that names it, wherever the command is called', async () => {
  const lines = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `{"prompt": "${n}+1", "answer": "${n + 1}"}\n`).join('');
  place.file('project/data/sums.jsonl', lines);
  const task = { name: 'jsonl', file: '../data/sums.jsonl' };
  const config = place.file(
    'project/configs/sums.json',
    JSON.stringify({ ...TINY, task, train: { steps: 0 } }),
  );
  expect((await inProcess(['train', '--config', config, '--out', place.path('project/runs/a')])).code).toBe(
    0,
  );
  // A project that has moved is the same project.
  renameSync(place.path('project'), place.path('moved'));
  const evaluated = await inProcess(['eval', place.path('moved/runs/a'), '--episodes', '2']);
  expect(evaluated.code, evaluated.stderr).toBe(0);
});

test('what a killed process left of its files is removed when the run is resumed', async () => {
  half('littered');
  const left = ['.gradsplit-1-0.tmp', 'checkpoints/.00000009.tmp/state.json'];
  for (const name of left) place.file(`littered/${name}`, 'half');
  expect(await hashOf(resumeOf('littered'))).toBe(sha256);
  expect(readdirSync(place.path('littered')).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(checkpointsOf('littered').filter((name) => name.startsWith('.'))).toEqual([]);
});

describe('no run to go on with', () => {
  test.each([
    ['an empty folder', {}, 'expected a run folder, found no config.json'],
    ['a folder with another config', { 'config.json': '{"a": 1}' }, 'config.json has an unknown field "a"'],
    ['a config that is cut', { 'config.json': '{"seed": 1, "con' }, 'config.json'],
    [
      'a config without a task',
      { 'config.json': '{"preset": null, "seed": 1, "config": {}}' },
      'task.name: expected one of',
    ],
  ])('%s', async (name, files, message) => {
    mkdirSync(place.path(name));
    for (const [file, text] of Object.entries(files)) place.file(`${name}/${file}`, text);
    expectRefusal(await inProcess(resumeOf(name)), message);
  });

  test('a file', async () =>
    expectRefusal(await inProcess(['train', '--out', short, '--resume']), 'short.json'));
});

describe('a checkpoint that is damaged is named', () => {
  const weights = 'checkpoints/00000002/model.safetensors';
  const optimiser = 'checkpoints/00000002/optimiser.safetensors';
  const state = 'checkpoints/00000002/state.json';
  const cut = (bytes: number) => (path: string) => truncateSync(path, statSync(path).size - bytes);

  test.each([
    [
      'weights cut at their end',
      weights,
      cut(4),
      'model.safetensors: tensor "transformer.wte.weight" should end at byte',
    ],
    ['empty weights', weights, (path: string) => truncateSync(path, 0), 'model.safetensors'],
    ['an optimiser cut at its end', optimiser, cut(4), 'optimiser.safetensors: tensor'],
    ['no optimiser', optimiser, rmSync, 'optimiser.safetensors: there is no such file'],
    ['no state', state, rmSync, 'state.json: there is no such file'],
    ['an empty state', state, (path: string) => truncateSync(path, 0), 'state.json'],
    [
      'another state',
      state,
      (path: string) => writeFileSync(path, '{"phase": "bass"}'),
      'state.json: phase: expected one of base, train, found "bass"',
    ],
  ])('%s', async (name, file, damage, message) => {
    half(name);
    damage(join(place.path(name), file));
    expectRefusal(await inProcess(resumeOf(name)), message);
  });
});
