// Rows that a file has once more from the end of the file before it.
import { digest } from '../values/digest.ts';

/** What is known of the rows of a file: 64 bits each, whatever their length. */
export type RowDigests = readonly string[];

/** 64 bits that stand for a row without its step. */
export function rowDigest(row: Readonly<Record<string, unknown>>): string {
  return digest(JSON.stringify(Object.entries(row).filter(([name]) => name !== 'step')));
}

/**
 * How many rows at the beginning of a file are those at the end of the file before: the largest number for which all of them agree.
 * By the prefix function of Knuth, Morris and Pratt, in linear time.
 */
export function repeatedRows(before: RowDigests, rows: RowDigests): number {
  const fallback = new Int32Array(rows.length);
  const step = (matched: number, row: string): number => {
    let length = matched;
    while (length > 0 && (length === rows.length || rows[length] !== row)) length = fallback[length - 1]!;
    return rows[length] === row ? length + 1 : length;
  };
  for (let i = 1, length = 0; i < rows.length; i++) {
    length = step(length, rows[i]!);
    fallback[i] = length;
  }
  return rows.length === 0 ? 0 : before.reduce(step, 0);
}
