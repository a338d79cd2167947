// A hash of a sequence of ids that grows with it, so that prefixes can be compared without being kept.

/** Two moduli below 2²⁷ and 2²⁶, both primes, whose residues are put together into 53 bits. */
const FIRST = 134217689;
const SECOND = 67108859;

/** The hash of the ids added so far. Equal sequences have equal hashes. */
export class PrefixHash {
  private a = 1;
  private b = 1;

  /** A number below 2⁵³. */
  get value(): number {
    return this.a * 2 ** 26 + this.b;
  }

  /** Adds an id. */
  add(id: number): void {
    // Products stay below 2⁵³, so that the residues are exact.
    this.a = (this.a * 31415927 + id + 1) % FIRST;
    this.b = (this.b * 27182819 + id + 1) % SECOND;
  }
}
