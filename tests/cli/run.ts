// Runs the built command as a child process, as a user would.
import { spawnSync } from 'node:child_process';
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
