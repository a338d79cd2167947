// Regular expressions of a user on the text of a response. They are matched in time linear in the text, whatever they are: by an
// automaton as in RE2, so that no pattern can keep the program busy for ever. Look-ahead, look-behind and back-references are not in it.
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';

/** Finds matches of a pattern. */
export interface TextPattern {
  /** Matches that are not empty, from … to − 1, left to right, none of them overlapping. */
  matches(text: string): Iterable<readonly [from: number, to: number]>;
}

/**
 * A pattern from its text, in the syntax of RE2: `(?i)\b(wait|alternatively)\b`.
 * @throws InputError if it is no such pattern
 */
export function textPattern(source: string): TextPattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new InputError(
      `--decision-pattern ${showValue(source)}: expected a regular expression without look-around and back-references (RE2), found ${error.getDescription()}`,
    );
  }
  return {
    *matches(text) {
      const matcher = compiled.matcher(text);
      while (matcher.find()) {
        if (matcher.end() > matcher.start()) yield [matcher.start(), matcher.end()];
      }
    },
  };
}
