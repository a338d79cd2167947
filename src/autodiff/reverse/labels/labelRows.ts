// Which rows of a common cotangent belong to which label.
import { greatestCommonDivisor } from '../../../base/integers.ts';
import { RowSet } from './rowSet.ts';

/** A label's share of the common cotangent: its cotangent is zero in all other rows. */
export interface RowsOfLabel {
  /** Labels of equal rows share the object. */
  readonly rows: RowSet;
  /** What each of these rows of the common cotangent is multiplied by; undefined: by 1. */
  readonly factors: Float64Array | undefined;
}

/** The rows of all labels: the cotangent of label l is diag(s_l)·U, where s_l is 0 outside its rows. */
export class LabelRows {
  /** Into how many rows the common cotangent U is cut. */
  readonly count: number;
  readonly labels: readonly RowsOfLabel[];
  /** No row belongs to two labels, and all factors are 1. */
  readonly areDisjoint: boolean;
  readonly #coarser = new Map<number, LabelRows | undefined>();

  constructor(count: number, labels: readonly RowsOfLabel[], areDisjoint: boolean) {
    this.count = count;
    this.labels = labels;
    this.areDisjoint = areDisjoint;
  }

  /**
   * The same in fewer, longer rows; undefined where two labels would meet in one. The common cotangent stays as it is.
   * @param count a divisor of this count
   */
  coarsened(count: number): LabelRows | undefined {
    if (count === this.count) return this;
    if (!this.#coarser.has(count)) this.#coarser.set(count, this.#cutInto(count));
    return this.#coarser.get(count);
  }

  /** The same in rows that both these and `count` rows are made of; undefined as above. */
  seenAs(count: number): LabelRows | undefined {
    return this.coarsened(greatestCommonDivisor(this.count, count));
  }

  #cutInto(count: number): LabelRows | undefined {
    if (!this.areDisjoint) return undefined;
    const rows = this.labels.map((share) => share.rows.coarsened(count));
    if (overlap(count, rows)) return undefined;
    const labels = rows.map((set) => ({ rows: set, factors: undefined }));
    return new LabelRows(count, labels, true);
  }
}

/** Whether a row belongs to two of the sets, all of so many rows or everywhere. */
function overlap(count: number, sets: readonly RowSet[]): boolean {
  const filled = sets.filter((set) => !set.isEmpty);
  if (filled.some((set) => set.isAll)) return filled.length > 1;
  const taken = new Uint8Array(count);
  for (const { indices } of filled) {
    for (const row of indices) {
      if (taken[row] === 1) return true;
      taken[row] = 1;
    }
  }
  return false;
}

/**
 * Every element a row. Where labels meet nowhere the common cotangent is the sum of the seeds; elsewhere it is 1 in every
 * row, and the factors are the values of the seeds.
 * @param seeds the values of one cotangent per label, of equal lengths
 */
export function rowsOfSeeds(seeds: readonly ArrayLike<number>[]): LabelRows {
  const count = seeds[0]!.length;
  const sets: RowSet[] = [];
  for (const values of seeds) {
    const mine = nonzeroRows(values);
    sets.push(sets.find(({ indices }) => isEqual(mine, indices)) ?? new RowSet(count, mine));
  }
  const isDisjoint = !overlap(count, sets);
  const labels = sets.map((rows, label) => ({
    rows,
    factors: isDisjoint ? undefined : Float64Array.from(rows.indices, (row) => seeds[label]![row]!),
  }));
  return new LabelRows(count, labels, isDisjoint);
}

function nonzeroRows(values: ArrayLike<number>): Int32Array {
  const rows = new Int32Array(values.length);
  let n = 0;
  for (let row = 0; row < values.length; row++) if (values[row] !== 0) rows[n++] = row;
  return rows.slice(0, n);
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}
