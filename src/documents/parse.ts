// Reads the JSON value of a file by its schema. The error names the file, the place, what was expected and what was found.
import type { z } from 'zod';
import { InputError } from '../base/errors.ts';
import { joinPath, showText, showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';

/** Returns the value at a path; undefined if there is none. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

function expectedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.map(String).join(', ')}`;
  // Such as "Invalid input: expected int, received null" and "Too small: expected number to be >=0".
  return issue.message.replace(/^[A-Z][\w ]*: /, '').replace(/, received .*$/, '');
}

/**
 * Returns a parsed JSON value as its schema reads it.
 * @param source the name of the file, or of a line in it, in messages
 * @param names names of fields, of which the nearest is suggested for one that is unknown
 * @throws InputError naming the first place that does not fit
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: string,
  names: readonly string[] = [],
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  // A misspelt name is also a missing one; the spelling is what helps.
  const { issues } = read.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const steps = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const place = steps.reduce<string>(joinPath, '');
  const at = place === '' ? source : `${source}: ${place}`;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw new InputError(
      `${at} has an unknown field ${showText(JSON.stringify(key), 60)}${suggest(key, names)}`,
    );
  }
  const found = valueAt(value, issue.path);
  throw new InputError(`${at}: ${expectedOf(issue)}, found ${showValue(found)}`);
}
