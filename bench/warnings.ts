// What may be wrong with a list of timings, and what to do about it.

import { confidence95, mean } from '../src/base/student.ts';
import type { Timing } from './measure.ts';
import { median, outliers } from './statistics.ts';

/** Half the confidence interval above this share of the mean is called imprecise. */
const IMPRECISE = 0.05;
/** A trend: the first quarter's median above the last quarter's by this share. */
const TREND = 0.15;

/** Warnings about the timings of a case; `clock` is the clock's resolution in seconds. */
export function timingWarnings(suite: string, timing: Timing, clock: number): string[] {
  const { seconds, callsPerSample } = timing;
  const warnings: string[] = [];
  const again = `close other programs and run "gradsplit bench ${suite}" again`;
  const out = outliers(seconds, clock / callsPerSample);
  if (out.length > 0) {
    const centre = median(seconds);
    const ratios = out.map((i) => seconds[i]! / centre);
    const furthest = ratios.reduce(
      (far, r) => (Math.abs(Math.log(r)) > Math.abs(Math.log(far)) ? r : far),
      1,
    );
    warnings.push(
      `${out.length} of ${seconds.length} samples are outliers, the furthest took ${furthest.toFixed(1)} times the ` +
        `median: ${again}`,
    );
  }
  const [low, high] = confidence95(seconds);
  const relative = (high - low) / 2 / mean(seconds);
  if (relative > IMPRECISE) {
    warnings.push(`the mean is known to ±${(100 * relative).toFixed(0)} % only: ${again}`);
  }
  const quarter = Math.floor(seconds.length / 4);
  if (quarter >= 3) {
    const trend = median(seconds.slice(0, quarter)) / median(seconds.slice(-quarter)) - 1;
    if (Math.abs(trend) > TREND) {
      const direction = trend > 0 ? 'faster' : 'slower';
      warnings.push(
        `samples got ${direction} by ${Math.abs(100 * trend).toFixed(0)} % during the case: ${again}`,
      );
    }
  }
  return warnings;
}
