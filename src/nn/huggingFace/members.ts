// Members of a config.json, read one by one; messages name the file and the member.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';

/** Reads members of a parsed config.json; messages name the file and the member. */
export class Members {
  private readonly members: ReadonlyMap<string, unknown>;
  readonly source: string;

  constructor(parsed: unknown, source: string) {
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new InputError(`${source}: expected an object, found ${showValue(parsed)}`);
    }
    this.members = new Map(Object.entries(parsed));
    this.source = source;
  }

  /** @throws InputError unless a member has this value or is left out */
  fixed(key: string, expected: unknown): void {
    const value = this.members.get(key) ?? expected;
    if (value !== expected) this.fail(key, showValue(expected), value);
  }

  /** An integer of at least `least`. */
  count(key: string, least: number, ifMissing?: number): number {
    const value = this.members.get(key) ?? ifMissing;
    const fits = Number.isSafeInteger(value) && (value as number) >= least;
    return fits ? (value as number) : this.fail(key, `an integer ≥ ${least}`, value);
  }

  /** An integer, or what stands for none: null, or nothing. */
  countOrNone(key: string, least: number): number | undefined {
    return (this.members.get(key) ?? undefined) === undefined ? undefined : this.count(key, least);
  }

  /** A number. */
  number(key: string, ifMissing?: number): number {
    const value = this.members.get(key) ?? ifMissing;
    return typeof value === 'number' ? value : this.fail(key, 'a number', value);
  }

  /** true or false. */
  boolean(key: string, ifMissing: boolean): boolean {
    const value = this.members.get(key) ?? ifMissing;
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false', value);
  }

  /** One of some texts. */
  text<const T extends string>(key: string, choices: readonly T[], ifMissing?: T): T {
    const value = this.members.get(key) ?? ifMissing;
    const found = choices.find((choice) => choice === value);
    return found ?? this.fail(key, `one of ${choices.join(', ')}`, value);
  }

  /** The members of an object in it; undefined where there is none. */
  object(key: string): Members | undefined {
    const value = this.members.get(key) ?? undefined;
    return value === undefined ? undefined : new Members(value, `${this.source}: ${key}`);
  }

  /** Whether the member is there, if only as null. */
  has(key: string): boolean {
    return this.members.has(key);
  }

  /** A value as it is. */
  raw(key: string): unknown {
    return this.members.get(key) ?? undefined;
  }

  /** @throws InputError naming file and member */
  fail(key: string, expected: string, found: unknown): never {
    const what = found === undefined ? 'nothing' : showValue(found);
    throw new InputError(`${this.source}: ${key} must be ${expected}, found ${what}`);
  }
}
