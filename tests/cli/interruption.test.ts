// Ctrl-C: the right exit code, and no half of a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAIN, workplace } from './run.ts';

const place = workplace();

/** Starts a command, sends SIGINT as soon as stderr or stdout says something, gives the exit code. */
async function interrupted(args: readonly string[], from: 'stdout' | 'stderr'): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  await once(child[from], 'data');
  child.kill('SIGINT');
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, 'close');
  return code;
}

test('verify ends with 130 in the middle of a claim, and writes nothing', async () => {
  const args = [
    'verify',
    '--claims',
    'C6,C9',
    '--json',
    place.path('a.json'),
    '--report',
    place.path('a.html'),
  ];
  expect(await interrupted(args, 'stderr')).toBe(130);
  expect(readdirSync(place.directory)).toEqual([]);
});

test('a long document ends with 130 while it is written to stdout', async () => {
  const args = ['policy', 'new', '--attempts', '1', '--length', '18', '--vocabulary', '2'];
  expect(await interrupted(args, 'stdout')).toBe(130);
});

test('a long file ends with 130 while it is written, and leaves nothing', async () => {
  const args = [
    'policy',
    'new',
    '--attempts',
    '1',
    '--length',
    '19',
    '--vocabulary',
    '2',
    '-o',
    place.path('p.json'),
  ];
  const child = spawn(process.execPath, [MAIN, ...args]);
  const temporary = (): boolean => readdirSync(place.directory).some((name) => name.endsWith('.tmp'));
  while (!temporary() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
  expect(readdirSync(place.directory)).toEqual([]);
});

test('bench ends with 130', async () => {
  expect(await interrupted(['bench', 'gemm', '--json', place.path('b.json')], 'stderr')).toBe(130);
  expect(existsSync(place.path('b.json'))).toBe(false);
});
