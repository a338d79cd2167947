// Files of a run that were damaged, edited, or taken from another run: exit code 2 and one sentence with the file and the place.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../../src/nn/index.ts';
import { TINY } from '../training/runs.ts';
import { inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const place = workplace();

const TASK = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `{"prompt": "${n}+1", "answer": "${n + 1}"}\n`).join('');

function configFile(name: string, entries: Record<string, unknown> = {}): string {
  return place.file(name, JSON.stringify({ ...TINY, ...entries }));
}

async function trained(dir: string, config: string, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await inProcess(['train', '--config', config, '--out', place.path(dir), ...more]);
  expect(code, stderr).toBe(0);
}

/** Stopped in phase train, at step 5 of 6; another seed; another learning rate. */
beforeAll(async () => {
  const tiny = configFile('tiny.json', { run: { attempts: 3, checkpointEvery: 4, evaluateEvery: 0 } });
  await trained('run', tiny, '--steps', '5');
  await trained('seed', tiny, '--steps', '5', '--seed', '1');
  await trained(
    'rate',
    configFile('rate.json', { train: { steps: 3, prompts: 3, group: 4, learningRate: 0.01 } }),
    '--steps',
    '5',
  );
});

const CHECKPOINT = 'checkpoints/00000005';

let copies = 0;
/** A copy of the run in which something is changed. */
function changed(change: (dir: string) => void): string {
  const dir = `copy${copies++}`;
  cpSync(place.path('run'), place.path(dir), { recursive: true });
  change(place.path(dir));
  return dir;
}

