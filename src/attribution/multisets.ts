// Multisets of independent draws: their number, their enumeration and their probabilities.

/** Counts the multisets of size k from n kinds; the count may be Infinity. */
export function multisets(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (n + i - 1)) / i;
  return Math.round(count);
}

/** Yields all non-decreasing index tuples [k] with entries below n. The array is reused. */
export function* multisetTuples(n: number, k: number): Generator<Int32Array> {
  const tuple = new Int32Array(k);
  for (;;) {
    yield tuple;
    let i = k - 1;
    while (i >= 0 && tuple[i] === n - 1) i--;
    if (i < 0) return;
    tuple.fill(tuple[i]! + 1, i);
  }
}

/** Computes the probability of a multiset of independent draws, k! / Π m_c! · Π P_c^{m_c}, for a non-decreasing `tuple` [k]. */
export function multisetProbability(tuple: Int32Array, probabilities: readonly number[]): number {
  let probability = 1;
  let run = 0;
  for (let i = 0; i < tuple.length; i++) {
    run = i > 0 && tuple[i] === tuple[i - 1] ? run + 1 : 1;
    probability *= (probabilities[tuple[i]!]! * (i + 1)) / run;
  }
  return probability;
}

/** Computes the logarithm of `multisetProbability` from log-probabilities: it does not underflow. */
export function multisetLogProbability(tuple: Int32Array, logProbabilities: readonly number[]): number {
  let log = 0;
  let run = 0;
  for (let i = 0; i < tuple.length; i++) {
    run = i > 0 && tuple[i] === tuple[i - 1] ? run + 1 : 1;
    log += logProbabilities[tuple[i]!]! + Math.log((i + 1) / run);
  }
  return log;
}
