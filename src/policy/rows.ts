// Reads the tables of a policy file, whose keys are histories or trajectories: every one of the shape must be there, and no other.
import type { Fields } from '../base/fields.ts';
import { showText } from '../base/show.ts';
import type { EntryKind } from './entries.ts';

/** The words for the keys of a table, singular and plural. */
interface KeyName {
  readonly one: string;
  readonly many: string;
}

const HISTORY: KeyName = { one: 'history', many: 'histories' };
const TRAJECTORY: KeyName = { one: 'trajectory', many: 'trajectories' };

/** Reads the rows of a table in the order of `keys` [count · width]. */
export function readRows<T>(
  table: Fields,
  keys: () => Iterable<string>,
  count: number,
  width: number,
  kind: EntryKind<T>,
): readonly T[] {
  const values: T[] = [];
  for (const key of keys()) {
    const row = entry(table, key, keys, count, HISTORY);
    if (!Array.isArray(row) || row.length !== width) table.failAt([key], `${width} numbers`, row);
    for (let i = 0; i < width; i++) {
      const value = kind.read(row[i]);
      if (value === undefined) table.failAt([key, i], kind.expected, row[i]);
      values.push(value);
    }
  }
  refuseSurplus(table, keys, count, HISTORY);
  return values;
}

/** Reads the values of a table of trajectories in the order of `keys` [count]. */
export function readRow<T>(
  table: Fields,
  keys: () => Iterable<string>,
  count: number,
  kind: EntryKind<T>,
): readonly T[] {
  const values: T[] = [];
  for (const key of keys()) {
    const found = entry(table, key, keys, count, TRAJECTORY);
    const value = kind.read(found);
    if (value === undefined) table.failAt([key], kind.expected, found);
    values.push(value);
  }
  refuseSurplus(table, keys, count, TRAJECTORY);
  return values;
}

/** Reads the value of a required key. No history is named like a member of Object.prototype, and JSON has no undefined. */
function entry(
  table: Fields,
  key: string,
  keys: () => Iterable<string>,
  count: number,
  name: KeyName,
): unknown {
  const value = table.record[key];
  if (value === undefined) failKeys(table, keys, count, name);
  return value;
}

function refuseSurplus(table: Fields, keys: () => Iterable<string>, count: number, name: KeyName): void {
  if (Object.keys(table.record).length !== count) failKeys(table, keys, count, name);
}

/** Reports how many keys are missing and how many are surplus, and the first of each. */
function failKeys(table: Fields, keys: () => Iterable<string>, count: number, name: KeyName): never {
  const known = new Set(keys());
  const missing = [...known].filter((key) => !table.has(key));
  const surplus = Object.keys(table.record).filter((key) => !known.has(key));
  const show = (key: string | undefined): string => showText(JSON.stringify(key), 60);
  const faults: string[] = [];
  if (missing.length > 0) {
    const what = `${missing.length} of ${count} ${count === 1 ? name.one : name.many}`;
    faults.push(`${what} ${missing.length === 1 ? 'is' : 'are'} missing (first ${show(missing[0])})`);
  }
  if (surplus.length > 0) {
    const what = surplus.length === 1 ? '1 key is' : `${surplus.length} keys are`;
    faults.push(`${what} no ${name.one} of this shape (first ${show(surplus[0])})`);
  }
  table.failWith(faults.join(' and '));
}
