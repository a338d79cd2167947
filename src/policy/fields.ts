// Reads the fields of an object that came from a file; what is wrong is said with its path, expected and found.
import { InputError } from '../base/errors.ts';
import { joinPath, showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';

/** Keys and values of a JSON object; read only through `Object.hasOwn`, so that `__proto__` is a key like any other. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One object of a file at a path. */
export class Fields {
  readonly record: JsonRecord;
  private readonly source: string;
  private readonly path: string;

  /** @throws InputError if `value` is not an object */
  constructor(value: unknown, source: string, path: string) {
    this.source = source;
    this.path = path;
    if (!isRecord(value)) this.failHere('an object', showValue(value));
    this.record = value;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.record, name);
  }

  /** The value of a field, or undefined. */
  get(name: string): unknown {
    return this.has(name) ? this.record[name] : undefined;
  }

  /** @throws InputError for the first field that is none of `names` */
  allow(names: readonly string[]): void {
    for (const key of Object.keys(this.record)) {
      if (names.includes(key)) continue;
      const near = suggest(key, names);
      const hint = near === '' ? `; the fields are ${names.join(', ')}` : near;
      throw new InputError(`${this.place([key])} is an unknown field${hint}`);
    }
  }

  object(name: string): Fields {
    const value = this.get(name);
    if (!isRecord(value)) this.fail(name, 'an object');
    return new Fields(value, this.source, joinPath(this.path, name));
  }

  /** An array of `length` elements, described by `what`. */
  array(name: string, length: number, what: string): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value) || value.length !== length) this.fail(name, what);
    return value;
  }

  integer(name: string, least: number): number {
    const value = this.get(name);
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      this.fail(name, `an integer of at least ${least}`);
    }
    return value as number;
  }

  number(name: string): number {
    const value = this.get(name);
    if (!isFiniteNumber(value)) this.fail(name, 'a finite number');
    return value;
  }

  /** @throws InputError: the field is missing, or holds something else than expected */
  fail(name: string, expected: string): never {
    if (!this.has(name)) throw new InputError(`${this.place([name])} is missing; expected ${expected}`);
    this.failAt([name], expected, this.get(name));
  }

  /** @throws InputError about a value at a path below this object */
  failAt(steps: readonly (string | number)[], expected: string, found: unknown): never {
    throw new InputError(`${this.place(steps)}: expected ${expected}, found ${showValue(found)}`);
  }

  /** @throws InputError about this object as a whole; `found` stands in the sentence as it is */
  failHere(expected: string, found: string): never {
    throw new InputError(`${this.place([])}: expected ${expected}, found ${found}`);
  }

  /** @throws InputError with a sentence of its own about this object */
  failWith(sentence: string): never {
    throw new InputError(`${this.place([])}: ${sentence}`);
  }

  private place(steps: readonly (string | number)[]): string {
    const path = steps.reduce<string>(joinPath, this.path);
    return path === '' ? this.source : `${this.source}: ${path}`;
  }
}

/** Whether the value is a number other than NaN and ±Infinity (which JSON text reaches by 1e999). */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
