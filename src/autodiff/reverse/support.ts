// Where the cotangent of one label may differ from zero, once labels go their own ways: a label that ends early reaches no later
// place, so that nothing need be computed there. Supports are made of one another again and again, op after op: each is made once.
import { greatestCommonDivisor } from '../../base/integers.ts';
import type { RowPassage } from '../trace/op.ts';

/** A cotangent, seen as `count` equal chunks in row-major order, is zero outside these, in ascending order. */
export class Support {
  readonly count: number;
  readonly rows: Int32Array;
  /** What was made of it, by what it was made with. */
  readonly #made = new Map<unknown, Support | undefined>();

  constructor(count: number, rows: Int32Array) {
    this.count = count;
    this.rows = rows;
  }

  /** In fewer, longer chunks; undefined where all of them are reached. @param count a divisor of its own */
  coarsened(count: number): Support | undefined {
    const length = this.count / count;
    return this.#once(count, count, (reach) => {
      for (const row of this.rows) reach(Math.floor(row / length));
    });
  }

  /** With each place all earlier ones of its unit; undefined where these are all. @param places a unit's chunks */
  withEarlier(places: number): Support | undefined {
    return this.#once(`places ${places}`, this.count, (reach) => {
      // From the end, so that the earlier ones of a unit are there already.
      let done = this.count;
      for (let i = this.rows.length - 1; i >= 0; i--) {
        const row = this.rows[i]!;
        if (row >= done) continue;
        done = row - (row % places);
        for (let place = done; place <= row; place++) reach(place);
      }
    });
  }

  /** Where one or the other may differ from zero; undefined where that is anywhere. */
  union(other: Support): Support | undefined {
    const count = greatestCommonDivisor(this.count, other.count);
    const [mine, others] = [this.coarsened(count), other.coarsened(count)];
    if (mine === undefined || others === undefined || mine === others) return mine && others;
    return mine.#once(others, count, (reach) => {
      for (const row of mine.rows) reach(row);
      for (const row of others.rows) reach(row);
    });
  }

  #once(key: unknown, count: number, visit: (reach: (row: number) => void) => void): Support | undefined {
    if (!this.#made.has(key)) this.#made.set(key, this.#make(count, visit));
    return this.#made.get(key);
  }

  #make(count: number, visit: (reach: (row: number) => void) => void): Support | undefined {
    const isReached = new Uint8Array(count);
    visit((row) => {
      isReached[row] = 1;
    });
    const rows = new Int32Array(count);
    let length = 0;
    for (let row = 0; row < count; row++) if (isReached[row] === 1) rows[length++] = row;
    if (length === count) return undefined;
    return count === this.count && length === this.rows.length
      ? this
      : new Support(count, rows.slice(0, length));
  }
}

/** Where the sum of two cotangents may differ from zero; undefined: anywhere. */
export function union(a: Support | undefined, b: Support | undefined): Support | undefined {
  return a && b && a.union(b);
}

/** In chunks that an op's units are made of or that are made of them; undefined: anywhere. */
export function seenAs(support: Support, units: number): Support | undefined {
  return support.coarsened(greatestCommonDivisor(support.count, units));
}

/** Where the cotangent of an input may differ from zero, if that of the output is zero outside its support; undefined: anywhere. */
export function supportAfter(
  support: Support | undefined,
  passage: RowPassage | undefined,
): Support | undefined {
  if (support === undefined || passage?.kind !== 'local' || passage.units === 0) return undefined;
  const { units, places } = passage;
  if (places !== undefined && support.count === units * places) return support.withEarlier(places);
  return seenAs(support, units);
}
