// Reads the fields of an object that came from a file. An error names the path, what was expected and what was found.
import { InputError } from './errors.ts';
import { joinPath, showValue } from './show.ts';
import { suggest } from './suggest.ts';

/** The keys and values of a JSON object, which are read only through `Object.hasOwn`, so that `__proto__` is an ordinary key. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Tells whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of one object of a file, which knows its path for error messages. */
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

  /** Tells whether the object has a field of this name. */
  has(name: string): boolean {
    return Object.hasOwn(this.record, name);
  }

  /** Gives the value of a field, or undefined if the object has no such field. */
  get(name: string): unknown {
    return this.has(name) ? this.record[name] : undefined;
  }

  /**
   * Refuses fields other than those named.
   * @throws InputError for the first field that is not among `names`
   */
  allow(names: readonly string[]): void {
    for (const key of Object.keys(this.record)) {
      if (names.includes(key)) continue;
      const near = suggest(key, names);
      const hint = near === '' ? `; the fields are ${names.join(', ')}` : near;
      throw new InputError(`${this.place([key])} is an unknown field${hint}`);
    }
  }

  /**
   * Reads a field that is an object.
   * @throws InputError if the field is missing or is not an object
   */
  object(name: string): Fields {
    const value = this.get(name);
    if (!isRecord(value)) this.fail(name, 'an object');
    return new Fields(value, this.source, joinPath(this.path, name));
  }

  /**
   * Reads an element of a field that is an array; the element is an object.
   * @throws InputError if the field is no array, or the element is no object
   */
  objectAt(name: string, index: number): Fields {
    const value = this.get(name);
    if (!Array.isArray(value)) this.fail(name, 'an array of objects');
    const element: unknown = value[index];
    if (!isRecord(element)) this.failAt([name, index], 'an object', element);
    return new Fields(element, this.source, joinPath(joinPath(this.path, name), index));
  }

  /**
   * Reads a field that is an array of `length` elements, described by `what`.
   * @throws InputError if the field is missing or is not such an array
   */
  array(name: string, length: number, what: string): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value) || value.length !== length) this.fail(name, what);
    return value;
  }

  /**
   * Reads a field that is an integer of at least `least`.
   * @throws InputError if the field is missing or is not such an integer
   */
  integer(name: string, least: number): number {
    const value = this.get(name);
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      this.fail(name, `an integer of at least ${least}`);
    }
    return value as number;
  }

  /**
   * Reads a field that is a finite number.
   * @throws InputError if the field is missing or is not a finite number
   */
  number(name: string): number {
    const value = this.get(name);
    if (!isFiniteNumber(value)) this.fail(name, 'a finite number');
    return value;
  }

  /**
   * Reports that a field is missing or does not hold what was expected.
   * @throws InputError always
   */
  fail(name: string, expected: string): never {
    if (!this.has(name)) throw new InputError(`${this.place([name])} is missing; expected ${expected}`);
    this.failAt([name], expected, this.get(name));
  }

  /**
   * Reports a value at a path below this object.
   * @throws InputError always
   */
  failAt(steps: readonly (string | number)[], expected: string, found: unknown): never {
    throw new InputError(`${this.place(steps)}: expected ${expected}, found ${showValue(found)}`);
  }

  /**
   * Reports a fault of this object as a whole; `found` is put into the sentence unchanged.
   * @throws InputError always
   */
  failHere(expected: string, found: string): never {
    throw new InputError(`${this.place([])}: expected ${expected}, found ${found}`);
  }

  /**
   * Reports a fault of this object in the words of `sentence`.
   * @throws InputError always
   */
  failWith(sentence: string): never {
    throw new InputError(`${this.place([])}: ${sentence}`);
  }

  private place(steps: readonly (string | number)[]): string {
    const path = steps.reduce<string>(joinPath, this.path);
    return path === '' ? this.source : `${this.source}: ${path}`;
  }
}

/** Tells whether a value is a number other than NaN and ±Infinity (JSON text can give Infinity by 1e999). */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
