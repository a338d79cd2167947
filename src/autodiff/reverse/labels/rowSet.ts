// A set of rows. A tensor seen as n rows is n equal chunks in row-major order; a cotangent is said to have the rows outside which
// it is zero. Sets are made of one another again and again, op after op: each is made once.
import { greatestCommonDivisor } from '../../../base/integers.ts';

/** Some of `count` rows. */
export class RowSet {
  readonly count: number;
  /** Which, ascending. */
  readonly indices: Int32Array;
  /** What was made of it, by what it was made with. */
  readonly #made = new Map<unknown, RowSet>();

  constructor(count: number, indices: Int32Array) {
    this.count = count;
    this.indices = indices;
  }

  /** Whether every row is in it. */
  get isAll(): boolean {
    return this.indices.length === this.count;
  }

  /** Whether no row is. */
  get isEmpty(): boolean {
    return this.indices.length === 0;
  }

  /** The same in fewer, longer rows: those that hold one of these. @param count a divisor of its own */
  coarsened(count: number): RowSet {
    const length = this.count / count;
    return this.#once(count, count, (add) => {
      for (const row of this.indices) add(Math.floor(row / length));
    });
  }

  /** In rows that both this set's and `count` rows are made of. */
  seenAs(count: number): RowSet {
    return this.coarsened(greatestCommonDivisor(this.count, count));
  }

  /** With each row all earlier ones of its sequence of `places` rows. */
  withEarlier(places: number): RowSet {
    return this.#once(`places ${places}`, this.count, (add) => {
      // From the end, so that the earlier ones of a sequence are there already.
      let done = this.count;
      for (let i = this.indices.length - 1; i >= 0; i--) {
        const row = this.indices[i]!;
        if (row >= done) continue;
        done = row - (row % places);
        for (let place = done; place <= row; place++) add(place);
      }
    });
  }

  /** The rows of one or the other, as long as both need. */
  union(other: RowSet): RowSet {
    const [mine, others] = [this.seenAs(other.count), other.seenAs(this.count)];
    if (mine === others || mine.isAll) return mine;
    if (others.isAll) return others;
    return mine.#once(others, mine.count, (add) => {
      for (const row of mine.indices) add(row);
      for (const row of others.indices) add(row);
    });
  }

  #once(key: unknown, count: number, visit: (add: (row: number) => void) => void): RowSet {
    const made = this.#made.get(key) ?? this.#make(count, visit);
    this.#made.set(key, made);
    return made;
  }

  #make(count: number, visit: (add: (row: number) => void) => void): RowSet {
    const isIn = new Uint8Array(count);
    visit((row) => {
      isIn[row] = 1;
    });
    const rows = new Int32Array(count);
    let length = 0;
    for (let row = 0; row < count; row++) if (isIn[row] === 1) rows[length++] = row;
    if (length === count && count > 0) return EVERYWHERE;
    return count === this.count && length === this.indices.length
      ? this
      : new RowSet(count, rows.slice(0, length));
  }
}

/** One row, and it is in the set: of a cotangent that may differ from zero anywhere. */
export const EVERYWHERE: RowSet = new RowSet(1, Int32Array.of(0));
