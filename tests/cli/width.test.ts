// Every command on a terminal of 80 columns, and on a pipe: no line is wider, and what is left out is named.
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/base/displayWidth.ts';
import { TINY } from '../training/runs.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const WIDTH = 80;
const place = workplace();
const policy = place.path('mine.json');
const config = place.file('tiny.json', JSON.stringify({ ...TINY, train: { steps: 0 } }));
const runs = ['a', 'b'].map((name) => place.path(name));

beforeAll(() => {
  const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
  expect(gradsplit(['policy', 'new', ...size, '-o', policy]).code).toBe(0);
  for (const out of runs) expect(gradsplit(['train', '--config', config, '--out', out]).code).toBe(0);
});

const COMMANDS: Readonly<Record<string, () => readonly string[]>> = {
  verify: () => ['verify', '--policy', policy],
  exact: () => ['exact', policy, '--beta', '0.1', '--objective', 'grpo'],
  claims: () => ['claims'],
  presets: () => ['presets'],
  gpu: () => ['gpu'],
  bench: () => ['bench', 'softmax', '--samples', '3', '--seconds', '0.001'],
  'bench --explain': () => ['bench', 'softmax', '--explain'],
  eval: () => ['eval', runs[0]!, '--episodes', '20'],
  compare: () => ['compare', ...runs, '--episodes', '20'],
  sample: () => ['sample', runs[0]!, '--prompt', '12+34='],
  help: () => ['--help'],
  ...Object.fromEntries(
    ['verify', 'exact', 'bench', 'train', 'eval', 'compare', 'sample', 'reproduce', 'gpu', 'policy new'].map(
      (name) => [`${name} --help`, () => [...name.split(' '), '--help']],
    ),
  ),
};

function tooWide(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => displayWidth(line) > WIDTH);
}

test.each(Object.entries(COMMANDS))('%s on a pipe', async (_, args) => {
  const { code, stdout, stderr } = await inProcess(args());
  expect(code, stderr).toBe(0);
  expect(stdout).not.toBe('');
  expect(tooWide(stdout)).toEqual([]);
});

test('what is left out is named, and is there where there is room for it', () => {
  expect(gradsplit(COMMANDS.compare!()).stdout).toContain('left out in 80 columns: 95 %\n');
  const wide = gradsplit(COMMANDS.compare!(), { COLUMNS: '160' }).stdout;
  expect(wide).toMatch(/accuracy +[\d.]+ +\[/);
  expect(wide).not.toContain('left out');
});

/** Without `script`, a command of util-linux, there is no terminal to be had. */
const terminals = spawnSync('script', ['--version']).status === 0;

describe.runIf(terminals)('on a terminal', () => {
  const onTerminal = (args: readonly string[], columns: number): string => {
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const run = `stty cols ${columns}; ${command} 2> /dev/null`;
    return spawnSync('script', ['-qec', run, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm' },
    }).stdout;
  };

  test.each(['exact', 'compare', 'train --help'])('%s is as wide as it', (name) => {
    const args = COMMANDS[name]!();
    expect(tooWide(onTerminal(args, WIDTH))).toEqual([]);
    // A wider one is used, so the limit comes from the terminal.
    expect(tooWide(onTerminal(args, 160))).not.toEqual([]);
  });

  test('verify prints each claim as it ends, and its bar on no more than a line', () => {
    const args = ['verify', '--policy', policy, '--claims', 'C1,C3'];
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const { stdout } = spawnSync('script', ['-qec', `stty cols 60; ${command}`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm' },
    });
    const [first, second] = [stdout.indexOf('Exact split'), stdout.lastIndexOf('C3 Credit budget')];
    // The bar says what is verified next after the line of the claim that has ended.
    const line = stdout.search(/C1.{0,12} +Exact split +.{0,6}holds/u);
    expect([first, line, second].every((at) => at >= 0)).toBe(true);
    expect(line).toBeLessThan(second);
  });
});
