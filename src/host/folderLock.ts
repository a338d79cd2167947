// Allows one run per folder at a time, by a lock file that names the process which works there.
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { type Holder, isAtWork, parseHolder, thisProcess } from './lockHolder.ts';
import { makeFolder } from './makeFolder.ts';
import { removeTemporaries } from './output.ts';
import { systemError } from './systemError.ts';

/** The longest text of a lock, in bytes; more is not a lock of gradsplit. */
const LONGEST = 1024;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/**
 * Reads who holds a lock. Links are not followed, and pipes are not waited for.
 * @returns undefined if there is no lock any more
 * @throws InputError if the path is not a lock of gradsplit
 */
function readHolder(path: string): Holder | undefined {
  const refused = (found: string): InputError =>
    new InputError(
      `${showText(path)}: expected the lock file of a run, found ${found}; remove it if no process works there`,
    );
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') throw refused('a link');
    if (codeOf(error) === 'ENXIO') throw refused('a socket');
    throw systemError('read', path, error);
  }
  try {
    const status = fstatSync(file);
    if (status.isDirectory()) throw refused('a directory');
    if (!status.isFile()) throw refused('a pipe or a device');
    const bytes = Buffer.alloc(LONGEST);
    const holder = parseHolder(bytes.subarray(0, readSync(file, bytes)).toString('latin1'));
    if (status.size > LONGEST || holder === undefined) throw refused('other content');
    return holder;
  } finally {
    closeSync(file);
  }
}

/**
 * Creates a lock, if there is none, by a hard link to a file that is complete: a lock is never seen without its text.
 * @returns whether it was created
 */
function create(path: string, text: string): boolean {
  const own = join(dirname(path), `.lock-${process.pid}-${randomUUID()}`);
  try {
    writeFileSync(own, text, { flag: 'wx', flush: true });
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw systemError('write', path, error);
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Takes a lock. The lock of a process that has ended is removed by whoever holds a second lock, whose name is made of the text of the
 * first. Every text is written once only, so while the second lock is held nobody else can remove the first one or put another in its
 * place, and what is removed is what was read. If a process ends while it holds the second lock, that one is taken in the same way.
 * @param folder what is locked, for messages
 * @returns what releases the lock
 * @throws InputError if another process holds it
 */
function take(path: string, folder: string): () => void {
  const text = `${thisProcess()} ${randomUUID()}\n`;
  for (;;) {
    if (create(path, text)) return () => release(path, text);
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isAtWork(holder)) {
      const where = holder.host === hostname() ? '' : ` on ${showText(holder.host)}`;
      throw new InputError(
        `${showText(folder)}: process ${holder.pid}${where} is training there; if it is not, remove ${showText(path)}`,
      );
    }
    const name = createHash('sha256').update(holder.text).digest('hex').slice(0, 16);
    const releaseSecond = take(`${path}.${name}`, folder);
    try {
      release(path, holder.text);
    } finally {
      releaseSecond();
    }
  }
}

/** Removes a lock that has this text. */
function release(path: string, text: string): void {
  if (readHolder(path)?.text === text) rmSync(path, { force: true });
}

/**
 * Runs `body` while no other process works in a folder, which is created if it does not exist. What a killed process left of
 * files that it was writing there is removed first.
 * @throws InputError if the folder cannot be created, or another process works there; whatever `body` throws
 */
export async function inLockedFolder<T>(folder: string, body: () => Promise<T>): Promise<T> {
  makeFolder(folder);
  const unlock = take(join(folder, 'lock'), folder);
  try {
    removeTemporaries(folder);
    return await body();
  } finally {
    unlock();
  }
}
