// Sizes without bound: the command ends at once with exit code 2 and one sentence that says what is needed, what there is, and what to
// lower; nothing is written.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { inProcess } from './inProcess.ts';
import { MAIN, workplace } from './run.ts';

const place = workplace();
const run = place.path('run');
const train = ['train', '--preset', 'addition', '--out'];
const SMALL = [
  '--set',
  'base.steps=1',
  '--set',
  'train.steps=0',
  '--set',
  'base.batch=4',
  '--set',
  'model.width=16',
];

beforeAll(async () => {
  expect((await inProcess([...train, run, ...SMALL])).code).toBe(0);
  const lines = Array.from({ length: 9 }, (_, i) => ({ prompt: `${i}=`, answer: `${i}` }));
  const long = { prompt: 'x'.repeat(200_000), answer: '1' };
  writeFileSync(place.path('long.jsonl'), [...lines, long].map((line) => JSON.stringify(line)).join('\n'));
  const config = { task: { name: 'jsonl', file: place.path('long.jsonl') }, train: { objective: 'rloo' } };
  writeFileSync(place.path('long.json'), JSON.stringify(config));
});

const out = (name: string): string => place.path(name);
const kernel = (lower: string): RegExp =>
  new RegExp(`^gradsplit: train needs .* of kernel memory, .* can be had: lower .*${lower}.*\n$`);
const host = (who: string, lower: string): RegExp =>
  new RegExp(`^gradsplit: ${who} needs .* of host memory, .* can be had: lower ${lower}\n$`);

const cases: readonly [string, readonly string[], RegExp][] = [
  ['width', [...train, out('width'), '--set', 'model.width=1000000000'], kernel('model.width')],
  ['layers', [...train, out('layers'), '--set', 'model.layers=100000'], kernel('model.layers')],
  ['attempts', [...train, out('attempts'), '--set', 'run.attempts=100000000000'], kernel('run.attempts')],
  ['batch', [...train, out('batch'), '--set', 'base.batch=1000000000'], kernel('base.batch')],
  [
    'a large batch at once',
    [...train, out('whole'), '--set', 'base.batch=65536', '--set', 'run.microBatch=65536'],
    kernel('run.microBatch'),
  ],
  [
    'a long prompt',
    ['train', '--config', out('long.json'), '--out', out('long')],
    kernel('the length of the prompts'),
  ],
  ['seeds', ['reproduce', '--seeds', '100000000000000', '--out', out('seeds')], host('reproduce', '--seeds')],
  [
    'episodes of reproduce',
    ['reproduce', '--episodes', '100000000000', '--out', out('episodes')],
    host('reproduce', '--episodes'),
  ],
  ['episodes', ['eval', run, '--episodes', '100000000000'], host('eval', '--episodes')],
  ['episodes of compare', ['compare', run, run, '--episodes', '100000000000'], host('compare', '--episodes')],
  ['samples', ['sample', run, '--prompt', '123+456=', '-n', '1000000000'], host('sample', '--count')],
];

test.each(cases)('%s', async (_name, args, message) => {
  const { code, stdout, stderr } = await inProcess(args);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
  const at = args.indexOf('--out');
  if (at >= 0) expect(existsSync(join(args[at + 1]!, 'config.json'))).toBe(false);
});

test('a prompt of 200 000 characters is not the prompt of the task', async () => {
  const { code, stderr } = await inProcess(['sample', run, '--prompt', '1'.repeat(100_000)]);
  expect(stderr).toBe('gradsplit: prompt: expected 8 characters, found 100000\n');
  expect(code).toBe(2);
});

describe.skipIf(process.platform !== 'linux')('a limit of the process', () => {
  test.each([2_000_000, 8_000_000])('ulimit -v %i', (kibibytes) => {
    const limited = `ulimit -v ${kibibytes}; exec "$@"`;
    const args = ['-c', limited, 'sh', process.execPath, MAIN, 'eval', run];
    const { status, stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    expect(stderr).toMatch(
      /^gradsplit: the memory of the kernels cannot be had: .*\(ulimit -v unlimited\).*\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('a batch in micro-batches has the first loss of the whole batch', async () => {
  const losses: number[] = [];
  for (const microBatch of ['0', '3']) {
    const dir = place.path(`micro${microBatch}`);
    const asked = [...train, dir, ...SMALL, '--set', `run.microBatch=${microBatch}`, '--json', '-'];
    const { code, stdout } = await inProcess(asked);
    expect(code).toBe(0);
    losses.push(JSON.parse(stdout).last.loss);
  }
  expect(losses[1]).toBe(losses[0]);
});
