// What two runs or experiments must have in common to be one: their entries by key, how they differ, and a hash of them.
import { createHash } from 'node:crypto';
import { showValue } from '../base/show.ts';

type Entries = ReadonlyMap<string, unknown>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the entries of nested objects by their keys, such as `train.update`, in order. */
export function entriesOf(value: unknown, key = ''): Map<string, unknown> {
  if (!isObject(value)) return new Map([[key, value]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...entriesOf(inner, key === '' ? name : `${key}.${name}`),
    ]),
  );
}

/** Returns the sha256 of entries without some keys, in whatever order they are. */
export function hashOf(entries: Entries, without: readonly string[]): string {
  const hashed = [...entries].filter(([key]) => !without.includes(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
}

/** A value for a message; a list of numbers with all of them. */
function shownValue(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : showValue(value);
}

/** Whether two values are one, lists of numbers by what is in them. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b));
}

/** At most so many keys are named. */
const NAMED = 3;

/**
 * Says how entries differ, without some keys.
 * @returns such as `train.update is "both" there and "sample" here`, or undefined if they do not differ
 */
export function difference(there: Entries, here: Entries, without: readonly string[]): string | undefined {
  const keys = [...new Set([...there.keys(), ...here.keys()])].filter((key) => !without.includes(key));
  const shown = (entries: Entries, key: string): string =>
    entries.has(key) ? shownValue(entries.get(key)) : 'not given';
  const differing = keys.filter(
    (key) => there.has(key) !== here.has(key) || !isSame(there.get(key), here.get(key)),
  );
  if (differing.length === 0) return undefined;
  const named = differing
    .slice(0, NAMED)
    .map((key) => `${key} is ${shown(there, key)} there and ${shown(here, key)} here`);
  const more = differing.length > NAMED ? [`${differing.length - NAMED} more`] : [];
  return [...named, ...more].join('; ');
}
