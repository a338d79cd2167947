// Functions of one number that Math has not, or not to the bound that is stated for kernels.

/** eˣ − 1 − x, right to 3 ulp of itself: written out it would leave nothing of a small x. */
export function expm1MinusX(x: number): number {
  if (!(x >= -1 && x <= 2)) return x === Number.POSITIVE_INFINITY ? x : Math.expm1(x) - x;
  // x²/2·(1 + x/3·(1 + x/4·(…))). The first term that is left out is below 2^26·2/28! < 1e-21 of the first.
  let series = 1;
  for (let k = 27; k >= 3; k--) series = 1 + (x * series) / k;
  return x * (x * (series / 2));
}

/**
 * tanh x, right to 2 ulp: Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + …))) below 0.625 and 1 − 2/(e^{2x} + 1) above.
 * Source: Lambert, "Mémoire sur quelques propriétés remarquables des quantités transcendentes", 1768.
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < 0.625)) return Math.sign(x) * (1 - 2 / (Math.exp(2 * size) + 1));
  const square = x * x;
  // What is left out, x²/25 of the innermost denominator, changes the whole by less than 1e-18.
  let denominator = 23;
  for (let k = 21; k >= 1; k -= 2) denominator = k + square / denominator;
  return x / denominator;
}

/** Below this e^x loses digits to denormals, and then is 0. */
const LEAST_EXPONENT = -700;

/**
 * a·eˣ, also where eˣ alone is too small for a float64 and the product is not; right to 3 ulp of itself where it is no denormal.
 */
export function timesExp(a: number, x: number): number {
  if (x === 0) return a;
  if (x >= LEAST_EXPONENT) return a * Math.exp(x);
  const half = Math.exp(x / 2);
  return a * half * half;
}
