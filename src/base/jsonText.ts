// Reads JSON text: JSON.parse for the value, and our own scan for what JSON.parse does not say: where the text is wrong
// and which key occurs twice in an object.
import { hasKeyTwice } from './jsonMembers.ts';
import { JsonScan } from './jsonScan.ts';

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * The value of JSON text; a byte order mark is skipped. No object may have a key twice: JSON.parse keeps the last of them, so
 * that fewer members are left than were written.
 * @param source how the text is called in messages, such as the file's name
 * @throws InputError with line, column and what was expected there, or naming the key that is given twice
 */
export function parseJson(text: string, source: string): unknown {
  const body = withoutMark(text);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    new JsonScan(body, source).run();
    throw error;
  }
  if (hasKeyTwice(body, value)) new JsonScan(body, source).run();
  return value;
}
