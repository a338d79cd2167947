// Single values of a record: numbers that may be null, booleans, texts, and numbers by name.
import { type Fields, isRecord } from '../../base/fields.ts';

/**
 * A number, NaN for null; undefined where there is no such field.
 * @throws InputError if it is anything else
 */
export function optionalNumber(fields: Fields, name: string): number | undefined {
  const value = fields.get(name);
  if (value === undefined || typeof value === 'number') return value;
  if (value === null) return Number.NaN;
  return fields.fail(name, 'a number or null');
}

/**
 * An integer of at least `least`; undefined where there is no such field or it is null.
 * @throws InputError if it is anything else
 */
export function optionalInteger(fields: Fields, name: string, least: number): number | undefined {
  const value = fields.get(name);
  return value === undefined || value === null ? undefined : fields.integer(name, least);
}

/**
 * A boolean; undefined where there is no such field or it is null.
 * @throws InputError if it is anything else
 */
export function optionalBoolean(fields: Fields, name: string): boolean | undefined {
  const value = fields.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') fields.fail(name, 'true or false');
  return value;
}

/**
 * A text; undefined where there is no such field or it is null.
 * @throws InputError if it is anything else
 */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') fields.fail(name, 'a text');
  return value;
}

/**
 * A text.
 * @throws InputError if it is anything else, or missing
 */
export function text(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== 'string') fields.fail(name, 'a text');
  return value;
}

/** A number of a further column: true and false count as 1 and 0; undefined for what is no number. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/**
 * Numbers by name, NaN for null.
 * @throws InputError if the field is no object, or one of its values is neither number nor null
 */
export function numbersByName(fields: Fields, name: string): Readonly<Record<string, number>> {
  const value = fields.get(name);
  if (!isRecord(value)) fields.fail(name, 'numbers by name');
  const entries = Object.entries(value).map(([key, x]) => {
    if (x !== null && typeof x !== 'number') fields.failAt([name, key], 'a number or null', x);
    return [key, x ?? Number.NaN] as const;
  });
  return Object.fromEntries(entries);
}

/** The sum of the numbers that are there; NaN if none is, or there are none. */
export function sumOf(numbers: Iterable<number>): number {
  let sum = Number.NaN;
  for (const x of numbers) if (!Number.isNaN(x)) sum = Number.isNaN(sum) ? x : sum + x;
  return sum;
}
