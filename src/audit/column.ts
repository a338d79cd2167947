// A column of numbers that grows: one entry a trajectory, 8 bytes each.

/** Numbers that are added one by one. */
export class Column {
  private data = new Float64Array(64);
  /** How many there are. */
  length = 0;

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  /** Makes the column `length` long; what is new is NaN. */
  padTo(length: number): void {
    while (this.length < length) this.push(Number.NaN);
  }

  /** [length] what was added, without a copy: it changes if more is added. */
  values(): Float64Array {
    return this.data.subarray(0, this.length);
  }

  /** [length] the same as integers. */
  integers(): Int32Array {
    return Int32Array.from(this.values());
  }
}
