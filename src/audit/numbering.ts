// Numbers instead of names that repeat.

/** Numbers the values of a kind in the order in which they appear. */
export class Numbering {
  private readonly known = new Map<string, number>();

  /** The names, in order. */
  get names(): readonly string[] {
    return [...this.known.keys()];
  }

  /** The number of a name, from 0. */
  of(name: string): number {
    const number = this.known.get(name) ?? this.known.size;
    this.known.set(name, number);
    return number;
  }
}
