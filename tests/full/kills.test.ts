// 100 kills at random moments, 80 of `train` and 20 of `reproduce`: what was saved goes on, and the end is that of a run that was never
// killed, with no file left over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { gradsplit, MAIN, workplace } from '../cli/run.ts';
import { TINY } from '../training/runs.ts';

const place = workplace();

/** Runs a command and kills it `delay` milliseconds after its first progress line; gives whether it was killed before its end. */
async function killed(args: readonly string[], delay: number): Promise<boolean> {
  const env = { ...process.env, GRADSPLIT_DEBUG: '1' };
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  await Promise.race([once(child.stderr, 'data'), ended]);
  await Promise.race([setTimeout(delay), ended]);
  child.kill('SIGKILL');
  const [code, signal] = await ended;
  if (signal !== 'SIGKILL') expect(code, said).toBe(0);
  return signal === 'SIGKILL';
}

/** Names of what a killed process may leave: temporary files and locks. */
function leftOver(folder: string): string[] {
  const names = readdirSync(place.path(folder), { recursive: true }) as string[];
  return names.filter((name) => /\.tmp|lock/.test(name));
}

test('80 kills of train', async () => {
  const config = place.file(
    'config.json',
    JSON.stringify({
      ...TINY,
      run: { attempts: 3, checkpointEvery: 1, evaluateEvery: 50, evaluateEpisodes: 8 },
      base: { ...(TINY.base as object), steps: 700 },
      train: { ...(TINY.train as object), steps: 700 },
    }),
  );
  const command = (dir: string): string[] => [
    'train',
    '--config',
    config,
    '--out',
    place.path(dir),
    '--json',
    '-',
  ];
  let kills = 0;
  for (let i = 0; kills < 80; i++) {
    const random = randomStream(1, 'kill', i);
    const resumed = [...command('killed'), '--resume', '--threads', String(1 + (i % 2))];
    if (!(await killed(resumed, random.uniform() * 150))) break;
    kills++;
  }
  // The run is long enough for all of them.
  expect(kills).toBe(80);
  const end = gradsplit([...command('killed'), '--resume']);
  expect(end.code, end.stderr).toBe(0);
  const { sha256, steps } = JSON.parse(end.stdout);
  expect(sha256).toBe(JSON.parse(gradsplit(command('alive')).stdout).sha256);
  const lines = readFileSync(place.path('killed/metrics.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).step)).toEqual(Array.from({ length: steps }, (_, n) => n + 1));
  expect(leftOver('killed')).toEqual([]);
});

test('20 kills of reproduce', async () => {
  const command = (dir: string): string[] => [
    ...[
      'reproduce',
      'pick-sum',
      '--quick',
      '--seeds',
      '2',
      '--episodes',
      '50',
      '--set',
      'base.steps=60',
      '--set',
      'steps=60',
    ],
    ...['--out', place.path(dir), '--json', place.path(`${dir}.json`)],
  ];
  let kills = 0;
  for (let i = 0; kills < 20; i++) {
    const random = randomStream(2, 'kill', i);
    if (!(await killed([...command('killed twice'), '--resume'], random.uniform() * 2000))) break;
    kills++;
  }
  expect(kills).toBe(20);
  const end = gradsplit([...command('killed twice'), '--resume']);
  expect(end.code, end.stderr).toBe(0);
  expect(gradsplit(command('alive twice')).code).toBe(0);
  const measured = (name: string): unknown => {
    const { models, compare, claims } = JSON.parse(
      readFileSync(place.path(`${name}.json`), 'utf8').replaceAll(place.path(name), ''),
    );
    return { models, compare, claims };
  };
  expect(measured('killed twice')).toEqual(measured('alive twice'));
  expect(leftOver('killed twice')).toEqual([]);
});
