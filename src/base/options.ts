// Options as data: what each means, its default, what a given value must be. The type of an option follows from its table.
import { parseDecimal } from './decimal.ts';
import { InputError } from './errors.ts';
import { showText, showValue } from './show.ts';
import { suggest } from './suggest.ts';

/** Option values as given by a user: JSON values, as a file has them. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** What an option can be; all are plain JSON values. */
export type OptionValue = number | string | boolean | readonly number[];

/** Complete options of some table, with every default filled in. */
export type Options = Readonly<Record<string, OptionValue>>;

/** One option of an objective, a task, …, whose values are of type T. */
export interface Option<T> {
  readonly default: T;
  /** What a value must be, to follow "expected". */
  readonly expected: string;
  /** What the option does, in one sentence. */
  readonly sentence: string;
  /** Names it can take, if it is a choice among names. */
  readonly choices?: readonly string[];
  /** The value that was given, or undefined if it is not what was expected. */
  parse(given: unknown): T | undefined;
}

/** Options by name, in the order in which they are shown, from the values they have: `O` is inferred from a table. */
export type TableOf<O> = { readonly [Name in keyof O]: Option<O[Name]> };

/** Any table of options. */
export type OptionTable = TableOf<Options>;

/** The values of the options of a table. */
export type OptionsOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** What a number option accepts besides being finite. */
export interface NumberRange {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

/** Any finite number. */
export const FINITE: NumberRange = { expected: 'a finite number', holds: () => true };
/** Finite and not negative. */
export const AT_LEAST_ZERO: NumberRange = { expected: 'a finite number of at least 0', holds: (x) => x >= 0 };
/** Finite and positive. */
export const ABOVE_ZERO: NumberRange = { expected: 'a number greater than 0', holds: (x) => x > 0 };
/** The closed unit interval. */
export const UNIT_INTERVAL: NumberRange = {
  expected: 'a number from 0 to 1',
  holds: (x) => x >= 0 && x <= 1,
};
/** 1, 2, 3, … */
export const POSITIVE_INTEGER: NumberRange = {
  expected: 'an integer of at least 1',
  holds: (x) => Number.isSafeInteger(x) && x >= 1,
};
/** 0, 1, 2, … */
export const COUNT: NumberRange = {
  expected: 'an integer of at least 0',
  holds: (x) => Number.isSafeInteger(x) && x >= 0,
};

/** A number in a range. */
export function numberOption(
  initial: number,
  { expected, holds }: NumberRange,
  sentence: string,
): Option<number> {
  return {
    default: initial,
    expected,
    sentence,
    parse(given) {
      return typeof given === 'number' && Number.isFinite(given) && holds(given) ? given : undefined;
    },
  };
}

/** One of several names; the first is the default. */
export function choiceOption<const Name extends string>(
  choices: readonly [Name, ...Name[]],
  sentence: string,
): Option<Name> {
  const expected = `one of ${choices.join(', ')}`;
  const parse = (given: unknown): Name | undefined => choices.find((name) => name === given);
  return { default: choices[0], expected, sentence, choices, parse };
}

/** true or false. */
export function booleanOption(initial: boolean, sentence: string): Option<boolean> {
  return {
    default: initial,
    expected: 'true or false',
    sentence,
    parse: (given) => (typeof given === 'boolean' ? given : undefined),
  };
}

/** Numbers of at least 0: an array of them, their text with commas between, or a single one. */
export function listOption(initial: readonly number[], sentence: string): Option<readonly number[]> {
  return {
    default: initial,
    expected: 'numbers with commas between them, such as 0.5,0.5',
    sentence,
    parse(given) {
      const text = Array.isArray(given) ? given.join(',') : typeof given === 'number' ? String(given) : given;
      if (typeof text !== 'string') return undefined;
      const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
      return values.every((value) => value >= 0) ? values : undefined;
    },
  };
}

/** The JSON value that a text stands for on a command line: a number, true or false, or the text itself. */
export function valueOfText(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true';
  return parseDecimal(text) ?? text;
}

/** The option with another default. */
export function withDefault<T>(option: Option<T>, initial: T): Option<T> {
  return { ...option, default: initial };
}

/**
 * Refuses names that no option has.
 * @param owner whose options they are, for messages
 * @throws InputError naming the near one and all allowed ones
 */
export function checkOptionNames(owner: string, names: readonly string[], raw: RawOptions): void {
  for (const name of Object.keys(raw)) {
    if (names.includes(name)) continue;
    throw new InputError(
      `${owner}: unknown option "${showText(name, 40)}"${suggest(name, names)}; allowed: ${names.join(', ')}`,
    );
  }
}

/** What an option is called in messages. */
export type NameOfOption = (name: string) => string;

/** An option of something that has a name, such as an objective. */
export const ofOwner =
  (owner: string): NameOfOption =>
  (name) =>
    `${owner}: option ${name}`;

/** An entry of a section of a configuration, by its full key. */
export const inSection =
  (section: string): NameOfOption =>
  (name) =>
    `${section}.${name}`;

/**
 * The options of a table in its order, each as given or its default; names that are not in the table are passed over.
 * @param place what an option is called in messages
 * @throws InputError for a value out of range
 */
export function completeOptions<O>(place: NameOfOption, table: TableOf<O>, raw: RawOptions): O {
  const options: Partial<O> = {};
  for (const name in table) {
    const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
    options[name] = given === undefined ? table[name].default : parseValue(place(name), table[name], given);
  }
  // Every name of the table has its value now, which no type says of a loop.
  return options as O;
}

/**
 * Complete options in the order of the table.
 * @param owner whose options they are, for messages
 * @param place what an option is called in messages
 * @throws InputError for an unknown option (naming the near one and all allowed ones) or a value out of range
 */
export function parseOptions<O>(
  owner: string,
  table: TableOf<O>,
  raw: RawOptions,
  place: NameOfOption = ofOwner(owner),
): O {
  checkOptionNames(owner, Object.keys(table), raw);
  return completeOptions(place, table, raw);
}

function parseValue<T>(place: string, option: Option<T>, given: unknown): T {
  const value = option.parse(given);
  if (value !== undefined) return value;
  const near = typeof given === 'string' ? suggest(given, option.choices ?? []) : '';
  throw new InputError(`${place}: expected ${option.expected}, found ${showValue(given)}${near}`);
}
