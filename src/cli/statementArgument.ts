// A statement that begins with a minus looks like options: `gradsplit refute "-V_sample = 0"` would print the version.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';

/**
 * Refuses a statement of `refute` that would be read as options.
 * @param args the command line without the program
 * @throws InputError saying where `--` goes
 */
export function checkStatement(args: readonly string[]): void {
  const command = args.findIndex((arg) => !arg.startsWith('-'));
  if (args[command] !== 'refute') return;
  const end = args.indexOf('--');
  const read = args.slice(command + 1, end < 0 ? args.length : end);
  // What follows a long option may be its value.
  const statement = read.find((arg, i) => /^-[^-].*=/s.test(arg) && !read[i - 1]?.startsWith('--'));
  if (statement === undefined) return;
  const shown = showText(statement, 60);
  throw new InputError(
    `refute: "${shown}" begins with a minus, as options do: put -- before it, as in: gradsplit refute -- "${shown}"`,
  );
}
