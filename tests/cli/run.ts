// Runs the built command as a child process, as a user would.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../structure/files.ts';

/** The built command. */
export const MAIN: string = join(ROOT, 'dist/src/cli/main.js');

if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);

/** How a command line ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `gradsplit ARGS`; output up to 256 MB. */
export function gradsplit(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** A command that was sent a signal: its exit code, or null if the signal ended it. */
export interface Signalled {
  readonly code: number | null;
  /** Process id it had. */
  readonly pid: number;
}

/**
 * Starts a command that shows its progress as `[step/steps]` lines on stderr, and sends the signal when it has come to a step.
 * @param before what is done between that step and the signal
 */
export async function signalled(
  args: readonly string[],
  step: number,
  signal: NodeJS.Signals,
  before: (pid: number) => void = () => {},
): Promise<Signalled> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let text = '';
  let sent = false;
  child.stderr.on('data', (more: Buffer) => {
    text += more.toString();
    const seen = text.match(/^\[(\d+)\//gm)?.at(-1);
    // Once: a second Ctrl-C would end it before it has saved.
    if (sent || seen === undefined || Number(seen.slice(1, -1)) < step) return;
    sent = true;
    before(child.pid!);
    child.kill(signal);
  });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (!sent) throw new Error(`ended with ${code} before step ${step}: ${text}`);
  return { code, pid: child.pid! };
}

/** A directory for the tests of a file, and what writes files there. */
export interface Workplace {
  readonly directory: string;
  path(name: string): string;
  file(name: string, content: string | Uint8Array): string;
}

/** Makes a directory that is removed after the tests of the file. */
export function workplace(): Workplace {
  const directory = mkdtempSync(join(tmpdir(), 'gradsplit-cli-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string): string => join(directory, name);
  return {
    directory,
    path,
    file: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
