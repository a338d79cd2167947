// Colours and progress: on terminals only, never with NO_COLOR, and never on a pipe.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isDecorated, paletteOf, progressLines, widthOf } from '../../src/cli/terminal.ts';
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

describe('the width', () => {
  test('is that of the terminal, else that of COLUMNS, else 80', () => {
    vi.stubEnv('COLUMNS', '');
    expect(widthOf({ isTTY: true, columns: 120 })).toBe(120);
    expect([widthOf({ isTTY: false, columns: 0 }), widthOf({ isTTY: true, columns: 0 })]).toEqual([80, 80]);
    vi.stubEnv('COLUMNS', '100');
    expect([widthOf({ isTTY: true, columns: 60 }), widthOf({ isTTY: false, columns: 0 })]).toEqual([60, 100]);
    for (const wrong of ['0', '-3', 'wide', '1e3', '99999']) {
      vi.stubEnv('COLUMNS', wrong);
      expect(widthOf({ isTTY: false, columns: 0 })).toBe(80);
    }
  });
});

test('progress on a pipe keeps the time between lines that was asked for', () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  let now = 0;
  const said = (secondsBetween: number): string => {
    lines.length = 0;
    const progress = progressLines({ secondsBetween, now: () => now });
    for (now = 0; now <= 125_000; now += 25_000) progress.update(now / 25_000, 6, 'x');
    return lines.join('');
  };
  expect(said(0)).toBe('[1/6] x\n[2/6] x\n[3/6] x\n[4/6] x\n[5/6] x\n[6/6] x\n');
  expect(said(60)).toBe('[1/6] x\n[4/6] x\n');
  vi.restoreAllMocks();
});
