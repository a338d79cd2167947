// A lab by its name, and its settings from what a user asks for.
import { InputError } from '../base/errors.ts';
import { type Options, parseOptions, type RawOptions } from '../base/options.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import type { Lab } from './lab.ts';

/**
 * The lab of a name among some.
 * @throws InputError for an unknown one, with the near name and all others
 * @example
 * ```ts
 * import { labNamed, labs } from 'gradsplit/labs';
 * labs.every((lab) => labNamed(labs, lab.name) === lab); // → true
 * ```
 */
export function labNamed(among: readonly Lab[], name: string): Lab {
  const found = among.find((lab) => lab.name === name);
  if (found !== undefined) return found;
  const names = among.map((lab) => lab.name);
  throw new InputError(
    `unknown lab "${showText(name, 40)}"${suggest(name, names)}; the labs are ${names.join(', ')}`,
  );
}

/**
 * Complete settings of a lab: what is given, else those of `full` if they are asked for, else the defaults.
 * @param given JSON values by name
 * @throws InputError for an unknown option, with the near name, or a value out of range
 */
export function labSettings(lab: Lab, given: RawOptions, full: boolean): Options {
  const raw = { ...(full ? lab.full : {}), ...given };
  return parseOptions(`lab ${lab.name}`, lab.options, raw, (name) => `--set ${name}`);
}
