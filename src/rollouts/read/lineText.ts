// The text of a line of bytes, which must be UTF-8.
import { InputError } from '../../base/errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a line. A byte order mark is left out where the line is the first one.
 * @param place how the line is called in messages
 * @throws InputError if the bytes are no text in UTF-8
 */
export function lineText(line: Uint8Array, place: string, isFirst: boolean): string {
  let text: string;
  try {
    text = decoder.decode(line);
  } catch {
    throw new InputError(`${place}: expected text in UTF-8, found other bytes`);
  }
  return isFirst && text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Whether a line holds nothing but blanks. */
export function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== 32 && byte !== 13 && byte !== 9) return false;
  return true;
}

/** @throws InputError if the line has a zero byte, which no text has */
export function refuseBinary(line: Uint8Array, place: string): void {
  const zero = line.indexOf(0);
  if (zero >= 0) throw new InputError(`${place}: expected text, found binary data (byte ${zero} is 0)`);
}
