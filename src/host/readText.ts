// Reads a whole text file; what is no text, or too much of it, is said in one sentence.
import { constants, isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { systemError } from './systemError.ts';

/** Bytes read at once. */
const BLOCK = 1 << 24;

/**
 * The text of a file, which must be UTF-8. Pipes are read to their end.
 * @throws InputError if it cannot be read, holds binary data, or is longer than the longest string
 */
export function readText(path: string): string {
  const bytes = readBytes(path);
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new InputError(`${showText(path)}: expected text, found binary data (byte ${zero} is 0)`);
  if (!isUtf8(bytes)) throw new InputError(`${showText(path)}: expected text in UTF-8, found other bytes`);
  return bytes.toString('utf8');
}

function readBytes(path: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const blocks: Buffer[] = [];
    for (let total = 0; ; ) {
      const block = Buffer.allocUnsafe(BLOCK);
      const read = readSync(file, block);
      if (read === 0) return Buffer.concat(blocks, total);
      total += read;
      if (total > constants.MAX_STRING_LENGTH) {
        const limit = Math.floor(constants.MAX_STRING_LENGTH / 1e6);
        throw new InputError(`${showText(path)}: expected at most ${limit} MB of text, found more`);
      }
      blocks.push(block.subarray(0, read));
    }
  } catch (error) {
    throw systemError('read', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
