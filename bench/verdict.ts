// What an interval of a speed ratio says.

/** Whether a case has become slower, faster, or neither that can be told. */
export type Verdict = 'loss' | 'gain' | 'same';

/** A change smaller than this does not count as a loss, however sharp the interval: runs differ by more than their samples show. */
const MARGIN = 0.05;

/** A loss ends below 0.95, a gain begins above 1.05. */
export function verdictOf([low, high]: readonly [number, number]): Verdict {
  if (high < 1 - MARGIN) return 'loss';
  return low > 1 + MARGIN ? 'gain' : 'same';
}
