// Results that are kept, so that a page computes nothing twice that has not changed.

/** The last results of a function, by a key. */
export class Kept<T> {
  private readonly known = new Map<string, T>();
  private readonly most: number;

  /** @param most how many are kept; the oldest goes first */
  constructor(most: number) {
    this.most = most;
  }

  get(key: string): T | undefined {
    return this.known.get(key);
  }

  set(key: string, value: T): T {
    if (this.known.size >= this.most) this.known.delete(this.known.keys().next().value!);
    this.known.set(key, value);
    return value;
  }
}

/** The last result of a function, with what it was made from. */
export class Last<T> {
  private from: readonly unknown[] | undefined;
  private value: T | undefined;

  /** The value, made anew if any of `from` is another one than last time; there are always equally many. */
  get(from: readonly unknown[], make: () => T): T {
    const known = this.from;
    if (known?.every((one, k) => Object.is(one, from[k])) === true) return this.value!;
    const value = make();
    this.from = from;
    this.value = value;
    return value;
  }
}
