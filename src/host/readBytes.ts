// Reads a whole binary file, of any size that memory holds.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { systemError } from './systemError.ts';

/** Bytes read at once. */
const BLOCK = 1 << 24;

/**
 * The bytes of a file.
 * @throws InputError if it cannot be read or is no file (a directory, a pipe)
 */
export function readBytes(path: string): Uint8Array {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const status = fstatSync(file);
    if (!status.isFile()) throw new InputError(`cannot read ${showText(path)}: it is no file`);
    const bytes = new Uint8Array(status.size);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(file, bytes, done, Math.min(BLOCK, bytes.length - done), done);
      if (read === 0) return bytes.subarray(0, done);
      done += read;
    }
    return bytes;
  } catch (error) {
    throw systemError('read', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
