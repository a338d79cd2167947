// What a file holds, as a number to compare.
import { createHash } from 'node:crypto';
import { readBytes } from './readBytes.ts';

/** The sha256 of a file in hexadecimal. @throws InputError if it cannot be read */
export function fileHash(path: string): string {
  return createHash('sha256').update(readBytes(path)).digest('hex');
}
