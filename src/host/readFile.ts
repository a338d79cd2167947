// Reads whole files as text, as bytes or as a hash to compare. Errors are reported in one sentence.
import { constants as constantsOfBuffers, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import type { ByteSource } from '../nn/index.ts';
import { systemError } from './systemError.ts';

/** The number of bytes read at once. */
const BLOCK = 1 << 24;

/** A file that is opened in this way is not waited for: a pipe without a writer would be, for ever. */
const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Opens a file while `body` reads from it.
 * @throws InputError if it cannot be opened or read
 */
function reading<T>(path: string, flags: number, body: (file: number) => T): T {
  let file: number | undefined;
  try {
    file = openSync(path, flags);
    return body(file);
  } catch (error) {
    throw systemError('read', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Returns the size of a file. @throws InputError if it is not a file (a directory, a pipe) */
function sizeOfFile(file: number, path: string): number {
  const status = fstatSync(file);
  if (!status.isFile()) throw new InputError(`cannot read ${showText(path)}: it is not a file`);
  return status.size;
}

/** Reads the bytes begin … end − 1 of a file, or fewer if it ends before. */
function readRange(file: number, begin: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - begin);
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, Math.min(BLOCK, bytes.length - done), begin + done);
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}

/**
 * Returns a file as a source of ranges of its bytes. It is opened for every range.
 * @throws InputError, also by `read`, if it cannot be read, is not a file (a directory, a pipe), or has become shorter
 */
export function fileBytes(path: string): ByteSource {
  const length = reading(path, AT_ONCE, (file) => sizeOfFile(file, path));
  return {
    length,
    read: (begin, end) => {
      const bytes = reading(path, AT_ONCE, (file) => readRange(file, begin, end));
      if (bytes.length === end - begin) return bytes;
      throw new InputError(`${showText(path)}: expected ${length} bytes, found fewer: it has changed`);
    },
  };
}

/**
 * Returns the sha256 of a file in hexadecimal.
 * @throws InputError if it cannot be read
 */
export function fileHash(path: string): string {
  const hash = createHash('sha256');
  const { length, read } = fileBytes(path);
  for (let begin = 0; begin < length; begin += BLOCK)
    hash.update(read(begin, Math.min(begin + BLOCK, length)));
  return hash.digest('hex');
}

/**
 * Reads the text of a file, which must be UTF-8. Pipes are read to their end.
 * @throws InputError if it cannot be read, holds binary data, or is longer than the longest string
 */
export function readText(path: string): string {
  return textOf(
    reading(path, constants.O_RDONLY, (file) => readToEnd(file, path)),
    path,
  );
}

/**
 * Reads the text on stdin to its end; it must be UTF-8.
 * @throws InputError in the cases of `readText`
 */
export function readStdin(): string {
  try {
    return textOf(readToEnd(0, 'stdin'), 'stdin');
  } catch (error) {
    throw systemError('read', 'stdin', error);
  }
}

/**
 * Reads the text of a file that a run has written, which must be UTF-8. Nothing is waited for.
 * @throws InputError as `readText` does, and if it is not a file (a directory, a pipe)
 */
export function readFileText(path: string): string {
  const { length, read } = fileBytes(path);
  checkLength(length, path);
  const { buffer, byteOffset, byteLength } = read(0, length);
  return textOf(Buffer.from(buffer, byteOffset, byteLength), path);
}

function checkLength(length: number, name: string): void {
  if (length <= constantsOfBuffers.MAX_STRING_LENGTH) return;
  const limit = Math.floor(constantsOfBuffers.MAX_STRING_LENGTH / 1e6);
  throw new InputError(`${showText(name)}: expected at most ${limit} MB of text, found more`);
}

function textOf(bytes: Buffer, name: string): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new InputError(`${showText(name)}: expected text, found binary data (byte ${zero} is 0)`);
  if (!isUtf8(bytes)) throw new InputError(`${showText(name)}: expected text in UTF-8, found other bytes`);
  return bytes.toString('utf8');
}

/** Reads the bytes of an open file or pipe, as many as a string can hold. */
function readToEnd(file: number, name: string): Buffer {
  const blocks: Buffer[] = [];
  for (let total = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK);
    const read = readSome(file, block);
    if (read === 0) return Buffer.concat(blocks, total);
    total += read;
    checkLength(total, name);
    blocks.push(block.subarray(0, read));
  }
}

/** Reads what there is, and waits if a pipe that does not block has nothing yet. */
function readSome(file: number, block: Buffer): number {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return readSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(nothing, 0, 0, 10);
    }
  }
}
