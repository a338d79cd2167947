// Values of options: strictly parsed, so that "3x" or "0x10" is an error that says what was expected.
import { Argument, Option } from 'commander';
import { parseDecimal } from '../base/decimal.ts';
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';

/** A parser for `--name`: an integer from `least` to `most`, in digits alone. */
export function integerOption(name: string, least: number, most?: number): (text: string) => number {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const { isSafeInteger, NaN: none, MAX_SAFE_INTEGER } = Number;
  const isIn = (value: number): boolean =>
    isSafeInteger(value) && value >= least && value <= (most ?? MAX_SAFE_INTEGER);
  return (text) => {
    const value = /^\+?\d+$/.test(text) ? Number(text) : none;
    if (isIn(value)) return value;
    // Such as 1e3 and 1000.0, which mean an integer but are seldom meant.
    const meant = parseDecimal(text) ?? none;
    const written = isIn(meant) ? ` in digits, such as ${meant}` : '';
    throw new InputError(`${name}: expected an integer ${range}${written}, found ${showValue(text)}`);
  };
}

/** A parser for `--name`: a finite number greater than 0, and at most `most`. */
export function positiveOption(
  name: string,
  example: string,
  most = Number.POSITIVE_INFINITY,
): (text: string) => number {
  const range = most < Number.POSITIVE_INFINITY ? ` and at most ${most}` : '';
  return (text) => {
    const value = parseDecimal(text);
    if (value !== undefined && value > 0 && value <= most) return value;
    throw new InputError(
      `${name}: expected a finite number greater than 0${range}, such as ${example}, found ${showValue(text)}`,
    );
  };
}

/** A parser for a repeatable `--name key=value`; a key may be given once. */
export function pairsOption(
  name: string,
): (text: string, sofar: ReadonlyMap<string, string> | undefined) => ReadonlyMap<string, string> {
  return (text, sofar = new Map()) => {
    const at = text.indexOf('=');
    if (at < 1) throw new InputError(`${name}: expected key=value, found ${showValue(text)}`);
    const key = text.slice(0, at);
    if (sofar.has(key)) throw new InputError(`${name}: ${showValue(key)} is given twice`);
    return new Map([...sofar, [key, text.slice(at + 1)]]);
  };
}

/** `--log-rollouts [n]`: every step without a number. */
export function logRolloutsOption(): Option {
  return new Option(
    '--log-rollouts [n]',
    'write the episodes of every n-th step of RL as rollouts@1 into rollouts/ of the run; of every step without n',
  )
    .argParser(integerOption('--log-rollouts', 1))
    .preset('1');
}

/**
 * The value of a required option. Asked for when a command begins: commander would miss it before it looks at the names of
 * the options that are there, and so never say that one of them is nearly right.
 * @param flags as in the help, such as `--beta <b>`
 */
export function required<T>(value: T | undefined, flags: string): T {
  if (value === undefined) throw new InputError(`required option '${flags}' not specified`);
  return value;
}

/** An argument whose likely values are known, for help and completion; others are left to the command. */
export function argumentOf(flags: string, description: string, values: readonly string[]): Argument {
  return Object.assign(new Argument(flags, description), { argChoices: [...values] });
}
