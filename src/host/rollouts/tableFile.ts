// Files that are no text: tables are read at any place of theirs, and pickles are refused.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { InputErrorWithLines } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { Codecs } from '../../rollouts/parquet/table.ts';
import { converterOf, isPickle, PICKLE_REFUSAL } from '../../rollouts/pickle.ts';
import { fileBytes } from '../readFile.ts';

/** Codecs of Parquet that Node brings along. */
export const TABLE_CODECS: Codecs = {
  GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(length, 1) }),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(length, 1) }),
};

/** What a file is by its first bytes. */
export type FileKind = 'text' | 'table';

const PARQUET = [0x50, 0x41, 0x52, 0x31];

/**
 * What bytes begin: a table, or something that is read from beginning to end.
 * @throws InputError if they begin a pickle
 */
export function kindOfBytes(start: Uint8Array, name: string): FileKind {
  if (isPickle(start))
    throw new InputErrorWithLines(`${showText(name)}: ${PICKLE_REFUSAL}`, converterOf(name));
  return PARQUET.every((byte, i) => start[i] === byte) ? 'table' : 'text';
}

/** The same of a regular file. @throws InputError if it begins a pickle, or cannot be read */
export function kindOfFile(path: string): FileKind {
  const file = fileBytes(path);
  // A file that ends in .parquet is meant to be one, whatever it begins with.
  if (/\.parquet$/i.test(path)) return 'table';
  return kindOfBytes(file.read(0, Math.min(4, file.length)), path);
}
