// Options as data: what each means, its default, and the schema a given value must satisfy.
import { z } from 'zod';
import { parseDecimal } from './decimal.ts';
import { InputError } from './errors.ts';
import { showText, showValue } from './show.ts';
import { suggest } from './suggest.ts';

/** Option values as given by a user (strings from the command line are converted). */
export type RawOptions = Readonly<Record<string, unknown>>;

/** Complete options with every default filled in; plain JSON values. */
export type Options = Readonly<Record<string, number | string | boolean>>;

/** One option of an objective, a task, … */
export interface OptionSpec {
  readonly default: number | string | boolean;
  /** What a value must be, to follow "expected". */
  readonly expected: string;
  /** What the option does, in one sentence. */
  readonly sentence: string;
  /** Names it can take, if it is a choice among names. */
  readonly choices?: readonly string[];
  /** Made on first use: building schemas takes time at start-up. */
  readonly schema: () => z.ZodType<number | string | boolean>;
}

/** Options by name, in the order in which they are shown. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What a number option accepts besides being finite. */
interface NumberRange {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

function numberFromText(value: unknown): unknown {
  return typeof value === 'string' ? (parseDecimal(value) ?? value) : value;
}

function booleanFromText(value: unknown): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}

/** Any finite number. */
export const FINITE: NumberRange = { expected: 'a finite number', holds: () => true };
/** Finite and not negative. */
export const AT_LEAST_ZERO: NumberRange = { expected: 'a finite number of at least 0', holds: (x) => x >= 0 };
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

/** A number in a range. */
export function numberOption(initial: number, range: NumberRange, sentence: string): OptionSpec {
  const schema = (): z.ZodType<number> => z.preprocess(numberFromText, z.number().refine(range.holds));
  return { default: initial, expected: range.expected, sentence, schema };
}

/** One of several names; the first is the default. */
export function choiceOption(choices: readonly [string, ...string[]], sentence: string): OptionSpec {
  const expected = `one of ${choices.join(', ')}`;
  return { default: choices[0], expected, sentence, choices, schema: () => z.enum(choices) };
}

/** true or false. */
export function booleanOption(initial: boolean, sentence: string): OptionSpec {
  const schema = (): z.ZodType<boolean> => z.preprocess(booleanFromText, z.boolean());
  return { default: initial, expected: 'true or false', sentence, schema };
}

/** The option with another default. */
export function withDefault(spec: OptionSpec, initial: number | string | boolean): OptionSpec {
  return { ...spec, default: initial };
}

/**
 * Complete options in the order of the table; values may be strings as they come from a command line.
 * @param owner whose options they are, for messages
 * @throws InputError for an unknown option (naming the near one and all allowed ones) or a value out of range
 */
export function parseOptions(owner: string, table: OptionTable, raw: RawOptions): Options {
  const names = Object.keys(table);
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(table, name)) {
      throw new InputError(
        `${owner}: unknown option "${showText(name, 40)}"${suggest(name, names)}; allowed: ${names.join(', ')}`,
      );
    }
  }
  const options: Record<string, number | string | boolean> = {};
  for (const name of names) {
    const spec = table[name]!;
    const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
    options[name] = given === undefined ? spec.default : parseValue(`${owner}: option ${name}`, spec, given);
  }
  return options;
}

function parseValue(place: string, spec: OptionSpec, given: unknown): number | string | boolean {
  const parsed = spec.schema().safeParse(given);
  if (parsed.success) return parsed.data;
  const near = typeof given === 'string' ? suggest(given, spec.choices ?? []) : '';
  throw new InputError(`${place}: expected ${spec.expected}, found ${showValue(given)}${near}`);
}
