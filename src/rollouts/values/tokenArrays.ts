// Arrays over the tokens of one trajectory, from the arrays of a JSON record. What was NaN is listed; an array of another length
// is an error, or is cut or filled and listed.
import type { Fields } from '../../base/fields.ts';
import type { LengthMismatch, LoggedNaN } from '../trajectory.ts';

/** The steps to a value below a record, such as `['tokens', 0]`. */
export type Path = readonly (string | number)[];

const INT32 = 2 ** 31;

/** Reads the arrays of one trajectory of `length` tokens. */
export class TokenArrays {
  private readonly fields: Fields;
  readonly length: number;
  private readonly isStrict: boolean;
  private readonly shown: number;
  private readonly nan: LoggedNaN[] = [];
  private readonly mismatch: LengthMismatch[] = [];

  /**
   * @param isStrict whether an array of another length is an error
   * @param shown how many of the entries belong to the trajectory; NaN behind them is not listed
   */
  constructor(fields: Fields, length: number, isStrict: boolean, shown: number = length) {
    this.fields = fields;
    this.length = length;
    this.isStrict = isStrict;
    this.shown = shown;
  }

  /** What the trajectory says of its arrays; nothing where there is nothing to say. */
  get notes(): { readonly nan?: readonly LoggedNaN[]; readonly mismatch?: readonly LengthMismatch[] } {
    return {
      ...(this.nan.length > 0 ? { nan: this.nan } : {}),
      ...(this.mismatch.length > 0 ? { mismatch: this.mismatch } : {}),
    };
  }

  /**
   * Numbers or nulls, [T]; those not there are NaN.
   * @param field as the trajectory calls the array
   * @param at the index of the token that the first element belongs to
   * @param to where the tokens end that the array has numbers of, if not at the end
   * @throws InputError naming the element that is neither number nor null, or for another length where that is an error
   */
  numbers(path: Path, value: unknown, field: string, at = 0, to = this.length): Float64Array {
    const given = this.array(path, value, field, to - at);
    const out = new Float64Array(this.length);
    const end = Math.min(to, at + given.length);
    if (at > 0) out.fill(Number.NaN, 0, at);
    if (end < this.length) out.fill(Number.NaN, end);
    for (let t = at; t < end; t++) {
      const x = given[t - at];
      if (typeof x === 'number') {
        out[t] = x;
        if (Number.isNaN(x) && t < this.shown) this.nan.push({ field, token: t });
      } else if (x === null) out[t] = Number.NaN;
      else this.fields.failAt([...path, t - at], 'a number or null', x);
    }
    return out;
  }

  /**
   * Zeros and ones, [T]; those not there are 0.
   * @throws InputError naming the element that is neither, or for another length where that is an error
   */
  flags(path: Path, value: unknown, field: string, at = 0): Uint8Array {
    const given = this.array(path, value, field, this.length - at);
    const out = new Uint8Array(this.length);
    const end = Math.min(this.length, at + given.length);
    for (let t = at; t < end; t++) {
      const x = given[t - at];
      if (x === 1 || x === true) out[t] = 1;
      else if (x !== 0 && x !== false) this.fields.failAt([...path, t - at], '0 or 1', x);
    }
    return out;
  }

  /**
   * Texts, [T]; those not there are empty.
   * @throws InputError naming the element that is no text, or for another length where that is an error
   */
  texts(path: Path, value: unknown, field: string): readonly string[] {
    const given = this.array(path, value, field, this.length);
    const texts = textArray(this.fields, path, given);
    return texts.length === this.length
      ? texts
      : Array.from({ length: this.length }, (_, t) => texts[t] ?? '');
  }

  /** @throws InputError if the value is no array, or of another length where that is an error */
  private array(path: Path, value: unknown, field: string, expected: number): readonly unknown[] {
    if (!Array.isArray(value)) this.fields.failAt(path, `an array of ${expected}`, value);
    if (value.length !== expected) {
      if (this.isStrict) this.fields.failAt(path, `an array of ${expected}, one entry a token`, value);
      this.mismatch.push({ field, found: value.length });
    }
    return value;
  }
}

/**
 * Token ids, [T].
 * @throws InputError naming the element that is no integer of 32 bits
 */
export function idArray(fields: Fields, path: Path, value: unknown): Int32Array {
  if (!Array.isArray(value)) fields.failAt(path, 'an array of token ids', value);
  const out = new Int32Array(value.length);
  for (let t = 0; t < out.length; t++) {
    const id: unknown = value[t];
    if (typeof id !== 'number' || !Number.isInteger(id) || id < -INT32 || id >= INT32) {
      fields.failAt([...path, t], 'a token id', id);
    }
    out[t] = id;
  }
  return out;
}

/**
 * Texts, one a token.
 * @throws InputError naming the element that is no text
 */
export function textArray(fields: Fields, path: Path, value: unknown): readonly string[] {
  if (!Array.isArray(value)) fields.failAt(path, 'an array of texts', value);
  const wrong = value.findIndex((text) => typeof text !== 'string');
  if (wrong >= 0) fields.failAt([...path, wrong], 'a text', value[wrong]);
  return value;
}
