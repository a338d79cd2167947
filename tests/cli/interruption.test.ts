// Ctrl-C: the right exit code, and no half of a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';
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

describe('audit', () => {
  const rollouts = readFileSync(join(ROOT, 'examples/rollouts.jsonl'), 'utf8');
  /** The lines behind the header, again and again. */
  const many = rollouts + rollouts.slice(rollouts.indexOf('\n') + 1).repeat(7);

  test('of a file ends with 130 in the middle of a pass, and writes nothing', async () => {
    const input = place.file('audit/in.jsonl', many);
    // Its first weights say that a pass goes on, and wait for the signal to have been sent.
    const objective = place.file(
      'audit/waits.mjs',
      `import { existsSync } from 'node:fs';
      import { getObjective } from ${JSON.stringify(join(ROOT, 'dist/src/objectives/index.js'))};
      const grpo = getObjective('grpo');
      const sleep = new Int32Array(new SharedArrayBuffer(4));
      let isFirst = true;
      const weights = (...given) => {
        if (isFirst) {
          console.error('weights');
          while (!existsSync(${JSON.stringify(place.path('audit/sent'))})) Atomics.wait(sleep, 0, 0, 5);
        }
        isFirst = false;
        return grpo.parts.weights(...given);
      };
      export default { ...grpo, name: 'waits', parts: { ...grpo.parts, weights } };`,
    );
    const before = readdirSync(place.path('audit'));
    const outputs = ['--json', place.path('audit/a.json'), '--report', place.path('audit/a.html')];
    const child = spawn(process.execPath, [MAIN, 'audit', input, '--objective', objective, ...outputs]);
    await new Promise<void>((said) => {
      child.stderr.on('data', (piece) => {
        if (String(piece).includes('weights')) said();
      });
    });
    child.kill('SIGINT');
    place.file('audit/sent', '');
    child.stdout.resume();
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(readdirSync(place.path('audit')).toSorted()).toEqual([...before, 'sent'].toSorted());
  });

  test('of a pipe ends with 130, with nothing on stdout and nothing of what it had kept', async () => {
    place.file('kept/other', '');
    const child = spawn(process.execPath, [MAIN, 'audit', '-', '--objective', 'grpo', '--json', '-'], {
      env: { ...process.env, TMPDIR: place.path('kept') },
    });
    let stdout = '';
    child.stdout.on('data', (piece) => {
      stdout += piece;
    });
    // More than pipes hold: the first lines have been read once all of it is written. It does not end.
    await new Promise((written) => child.stdin.write(many, written));
    child.stdin.on('error', () => {});
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect([code, stdout]).toEqual([130, '']);
    expect(readdirSync(place.path('kept'))).toEqual(['other']);
  });
});
