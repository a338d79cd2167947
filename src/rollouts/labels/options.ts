// Rules for labels from the words of a user: lists of tokens separated by commas, and a pattern.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import type { LabelRules } from './label.ts';
import { textPattern } from './pattern.ts';
import { type TokenNames, tokenNames } from './tokenNames.ts';

/** What a user says, option by option. */
export interface LabelOptions {
  /** Such as `Wait,Alternatively,STOP`. */
  readonly decisionTokens?: string;
  /** Such as `(?i)\b(wait|hmm)\b`. */
  readonly decisionPattern?: string;
  /** Such as `</attempt>,id:151645`. */
  readonly boundaries?: string;
}

function listOf(option: string, text: string | undefined): TokenNames | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) {
    throw new InputError(`${option}: expected tokens separated by commas, found ${showValue(text)}`);
  }
  return tokenNames(names);
}

/** The rules that a user asks for. @throws InputError naming the option that is no list of tokens, or no pattern */
export function labelRules({ decisionTokens, decisionPattern, boundaries }: LabelOptions): LabelRules {
  const tokens = listOf('--decision-tokens', decisionTokens);
  const ends = listOf('--boundaries', boundaries);
  return {
    ...(tokens === undefined ? {} : { decisionTokens: tokens }),
    ...(decisionPattern === undefined ? {} : { decisionPattern: textPattern(decisionPattern) }),
    ...(ends === undefined ? {} : { boundaries: ends }),
  };
}
