// Writes results. A path is checked before a long computation starts. A file is written under a temporary name and renamed, so
// that there is never an incomplete file. '-' is stdout.
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { interruptible } from './interrupt.ts';
import { isClosedByReader } from './lostOutput.ts';
import { systemError } from './systemError.ts';

/** An `Output` is a destination that has been found writable. */
export interface Output {
  /** The absolute path with links resolved, or `-` for stdout. */
  readonly target: string;
  /**
   * Writes all pieces, or leaves nothing behind and throws. Stdout gets no more pieces once its reader has closed it.
   * @throws InputError or OutputLost if writing fails; Interrupted after Ctrl-C
   */
  write(pieces: Iterable<string | Uint8Array>): Promise<void>;
}

/**
 * Checks that a file can be written. Its directory must exist.
 * @throws InputError if it cannot be written
 */
export function prepareOutput(path: string): Output {
  if (path === '-') return { target: '-', write: writeStdout };
  if (path === '') throw new InputError('cannot write "": expected the name of a file, or - for stdout');
  try {
    const target = resolveTarget(path);
    const existing = statSync(target, { throwIfNoEntry: false });
    if (existing !== undefined) {
      if (existing.isDirectory())
        throw new InputError(`cannot write ${showText(path)}: it is a directory, not a file`);
      accessSync(target, constants.W_OK);
    }
    // Devices and pipes are written to and not replaced.
    if (existing !== undefined && !existing.isFile()) {
      return { target, write: async (pieces) => writeTo(path, target, 'w', pieces) };
    }
    accessSync(dirname(target), constants.W_OK | constants.X_OK);
    return { target, write: async (pieces) => replaceFile(path, target, existing, pieces) };
  } catch (error) {
    throw systemError('write', path, error);
  }
}

/** Returns the path with links resolved, including the last one if it points to something. */
function resolveTarget(path: string): string {
  const absolute = resolve(path);
  const directory = realpathSync(dirname(absolute));
  if (!statSync(directory).isDirectory())
    throw new InputError(`cannot write ${showText(path)}: ${showText(directory)} is not a directory`);
  const target = join(directory, basename(absolute));
  return statSync(target, { throwIfNoEntry: false }) === undefined ? target : realpathSync(target);
}

async function writeStdout(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    const error = await new Promise<Error | null | undefined>((done) => process.stdout.write(piece, done));
    if (error && isClosedByReader(error)) return;
    if (error) throw systemError('write', 'stdout', error);
    // This lets signals be handled between pieces.
    await setImmediate();
  }
}

/** Names of files that are not complete yet; the random part belongs to one write. */
const TEMPORARY = /^\..+\.tmp$/;

/**
 * Removes what a process that was killed has left of files and folders that it was writing. Nobody else may be writing there.
 * @param folder may be missing
 * @throws InputError if it is no folder, or something in it cannot be removed
 */
export function removeTemporaries(folder: string): void {
  try {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
    for (const name of readdirSync(folder).filter((found) => TEMPORARY.test(found))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw systemError('write', folder, error);
  }
}

function replaceFile(
  path: string,
  target: string,
  existing: Stats | undefined,
  pieces: Iterable<string | Uint8Array>,
): void {
  const temporary = join(dirname(target), `.gradsplit-${crypto.randomUUID()}.tmp`);
  try {
    writeTo(path, temporary, 'wx', pieces, existing?.mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw systemError('write', path, error);
  }
}

function writeTo(
  path: string,
  target: string,
  flags: 'w' | 'wx',
  pieces: Iterable<string | Uint8Array>,
  mode?: number,
): void {
  let file: number | undefined;
  try {
    // The file is opened inside, so that Ctrl-C takes effect at once from the moment the file exists.
    interruptible(() => {
      const opened = openSync(target, flags, mode);
      file = opened;
      for (const piece of pieces) writeAll(opened, typeof piece === 'string' ? Buffer.from(piece) : piece);
      if (flags === 'wx') fsyncSync(opened);
    });
  } catch (error) {
    throw systemError('write', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
