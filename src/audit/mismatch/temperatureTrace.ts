// Whether two log-probs of the same tokens differ as those of one policy at two temperatures do.
import { ClusteredLine } from './clusteredLine.ts';
import { ClusteredMean } from './clusteredMeans.ts';
import { TWO_SIDED } from './falseAlarms.ts';

/**
 * Slopes smaller than this are not told from noise that grows as the probability falls: calibrated noise with a standard deviation of
 * 0.05·(1 − log p)/2 has the mean −variance/2, whose slope stays below 0.02 down to log p = −8.
 */
export const LEAST_SLOPE = 0.05;

/** Between these log-probs a temperature may have either sign. */
const LIKELY = Math.log(0.5);
const UNLIKELY = Math.log(0.1);

/** How the difference of two log-probs depends on them. */
export interface Trace {
  /** Of the difference against the mean of both. */
  readonly slope: number;
  readonly error: number;
  /** The mean difference where the probability is above 1/2, and where it is below 1/10. */
  readonly likely: number;
  readonly unlikely: number;
}

/**
 * Collects d = a − b of tokens against m = (a + b)/2, which noise in either moves alike. If b is a at temperature T up to a constant,
 * d = m·2(T − 1)/(T + 1) + constant. Both are normalised, so that d has one sign where the probability is high and the other where
 * it is low; no other known cause of a difference has that.
 */
export class TemperatureTrace {
  private readonly points = new ClusteredLine();
  private readonly likely = new ClusteredMean();
  private readonly unlikely = new ClusteredMean();

  /** Adds a token to the present trajectory. */
  add(a: number, b: number): void {
    const m = (a + b) / 2;
    this.points.add(m, a - b);
    if (m > LIKELY) this.likely.add(a - b);
    if (m < UNLIKELY) this.unlikely.add(a - b);
  }

  /** Ends the present trajectory. */
  end(): void {
    this.points.end();
    this.likely.end();
    this.unlikely.end();
  }

  /** What it looks like; undefined unless it is that of a temperature. */
  trace(): Trace | undefined {
    const line = this.points.line();
    if (line === undefined) return undefined;
    const { value: slope, error } = line.slope;
    const likely = this.likely.estimate();
    const unlikely = this.unlikely.estimate();
    const isSloped = Math.abs(slope) >= LEAST_SLOPE && Math.abs(slope) >= TWO_SIDED * error;
    const sign = Math.sign(slope);
    const isCrossing =
      sign * likely.value >= TWO_SIDED * likely.error && -sign * unlikely.value >= TWO_SIDED * unlikely.error;
    return isSloped && isCrossing
      ? { slope, error, likely: likely.value, unlikely: unlikely.value }
      : undefined;
  }
}

/** The temperature of b, if a has 1: T = (2 + slope)/(2 − slope). */
export function temperatureOf(slope: number): number {
  return (2 + slope) / (2 - slope);
}
