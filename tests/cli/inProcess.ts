// Command lines in this process, for tests of many of them: what src/cli/main.ts does, without starting a process for each.
import { expect, vi } from 'vitest';
import { ending } from '../../src/cli/ending.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { Run } from './run.ts';

/** `gradsplit ARGS`: its exit code and all that it writes to stdout and stderr. */
export async function inProcess(args: readonly string[]): Promise<Run> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text, ...more) => {
      said[name] += text.toString();
      for (const done of more) if (typeof done === 'function') done();
      return true;
    });
  }
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await runProgram(args);
    return { code: Number(process.exitCode), ...said };
  } catch (error) {
    const { exitCode, message } = ending(error, false);
    return {
      code: exitCode,
      stdout: said.stdout,
      stderr: said.stderr + (message === '' ? '' : `${message}\n`),
    };
  } finally {
    process.exitCode = before;
    vi.restoreAllMocks();
  }
}

/** Expects a command line to be refused: exit code 2, nothing on stdout, one line on stderr with this in it. */
export async function expectRefused(args: readonly string[], message: string): Promise<void> {
  const { code, stdout, stderr } = await inProcess(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
}
