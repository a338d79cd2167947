// Further columns of a record: whatever a trainer has logged beside the fields that its format names.
import type { Fields, JsonRecord } from '../../base/fields.ts';
import { refuseDeep } from './nesting.ts';
import { numberOf } from './scalars.ts';
import type { Path } from './tokenArrays.ts';

/** The numbers of a record by name, true and false as 1 and 0, but for the fields named; undefined if there is none. */
export function furtherNumbers(
  record: JsonRecord,
  except: readonly string[],
): Readonly<Record<string, number>> | undefined {
  const entries: [string, number][] = [];
  for (const name of Object.keys(record)) {
    if (except.includes(name)) continue;
    const number = numberOf(record[name]);
    if (number !== undefined) entries.push([name, number]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Whether a logged value says right or wrong: true, false, 1 or 0; undefined for all else. */
export function rightOrWrong(value: unknown): boolean | undefined {
  if (value === true || value === 1) return true;
  return value === false || value === 0 ? false : undefined;
}

/**
 * A ground truth as text: a text as it is, other values as JSON; undefined for null and for what is missing.
 * @throws InputError naming the path if it is nested too deeply to be written
 */
export function groundTruthText(fields: Fields, path: Path, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  refuseDeep(fields, path, value);
  return JSON.stringify(value);
}
