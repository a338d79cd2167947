// Columns of numbers that grow: one entry a trajectory, 8 bytes each, or 4 where they are integers.

/** An array half as long again with the same beginning. */
export function grown<Data extends Float64Array | Int32Array | Uint8Array>(
  data: Data,
  make: (length: number) => Data,
): Data {
  const larger = make(Math.max(64, Math.ceil(1.5 * data.length)));
  larger.set(data);
  return larger;
}

/** Numbers that are added one by one. A column that has had one number only needs no room. */
export class Column {
  private data = new Float64Array(0);
  private only = Number.NaN;
  /** How many there are. */
  length = 0;

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === 0) this.only = value;
    if (this.data.length === 0 && !Object.is(value, this.only)) this.spread();
    if (this.data.length > 0) {
      if (this.length === this.data.length) this.data = grown(this.data, (n) => new Float64Array(n));
      this.data[this.length] = value;
    }
    this.length++;
  }

  /** Gives every entry a place of its own. */
  private spread(): void {
    this.data = new Float64Array(Math.max(64, Math.ceil(1.5 * this.length))).fill(this.only, 0, this.length);
  }

  /** One of them. */
  at(i: number): number {
    return this.data.length === 0 ? this.only : this.data[i]!;
  }

  /** Makes the column `length` long; what is new is NaN. */
  padTo(length: number): void {
    while (this.length < length) this.push(Number.NaN);
  }

  /** The number that all entries are; undefined where they differ, or where there are none. */
  get constant(): number | undefined {
    return this.data.length === 0 && this.length > 0 ? this.only : undefined;
  }

  /** [length] what was added, without a copy: it changes if more is added. */
  values(): Float64Array {
    if (this.data.length === 0 && this.length > 0) this.spread();
    return this.data.subarray(0, this.length);
  }

  /** [length] the same as integers. */
  integers(): Int32Array {
    return Int32Array.from(this.values());
  }
}

/** Integers below 2³¹ that are added one by one. */
export class IntegerColumn {
  private data = new Int32Array(0);
  /** How many there are. */
  length = 0;

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === this.data.length) this.data = grown(this.data, (n) => new Int32Array(n));
    this.data[this.length++] = value;
  }

  /** [length] what was added, without a copy: it changes if more is added. */
  values(): Int32Array {
    return this.data.subarray(0, this.length);
  }
}
