// The tokens of a task: four that every task has, then its own characters. Texts ↔ ids.
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';

/**
 * Pads a prompt that is shorter than the longest one, on its left, and whatever comes after the end of a trajectory.
 */
export const PAD = 0;
/** The decision to hand in the last attempt. */
export const STOP_TOKEN = 1;
/** The decision to try once more. */
export const RESAMPLE_TOKEN = 2;
/** Pads an attempt that is shorter than the longest one, on its right. */
export const END = 3;

const SPECIAL = ['<pad>', '<stop>', '<resample>', '<end>'] as const;

/** The tokens of a task: from text to ids and back. */
export interface TokenTable {
  /** [V] the four special ones, then one character each. */
  readonly names: readonly string[];
  /**
   * Ids of the characters of a text.
   * @param place whose text it is, for messages
   * @throws InputError naming the character that is not a token
   */
  encode(text: string, place: string): number[];
  /** Characters of ids; END and PAD are left out, decisions are shown by name. */
  decode(ids: readonly number[]): string;
}

/**
 * The token table of a task with these characters, in this order, after the four special tokens.
 * @throws InputError (when `encode` is called) for a character that is not a token
 * @example
 * ```ts
 * import { tokenTable } from 'gradsplit/tasks';
 * const table = tokenTable(['a', 'b']);
 * table.encode('ba', 'prompt'); // → [5, 4]
 * table.decode([5, 4]); // → 'ba'
 * ```
 */
export function tokenTable(characters: readonly string[]): TokenTable {
  const names = [...SPECIAL, ...characters];
  const idOf = new Map(characters.map((character, i) => [character, SPECIAL.length + i]));
  return {
    names,
    encode: (text, place) =>
      [...text].map((character) => {
        const id = idOf.get(character);
        if (id !== undefined) return id;
        throw new InputError(
          `${place}: the character ${showValue(character)} is not a token of this task; its tokens are ${showValue(characters.join(''))}`,
        );
      }),
    decode: (ids) => ids.map((id) => (id === PAD || id === END ? '' : names[id]!)).join(''),
  };
}

/** The digits 0 … 9, the first characters of every arithmetic task. */
export const DIGITS: readonly string[] = [...'0123456789'];

/** The token of a digit in a table that begins with `DIGITS`. */
export function digitToken(digit: number): number {
  return SPECIAL.length + digit;
}

/** The digit of a token, the inverse of `digitToken`. */
export function digitOf(token: number): number {
  return token - SPECIAL.length;
}

/** The `width` decimal digits of a number as tokens, most significant first. */
export function numberTokens(value: number, width: number): number[] {
  return [...String(value).padStart(width, '0')].map((digit) => digitToken(Number(digit)));
}

/** The number that digit tokens write, most significant first. */
export function numberOf(tokens: readonly number[]): number {
  return tokens.reduce((value, token) => 10 * value + digitOf(token), 0);
}
