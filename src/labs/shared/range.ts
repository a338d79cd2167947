// Ranges of a lab's options with both ends, so that memory and time cannot run away.
import type { NumberRange } from '../../base/options.ts';

/** An integer from `least` to `most`. */
export function integerFrom(least: number, most: number): NumberRange {
  return {
    expected: `an integer from ${least} to ${most}`,
    holds: (x) => Number.isSafeInteger(x) && x >= least && x <= most,
  };
}

/** A number from `least` to `most`. */
export function numberFrom(least: number, most: number): NumberRange {
  return { expected: `a number from ${least} to ${most}`, holds: (x) => x >= least && x <= most };
}
