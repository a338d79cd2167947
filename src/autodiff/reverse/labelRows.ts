// Which rows of a cotangent belong to which label. A tensor seen as n rows is n equal chunks in row-major order.
import { Support } from './support.ts';

/** What is a label's: its cotangent is zero in all other rows. */
export interface RowsOfLabel {
  /** Ascending. Labels of equal rows share the array. */
  readonly rows: Int32Array;
  /** What the common cotangent is multiplied by, for each of `rows`; undefined: by 1. */
  readonly factors: Float64Array | undefined;
}

/** The rows of all labels: the cotangent of label l is diag(s_l)·U, where s_l is 0 outside its rows. */
export class LabelRows {
  /** Into how many rows the cotangent is cut. */
  readonly count: number;
  readonly labels: readonly RowsOfLabel[];
  /** No row belongs to two labels, and all factors are 1. */
  readonly areDisjoint: boolean;
  /** Of the rows that these were made of by `coarsened`, or of themselves: so that equal counts are equal objects. */
  readonly #byCount: Map<number, LabelRows | undefined>;
  readonly #supports: (Support | undefined)[] = [];

  constructor(
    count: number,
    labels: readonly RowsOfLabel[],
    areDisjoint: boolean,
    byCount: Map<number, LabelRows | undefined> = new Map(),
  ) {
    this.count = count;
    this.labels = labels;
    this.areDisjoint = areDisjoint;
    this.#byCount = byCount.set(count, this);
  }

  /**
   * The same with fewer, longer rows; undefined where two labels would meet in one. The common cotangent stays as it is.
   * @param count a divisor of this count
   */
  coarsened(count: number): LabelRows | undefined {
    if (!this.#byCount.has(count)) this.#byCount.set(count, this.#cutInto(count));
    return this.#byCount.get(count);
  }

  /** Where a label's cotangent may differ from zero: one object for each label. */
  supportOf(label: number): Support {
    this.#supports[label] ??= new Support(this.count, this.labels[label]!.rows);
    return this.#supports[label];
  }

  #cutInto(count: number): LabelRows | undefined {
    if (!this.areDisjoint) return undefined;
    const length = this.count / count;
    const labels = this.labels.map(({ rows }) => ({
      rows: Int32Array.from(new Set(rows.map((row) => Math.floor(row / length)))),
      factors: undefined,
    }));
    return overlap(count, labels) ? undefined : new LabelRows(count, labels, true, this.#byCount);
  }
}

/** Whether a row belongs to two labels. */
function overlap(count: number, labels: readonly RowsOfLabel[]): boolean {
  const taken = new Uint8Array(count);
  for (const { rows } of labels) {
    for (const row of rows) {
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
  const all: Int32Array[] = [];
  const labels = seeds.map((values) => {
    const own = nonzeroPlaces(values);
    const rows = all.find((other) => isEqual(own, other)) ?? own;
    all.push(rows);
    return { rows, factors: undefined };
  });
  if (!overlap(count, labels)) return new LabelRows(count, labels, true);
  const scaled = labels.map(({ rows }, l) => ({
    rows,
    factors: Float64Array.from(rows, (row) => seeds[l]![row]!),
  }));
  return new LabelRows(count, scaled, false);
}

function nonzeroPlaces(values: ArrayLike<number>): Int32Array {
  const places = new Int32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) places[n++] = i;
  return places.slice(0, n);
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}
