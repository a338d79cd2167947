// Allows one run per folder at a time, by a lock file with the id of the process that works there.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { systemError } from './systemError.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns the id of the process that holds a lock, or undefined if that process has ended. */
function holder(path: string): number | undefined {
  const pid = Number(readFileSync(path, 'utf8'));
  return Number.isSafeInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

/**
 * Takes the lock of a folder, also if the process that holds it has ended.
 * @returns a function that releases the lock
 * @throws InputError if another process holds it
 */
function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw systemError('write', path, error);
    }
    const pid = holder(path);
    if (pid !== undefined) {
      throw new InputError(
        `${showText(folder)}: process ${pid} is training there; if it is not, remove ${showText(path)}`,
      );
    }
    rmSync(path, { force: true });
  }
}

/**
 * Runs `body` while no other process works in a folder, which is created if it does not exist.
 * @throws InputError if the folder cannot be created, or another process works there; whatever `body` throws
 */
export async function inLockedFolder<T>(folder: string, body: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw systemError('write', folder, error);
  }
  const unlock = lockFolder(folder);
  try {
    return await body();
  } finally {
    unlock();
  }
}
