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

/** What is written, piece by piece; pieces that are waited for let the event loop turn between them. */
export type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** An `Output` is a destination that has been found writable. */
export interface Output {
  /** The absolute path with links resolved, or `-` for stdout. */
  readonly target: string;
  /**
   * Writes all pieces, or leaves nothing behind and throws. Stdout gets no more pieces once its reader has closed it.
   * @throws InputError or OutputLost if writing fails; Interrupted after Ctrl-C, which ends the process where pieces are waited for
   */
  write(pieces: Pieces): Promise<void>;
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
      return { target, write: (pieces) => writeTo(path, target, 'w', pieces) };
    }
    accessSync(dirname(target), constants.W_OK | constants.X_OK);
    return { target, write: (pieces) => replaceFile(path, target, existing, pieces) };
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

async function writeStdout(pieces: Pieces): Promise<void> {
  for await (const piece of pieces) {
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

async function replaceFile(
  path: string,
  target: string,
  existing: Stats | undefined,
  pieces: Pieces,
): Promise<void> {
  const temporary = join(dirname(target), `.gradsplit-${crypto.randomUUID()}.tmp`);
  const remove = (): void => rmSync(temporary, { force: true });
  // Ctrl-C ends the process while pieces are waited for.
  process.on('exit', remove);
  try {
    await writeTo(path, temporary, 'wx', pieces, existing?.mode);
    renameSync(temporary, target);
  } catch (error) {
    remove();
    throw systemError('write', path, error);
  } finally {
    process.off('exit', remove);
  }
}

async function writeTo(
  path: string,
  target: string,
  flags: 'w' | 'wx',
  pieces: Pieces,
  mode?: number,
): Promise<void> {
  let file: number | undefined;
  const begin = (): number => {
    file = openSync(target, flags, mode);
    return file;
  };
  const end = (opened: number): void => {
    if (flags === 'wx') fsyncSync(opened);
  };
  try {
    if (Symbol.asyncIterator in pieces) {
      const opened = begin();
      for await (const piece of pieces) writePiece(opened, piece);
      end(opened);
    } else {
      // The file is opened inside, so that Ctrl-C takes effect at once from the moment the file exists.
      interruptible(() => {
        const opened = begin();
        for (const piece of pieces) writePiece(opened, piece);
        end(opened);
      });
    }
  } catch (error) {
    throw systemError('write', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function writePiece(file: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
