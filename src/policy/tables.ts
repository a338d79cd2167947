// Reads tables keyed by history (rows of logits) or by trajectory (rewards): every key there, none else.
import { showText } from '../base/show.ts';
import { type Fields, isFiniteNumber } from './fields.ts';

/** Words for what the keys of a table are. */
interface KeyName {
  readonly one: string;
  readonly many: string;
}

const HISTORY: KeyName = { one: 'history', many: 'histories' };
const TRAJECTORY: KeyName = { one: 'trajectory', many: 'trajectories' };

/** [count · width] the rows of a table in the order of `keys`. */
export function readRows(
  table: Fields,
  keys: () => Iterable<string>,
  count: number,
  width: number,
): Float64Array {
  const values = new Float64Array(count * width);
  let at = 0;
  for (const key of keys()) {
    const row = entry(table, key, keys, count, HISTORY);
    if (!Array.isArray(row) || row.length !== width) table.failAt([key], `${width} numbers`, row);
    for (let i = 0; i < width; i++) {
      const value: unknown = row[i];
      if (!isFiniteNumber(value)) table.failAt([key, i], 'a finite number', value);
      values[at++] = value;
    }
  }
  refuseSurplus(table, keys, count, HISTORY);
  return values;
}

/** [count] the numbers of a table in the order of `keys`. */
export function readNumbers(table: Fields, keys: () => Iterable<string>, count: number): Float64Array {
  const values = new Float64Array(count);
  let at = 0;
  for (const key of keys()) {
    const value = entry(table, key, keys, count, TRAJECTORY);
    if (!isFiniteNumber(value)) table.failAt([key], 'a finite number', value);
    values[at++] = value;
  }
  refuseSurplus(table, keys, count, TRAJECTORY);
  return values;
}

/** The value of a key that must be there. No history is called like a member of Object.prototype, JSON has no undefined. */
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

/** Says how many keys are missing and how many surplus, and the first of each. */
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
