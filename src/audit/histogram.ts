// How Σ|w| is spread over tokens, in bins that are 1 % wide: enough to say which share of the tokens carries half of it.

const WIDTH = Math.log(1.01);
/** The bins reach from 1e-50 to 1e50; what is beyond counts into the last ones. */
const LOWEST = -50 * Math.LN10;
const BINS = Math.ceil((100 * Math.LN10) / WIDTH);

/** Counts and sums of |w| by size. */
export class WeightHistogram {
  private readonly count = new Float64Array(BINS);
  private readonly sum = new Float64Array(BINS);

  /** Adds one |w| > 0. */
  add(size: number): void {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((Math.log(size) - LOWEST) / WIDTH)));
    this.count[bin]! += 1;
    this.sum[bin]! += size;
  }

  /** The smallest share of `tokens` that carries half of `total`; NaN where there is nothing to carry. */
  halfOf(total: number, tokens: number): number {
    let left = total / 2;
    let taken = 0;
    for (let bin = BINS - 1; bin >= 0 && left > 0; bin--) {
      if (this.count[bin] === 0) continue;
      const part = Math.min(1, left / this.sum[bin]!);
      taken += part * this.count[bin]!;
      left -= this.sum[bin]!;
    }
    return total > 0 && tokens > 0 ? taken / tokens : Number.NaN;
  }
}