/** Going on, measuring and sampling are refused alike. */
async function expectRefusals(
  dir: string,
  message: string,
  commands = ['train', 'eval', 'sample'],
): Promise<void> {
  const path = place.path(dir);
  const lines: Record<string, string[]> = {
    train: ['train', '--out', path, '--resume'],
    eval: ['eval', path, '--episodes', '2'],
    sample: ['sample', path, '--prompt', '12+34=', '-n', '1'],
  };
  const before = existsSync(path) ? readdirSync(path).sort() : [];
  for (const command of commands) {
    const { code, stdout, stderr } = await inProcess(lines[command]!);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(existsSync(path) ? readdirSync(path).sort() : []).toEqual(before);
}

/** Replaces an entry of a JSON file, such as `config.model.layers`; takes it away if it becomes undefined; the whole file for ''. */
const edited =
  (file: string, key: string, to: unknown) =>
  (dir: string): void => {
    const value: unknown = JSON.parse(readFileSync(`${dir}/${file}`, 'utf8'));
    const steps = key.split('.');
    const holder = steps.slice(0, -1).reduce((at, step) => Reflect.get(Object(at), step), value);
    Reflect.set(Object(holder), steps.at(-1)!, to);
    writeFileSync(`${dir}/${file}`, JSON.stringify(key === '' ? to : value));
  };

type Tensors = Map<string, { shape: readonly number[]; numbers: number[] }>;

const editTensors =
  (file: string, edit: (tensors: Tensors) => void, type: 'F32' | 'F64' = 'F32') =>
  (dir: string): void => {
    const path = `${dir}/${CHECKPOINT}/${file}.safetensors`;
    const read = readSafetensors(new Uint8Array(readFileSync(path)), path);
    const tensors: Tensors = new Map(
      [...read.tensors].map(([name, { shape }]) => [name, { shape, numbers: [...read.values(name)] }]),
    );
    edit(tensors);
    const written = new Map(
      [...tensors].map(([name, { shape, numbers }]): [string, TensorToWrite] => [
        name,
        { shape, values: () => numbers },
      ]),
    );
    writeFileSync(path, Buffer.concat([...writeSafetensors(written, type)]));
  };

test('as it is, it goes on', async () => {
  const dir = changed(() => {});
  const { code } = await inProcess(['train', '--out', place.path(dir), '--resume']);
  expect(code).toBe(0);
});

describe('state.json', () => {
  test.each([
    ['', null, 'state.json: expected object, found null'],
    ['step', -1, 'state.json: step: expected number to be >=0, found -1'],
    ['step', 1.5, 'state.json: step: expected int, found 1.5'],
    ['step', 3, 'the number of all steps: expected 5, found 6'],
    ['step', 9, 'state.json: step: expected at most 3, found 9'],
    ['updates', -3, 'state.json: updates: expected number to be >=0, found -3'],
    ['updates', 9, 'state.json: updates: expected at most 2, found 9'],
    ['seed', 7, 'state.json: seed: expected 0, found 7'],
    ['phase', 'base', 'the number of all steps: expected 5, found 2'],
    ['more', 1, 'state.json has an unknown field "more"'],
    ['run', undefined, 'found one of another (sha256 none)'],
    ['files', undefined, 'sha256, as state.json has it: expected'],
  ])('%s: %s', async (key, to, message) => {
    // Without its own hash, with which any edit is refused.
    const path = `${CHECKPOINT}/state.json`;
    const dir = changed((copy) => {
      edited(path, 'sha256', undefined)(copy);
      edited(path, key, to)(copy);
    });
    await expectRefusals(dir, message);
  });
});

describe('config.json of the run', () => {
  test.each([
    ['config.model.layers', 2, 'config.json: expected what the run began with, found an edited file'],
    ['config.model.heads', 4, 'found an edited file'],
    ['config.model.width', 32, 'found an edited file'],
    ['config.train.learningRate', 1, 'found an edited file'],
    ['seed', 7, 'found an edited file'],
    ['kernels.build', 'mine', 'found an edited file'],
    ['seed', -7, 'config.json: seed: expected number to be >=0, found -7'],
    ['', null, 'config.json: expected object, found null'],
    ['sha256', undefined, 'expected a checkpoint of the configuration in the config.json'],
    ['sha256', 'mine', 'config.json: sha256: expected a sha256 in hexadecimal'],
    ['config.train.steps', 1, 'state.json: step: expected at most 1, found 2'],
    ['config.base.steps', 2, 'the number of all steps: expected 5, found 4'],
  ])('%s: %s', async (key, to, message) => {
    await expectRefusals(changed(edited('config.json', key, to)), message);
  });

  test('its hash with it: the checkpoints are not of it', async () => {
    const dir = changed((copy) => cpSync(place.path('rate/config.json'), `${copy}/config.json`));
    await expectRefusals(
      dir,
      'state.json: expected a checkpoint of the configuration in the config.json of the run, found one of another',
    );
  });
});

/** Puts a number into a tensor. */
function put(tensors: Tensors, name: string, at: number, to: number): void {
  tensors.get(name)!.numbers[at] = to;
}

describe('weights', () => {
  const WEIGHT = 'transformer.wpe.weight';
  test.each<[string, (tensors: Tensors) => void, string]>([
    [
      'NaN',
      (t) => put(t, WEIGHT, 3, Number.NaN),
      `tensor "${WEIGHT}": expected finite numbers, found NaN at index 3`,
    ],
    [
      'an infinity',
      (t) => put(t, WEIGHT, 0, Number.NEGATIVE_INFINITY),
      'expected finite numbers, found -Infinity at index 0',
    ],
    ['a tensor too few', (t) => void t.delete(WEIGHT), 'the tensor "wpe.weight" is missing'],
    ['a tensor too many', (t) => void t.set('more', { shape: [1], numbers: [1] }), 'unknown tensor "more"'],
    ['another shape', (t) => void t.set(WEIGHT, { shape: [1], numbers: [1] }), 'must have shape'],
    [
      'another number',
      (t) => put(t, WEIGHT, 3, 0.5),
      'model.safetensors: sha256, as state.json has it: expected',
    ],
  ])('%s', async (_, edit, message) => {
    await expectRefusals(changed(editTensors('model', edit)), message);
  });

  test('sizes of another network', async () => {
    const dir = changed(edited(`${CHECKPOINT}/config.json`, 'n_head', 4));
    await expectRefusals(dir, "config.json: heads is 4, but the run's configuration says 2");
  });
});

describe.each(['optimiser', 'reference'])('%s.safetensors', (file) => {
  const first = (tensors: Tensors): string => [...tensors.keys()][0]!;
  test.each<[string, (tensors: Tensors) => void, string]>([
    ['NaN', (t) => put(t, first(t), 1, Number.NaN), 'expected finite numbers, found NaN at index 1'],
    ['a tensor too few', (t) => void t.delete(first(t)), 'is missing'],
    ['a tensor too many', (t) => void t.set('more', { shape: [1], numbers: [1] }), 'unknown tensor "more"'],
    ['another shape', (t) => void t.set(first(t), { shape: [1, 1], numbers: [1] }), 'must be F32 ['],
    ['another number', (t) => put(t, first(t), 1, 0.5), `${file}.safetensors: sha256, as state.json has it`],
  ])('%s', async (_, edit, message) => {
    await expectRefusals(changed(editTensors(file, edit)), message, ['train']);
  });

  test('another type', async () => {
    await expectRefusals(changed(editTensors(file, () => {}, 'F64')), 'must be F32 [', ['train']);
  });

  test('of another run', async () => {
    const path = `${CHECKPOINT}/${file}.safetensors`;
    const dir = changed((copy) => cpSync(place.path(`seed/${path}`), `${copy}/${path}`));
    await expectRefusals(dir, `${file}.safetensors: sha256, as state.json has it: expected`, ['train']);
  });
});

test('a whole checkpoint of another run', async () => {
  const taken = (from: string): string =>
    changed((copy) =>
      cpSync(place.path(`${from}/${CHECKPOINT}`), `${copy}/${CHECKPOINT}`, { recursive: true }),
    );
  await expectRefusals(taken('seed'), 'state.json: seed: expected 0, found 1');
  await expectRefusals(taken('rate'), 'found one of another (sha256');
});

test('a checkpoint under the name of another step', async () => {
  const dir = changed((copy) => {
    cpSync(`${copy}/${CHECKPOINT}`, `${copy}/checkpoints/00000006`, { recursive: true });
  });
  await expectRefusals(dir, '00000006/state.json: the number of all steps: expected 6, found 5');
});

describe('five gigabytes without anything in them', () => {
  test.each([
    ['model.safetensors', 'train'],
    ['model.safetensors', 'eval'],
    ['optimiser.safetensors', 'train'],
  ])('%s, %s', async (file, command) => {
    const longer = changed((copy) => truncateSync(`${copy}/${CHECKPOINT}/${file}`, 5e9));
    await expectRefusals(longer, `${file}: the tensors end at byte`, [command]);
    const empty = changed((copy) => {
      rmSync(`${copy}/${CHECKPOINT}/${file}`);
      writeFileSync(`${copy}/${CHECKPOINT}/${file}`, '');
      truncateSync(`${copy}/${CHECKPOINT}/${file}`, 5e9);
    });
    await expectRefusals(empty, `${file}: not a safetensors file: its header should begin with "{"`, [
      command,
    ]);
  });

  test.each(['config.json', `${CHECKPOINT}/state.json`, 'metrics.jsonl'])('%s', async (file) => {
    const dir = changed((copy) => truncateSync(`${copy}/${file}`, 5e9));
    await expectRefusals(dir, `${basename(file)}: expected at most`, ['train']);
  });
});

describe('metrics.jsonl', () => {
  test.each([
    ['garbage', 'garbage', 'metrics.jsonl: line 2: not valid JSON at line 1, column 1'],
    ['null', 'null', 'metrics.jsonl: line 2: expected object, found null'],
    ['an empty line', '', 'metrics.jsonl: line 2: not valid JSON'],
    [
      'a line of a log',
      '{"step": 2}',
      'metrics.jsonl: line 2: phase: expected one of base, train, found nothing',
    ],
  ])('%s', async (_, line, message) => {
    const dir = changed((copy) => {
      const lines = readFileSync(`${copy}/metrics.jsonl`, 'utf8').split('\n');
      lines[1] = line;
      writeFileSync(`${copy}/metrics.jsonl`, lines.join('\n'));
    });
    await expectRefusals(dir, message, ['train']);
  });

  test('a line twice', async () => {
    const dir = changed((copy) => {
      const text = readFileSync(`${copy}/metrics.jsonl`, 'utf8');
      writeFileSync(`${copy}/metrics.jsonl`, text + text);
    });
    await expectRefusals(dir, 'metrics.jsonl: line 6: expected a step above 5, found 1', ['train']);
  });
});

describe('what is no file', () => {
  const FILES = [
    'config.json',
    'metrics.jsonl',
    `${CHECKPOINT}/state.json`,
    `${CHECKPOINT}/model.safetensors`,
  ];
  test.each(FILES)('%s as a pipe or a directory is not waited for', async (file) => {
    const pipe = changed((copy) => {
      rmSync(`${copy}/${file}`);
      spawnSync('mkfifo', [`${copy}/${file}`]);
    });
    await expectRefusals(pipe, `${basename(file)}: it is not a file`, ['train']);
    const folder = changed((copy) => {
      rmSync(`${copy}/${file}`);
      mkdirSync(`${copy}/${file}`);
    });
    await expectRefusals(folder, `${basename(file)}: it is not a file`, ['train']);
  });

  test('a lock that is a directory, a pipe or a link to nothing', async () => {
    for (const make of [
      (path: string) => mkdirSync(path),
      (path: string) => spawnSync('mkfifo', [path]),
      (path: string) => symlinkSync('nowhere', path),
    ]) {
      const dir = changed((copy) => void make(`${copy}/lock`));
      await expectRefusals(dir, 'lock: expected the lock file of a run, found a', ['train']);
    }
  });
});

test('--from a damaged run: nothing is begun', async () => {
  const dir = changed((copy) => rmSync(`${copy}/checkpoints/00000003/optimiser.safetensors`));
  const out = place.path('from');
  const config = place.path('tiny.json');
  const from = (source: string): Promise<{ code: number | null; stderr: string }> =>
    inProcess(['train', '--config', config, '--out', out, '--from', place.path(source)]);
  const { code, stderr } = await from(dir);
  expect([code, existsSync(out)]).toEqual([2, false]);
  expect(stderr).toContain('optimiser.safetensors: there is no such file');
  expect((await from('run')).code).toBe(0);
  expect(dirname(out)).toBe(place.directory);
});

test('the file of a task', async () => {
  const file = place.file('words.jsonl', TASK);
  await trained('words', configFile('words.json', { task: { name: 'jsonl', file } }), '--steps', '2');
  writeFileSync(file, TASK.replace('"9"', '"8"'));
  await expectRefusals('words', 'words.jsonl: expected the file that the run in', ['train', 'eval']);
});
