// `--quiet` says nothing on stderr but errors; a policy may come from stdin.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();
const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
const policy = place.path('mine.json');
gradsplit(['policy', 'new', ...size, '-o', policy]);

describe('--quiet', () => {
  const seconds = (text: string): string => text.replace(/[\d.]+ m?s\b/g, 'TIME');
  const args = ['verify', '--policy', policy, '--claims', 'C1,C3'];

  test.each([[['--quiet', ...args]], [[...args, '-q']]])('%j: the result and nothing else', async (quiet) => {
    const loud = await inProcess(args);
    expect(loud.stderr).toMatch(/^\[1\/2\] C1/);
    const { code, stdout, stderr } = await inProcess(quiet);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(seconds(stdout).replace(/ +/g, ' ')).toBe(seconds(loud.stdout).replace(/ +/g, ' '));
  });

  test('notes go, errors stay', async () => {
    const bench = ['bench', 'softmax', '--only', '4096x12', '--samples', '2', '--seconds', '0.001'];
    const noted = await inProcess([...bench, '--backend', 'gpu', '--allow-fallback']);
    expect(noted.stderr).toContain('computing on WASM');
    const quiet = await inProcess([...bench, '--backend', 'gpu', '--allow-fallback', '--quiet']);
    expect([quiet.code, quiet.stderr]).toEqual([0, '']);
    expect((await inProcess(['verify', '--claims', 'C33', '-q'])).stderr).toContain('unknown claim "C33"');
    // It is of one command line only.
    expect((await inProcess(args)).stderr).not.toBe('');
  });
});

describe('a policy from stdin', () => {
  const run = (args: readonly string[], input: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      input,
    });
    return { status, stdout, stderr };
  };
  const text = gradsplit(['policy', 'new', ...size]).stdout;

  test('exact says of it what it says of the file', () => {
    const [file, stdin] = [
      gradsplit(['exact', policy, '--beta', '1']),
      run(['exact', '-', '--beta', '1'], text),
    ];
    expect([stdin.status, stdin.stderr]).toEqual([0, '']);
    expect(stdin.stdout.replace('policy: stdin', '')).toBe(
      file.stdout.replace(/^policy: .*(\n\S*mine\.json)?/, ''),
    );
  });

  test('verify takes it, too, and a document may go to stdout', () => {
    const { status, stdout } = run(['verify', '--policy', '-', '--claims', 'C3', '--json', '-'], text);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).policy.source).toBe('stdin');
  });

  test.each([
    ['nothing', '', 'stdin: not valid JSON at line 1, column 1'],
    ['half of it', text.slice(0, 100), 'stdin: not valid JSON'],
    ['zeros', '\0', 'stdin: expected text, found binary data'],
  ])('%s is refused', (_, input, message) => {
    const { status, stdout, stderr } = run(['exact', '-', '--beta', '1'], input);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
