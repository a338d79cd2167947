// Colours and progress: on terminals only, never with NO_COLOR, and never on a pipe.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isDecorated, paletteOf } from '../../src/cli/terminal.ts';
import { gradsplit } from './run.ts';

afterEach(() => vi.unstubAllEnvs());

const terminal = { isTTY: true } as NodeJS.WriteStream;
const pipe = { isTTY: false } as NodeJS.WriteStream;

describe('decoration', () => {
  test('a terminal, unless NO_COLOR or a dumb one', () => {
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('TERM', 'xterm');
    expect(isDecorated(terminal)).toBe(true);
    expect(paletteOf(terminal).green('x')).toBe('\u001b[32mx\u001b[39m');
    vi.stubEnv('TERM', 'dumb');
    expect(isDecorated(terminal)).toBe(false);
    vi.stubEnv('TERM', 'xterm');
    vi.stubEnv('NO_COLOR', '1');
    expect(isDecorated(terminal)).toBe(false);
    expect(paletteOf(terminal).green('x')).toBe('x');
  });

  test('a pipe never, whatever the environment says', () => {
    vi.stubEnv('FORCE_COLOR', '1');
    vi.stubEnv('CI', '1');
    expect(isDecorated(pipe)).toBe(false);
    expect(paletteOf(pipe).red('x')).toBe('x');
  });

  test('the command on a pipe writes no escape sequences', () => {
    for (const env of [{}, { NO_COLOR: '1' }, { FORCE_COLOR: '1', CI: '1' }]) {
      const { code, stdout, stderr } = gradsplit(['verify', '--claims', 'C3'], env);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain('\u001b');
    }
  });
});
