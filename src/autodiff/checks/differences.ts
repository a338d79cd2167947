// Derivatives by central differences, with a bound of their error: what the engine is checked against.

/** A derivative estimated from values of the function, and how far it may be from the truth. */
export interface Difference {
  readonly derivative: number;
  readonly tolerance: number;
}

/** The step at which truncation (∝ h²) and rounding (∝ ε/h) of a central difference balance, for arguments near `at`. */
export function stepAt(at: number): number {
  return Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(at));
}

/**
 * d/ds φ(s) at s = 0. With D(h) = (φ(h) − φ(−h))/2h = φ′ + c·h² + O(h⁴), Richardson's (4·D(h/2) − D(h))/3 cancels c;
 * |D(h) − D(h/2)| = ¾·|c|·h² + O(h⁴) is three times what it corrects D(h/2) by, and bounds what is left. A rounding error
 * of E in every φ adds at most (4·2 + 1)/3 · E/h.
 * @param spread φ(s) − φ(−s)
 * @param rounding E, a bound of the rounding error of one φ
 */
export function centralDifference(spread: (s: number) => number, step: number, rounding: number): Difference {
  const coarse = spread(step) / (2 * step);
  const fine = spread(step / 2) / step;
  return {
    derivative: (4 * fine - coarse) / 3,
    tolerance: Math.abs(coarse - fine) + (3 * rounding) / step,
  };
}

/** Where a tolerance made by `centralDifference` comes from, for reports. */
export const DIFFERENCE_BOUND: string =
  '|D(h) − D(h/2)| of central differences with h = ε^(1/3)·max(1, |p|) bounds their truncation error, ' +
  '3·ε·Σ (terms + 4)·|adjoint·value|/h over all recorded ops their rounding error';
