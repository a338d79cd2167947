// Sums, products, quotients and roots of float64 numbers rounded downwards and upwards, in arithmetic that rounds to the nearest: the
// error of the rounded result is computed exactly, and the result moves by one number only where it lies on the wrong side.

/** u(1 + 2u) with the unit roundoff u = 2^-53, and the smallest positive number. */
const STEP = 2 ** -53 * (1 + 2 ** -52);
const SMALLEST = Number.MIN_VALUE;

/** Below the first size the error of a product need not be a number of float64; above the second its parts may overflow. */
const TINY = 2 ** -960;
const HUGE = 2 ** 1000;
const SPLIT = 2 ** 27 + 1;

/**
 * A number at most the predecessor of x, and equal to it unless x is near the subnormal range.
 * @see Rump, Zimmermann, Boldo, Melquiond, Computing predecessor and successor in rounding to nearest, BIT 49 (2009)
 */
export function below(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  return x - (STEP * Math.abs(x) + SMALLEST);
}

/** A number at least the successor of x, and equal to it unless x is near the subnormal range. */
export function above(x: number): number {
  return -below(-x);
}

/** The error x + y − fl(x + y), exactly (Knuth's TwoSum); NaN after an overflow. */
function sumError(x: number, y: number, sum: number): number {
  const part = sum - x;
  return x - (sum - part) + (y - part);
}

/** The error x·y − fl(x·y), exactly (Dekker); NaN where it may be no number of float64. */
function productError(x: number, y: number, product: number): number {
  const size = Math.abs(product);
  if (size < TINY || size > HUGE) return x === 0 || y === 0 ? 0 : Number.NaN;
  const cx = SPLIT * x;
  const hx = cx - (cx - x);
  const lx = x - hx;
  const cy = SPLIT * y;
  const hy = cy - (cy - y);
  const ly = y - hy;
  return hx * hy - product + hx * ly + lx * hy + lx * ly;
}

/** The sign of x/y − fl(x/y), by the exact remainder; NaN where it may be no number of float64. */
function quotientError(x: number, y: number, quotient: number): number {
  if (Math.abs(quotient) < TINY || Math.abs(x) < TINY) return x === 0 ? 0 : Number.NaN;
  const product = quotient * y;
  const rest = x - product - productError(quotient, y, product);
  return y < 0 ? -rest : rest;
}

const down = (rounded: number, error: number): number => (error >= 0 ? rounded : below(rounded));
const up = (rounded: number, error: number): number => (error <= 0 ? rounded : above(rounded));

/** A lower bound of x + y: the largest float64 that is one, but for overflow. */
export function addDown(x: number, y: number): number {
  const sum = x + y;
  return down(sum, sumError(x, y, sum));
}

/** An upper bound of x + y. */
export function addUp(x: number, y: number): number {
  const sum = x + y;
  return up(sum, sumError(x, y, sum));
}

/** A lower bound of x·y. */
export function mulDown(x: number, y: number): number {
  const product = x * y;
  return down(product, productError(x, y, product));
}

/** An upper bound of x·y. */
export function mulUp(x: number, y: number): number {
  const product = x * y;
  return up(product, productError(x, y, product));
}

/** A lower bound of x/y, y ≠ 0. */
export function divDown(x: number, y: number): number {
  const quotient = x / y;
  return down(quotient, quotientError(x, y, quotient));
}

/** An upper bound of x/y, y ≠ 0. */
export function divUp(x: number, y: number): number {
  const quotient = x / y;
  return up(quotient, quotientError(x, y, quotient));
}

/** A lower bound of √x, x ≥ 0. */
export function sqrtDown(x: number): number {
  const root = Math.sqrt(x);
  return mulUp(root, root) <= x ? root : Math.max(0, below(root));
}

/** An upper bound of √x, x ≥ 0. */
export function sqrtUp(x: number): number {
  const root = Math.sqrt(x);
  return mulDown(root, root) >= x ? root : above(root);
}
