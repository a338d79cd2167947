// How large differences usually are at a log-prob: noise grows as the probability falls, and what is asked for is what comes on top.

/** Bins of log-probs. */
const WIDTH = 0.5;
const BINS = 40;
/** Relative sizes count up to this, so that a few huge ones do not decide. */
const MOST = 5;

/** The mean size of differences by log-prob, from a first pass over the tokens. */
export class BinnedSize {
  private readonly count = new Float64Array(BINS);
  private readonly sum = new Float64Array(BINS);

  private bin(a: number, b: number): number {
    return Math.max(0, Math.min(BINS - 1, Math.floor(-(a + b) / 2 / WIDTH)));
  }

  /** Adds a token with two log-probs. */
  add(a: number, b: number): void {
    const bin = this.bin(a, b);
    this.count[bin]!++;
    this.sum[bin]! += Math.abs(a - b);
  }

  /** |a − b| over the mean of its bin, at most 5; 1 where the bin knows no difference. */
  relative(a: number, b: number): number {
    const bin = this.bin(a, b);
    const mean = this.sum[bin]! / this.count[bin]!;
    return mean > 0 ? Math.min(MOST, Math.abs(a - b) / mean) : 1;
  }
}
