// A file that is written once has the hash of its own content in it, so that an edit is seen.
import { InputError } from '../base/errors.ts';
import { jsonChunks } from '../base/json.ts';
import { showText } from '../base/show.ts';
import { entriesOf, hashOf } from './identity.ts';

/** The key of the hash. */
const SEAL = 'sha256';

/** Returns a value as it will be written, with the sha256 of all else in it. */
export function sealed(value: object): object {
  const written = JSON.parse([...jsonChunks(value)].join(''));
  return { ...written, [SEAL]: hashOf(entriesOf(written), [SEAL]) };
}

/**
 * Checks that a file is as it was written. One without a hash was written by version 0.2.0.
 * @param written the value in the file
 * @param what the file holds, for the message
 * @param without keys that the hash leaves out besides its own
 * @throws InputError if it was edited
 */
export function checkSeal(
  path: string,
  written: unknown,
  what = 'what was written there',
  without: readonly string[] = [],
): void {
  const entries = entriesOf(written);
  const hash = entries.get(SEAL);
  if (hash === undefined || hash === hashOf(entries, [SEAL, ...without])) return;
  throw new InputError(`${showText(path)}: expected ${what}, found an edited file (its sha256 is another)`);
}
