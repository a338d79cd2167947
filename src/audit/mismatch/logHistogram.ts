// Quantiles of sizes from a histogram with bins of equal ratio: constant memory, an error of at most one bin.

/** Bins for each doubling, the smallest size that is told from 0, and how many doublings there are. */
const PER_DOUBLING = 8;
const LEAST = 2 ** -20;
const DOUBLINGS = 30;

/** Counts numbers of at least 0. */
export class LogHistogram {
  private readonly bins = new Float64Array(PER_DOUBLING * DOUBLINGS + 1);
  /** How many there are. */
  count = 0;

  /** Adds a number. */
  add(size: number): void {
    const bin = size < LEAST ? 0 : 1 + Math.floor(PER_DOUBLING * Math.log2(size / LEAST));
    this.bins[Math.min(bin, this.bins.length - 1)]!++;
    this.count++;
  }

  /** The upper end of the bin in which a share of the numbers lies at or below; 0 if there are none. */
  quantile(share: number): number {
    let below = 0;
    for (const [bin, count] of this.bins.entries()) {
      below += count;
      if (below >= share * this.count)
        return bin === 0 && this.count === 0 ? 0 : LEAST * 2 ** (bin / PER_DOUBLING);
    }
    return LEAST * 2 ** DOUBLINGS;
  }
}
