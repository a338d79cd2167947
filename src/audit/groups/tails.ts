// Tails of counts: how improbable it is to see so many.

/** log of a bound on P(X ≥ k) for a sum X of independent trials that succeeds λ times on average: e^{k−λ}·(λ/k)^k (Chernoff). */
export function logUpperTail(k: number, lambda: number): number {
  if (k <= lambda) return 0;
  if (lambda === 0) return Number.NEGATIVE_INFINITY;
  return k - lambda + k * Math.log(lambda / k);
}

/** log of a bound on P(X ≥ k) for n trials that succeed with probability p each: e^{−n·KL(k/n‖p)} (Chernoff). */
export function logBinomialTail(k: number, n: number, p: number): number {
  if (k <= n * p) return 0;
  const q = k / n;
  return -n * (q * Math.log(q / p) + (q === 1 ? 0 : (1 - q) * Math.log((1 - q) / (1 - p))));
}
