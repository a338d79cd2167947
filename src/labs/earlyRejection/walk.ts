// Rewards as random walks: how well a prefix predicts the whole, and how often the best candidate is rejected, against the bound.
import type { RandomStream } from '../../base/random.ts';
import { normalCdf, normalDensity } from '../shared/normal.ts';

/** Pearson's correlation of two columns of the same length. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  let [mx, my] = [0, 0];
  for (let i = 0; i < n; i++) {
    mx += x[i]! / n;
    my += y[i]! / n;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
    xy += (x[i]! - mx) * (y[i]! - my);
  }
  return xy / Math.sqrt(xx * yy);
}

/**
 * The correlation of the reward after τ tokens with that after L, for τ = 1 … L, [L], over walks whose tokens are paid independently.
 * @param scale the standard deviation of the reward of token t, from 0
 */
export function walkCorrelations(
  { length, walks }: { length: number; walks: number },
  scale: (t: number) => number,
  random: RandomStream,
): number[] {
  const partial = Array.from({ length }, () => new Float64Array(walks));
  for (let i = 0; i < walks; i++) {
    let sum = 0;
    for (let t = 0; t < length; t++) {
      sum += scale(t) * random.normal();
      partial[t]![i] = sum;
    }
  }
  return partial.map((one) => correlation(one, partial.at(-1)!));
}

/** (N − 1)·e^{−Δ²/4σ²}. Source: Cheshmi et al., arXiv 2508.01969. */
export function rejectionBound(candidates: number, ratio: number): number {
  return (candidates - 1) * Math.exp((-ratio * ratio) / 4);
}

/** Points of the trapezoidal rule over ±SPAN, whose error for a smooth function that vanishes at both ends is far below rounding. */
const POINTS = 4000;
const SPAN = 12;

/**
 * P(at least `keep` of N − 1 equal rivals score above the best), with independent normal noise of standard deviation 1 and a lead of
 * Δ/σ: ∫ φ(z)·P(Bin(N − 1, 1 − Φ(z + Δ/σ)) ≥ keep) dz.
 */
export function rejectionChance(candidates: number, keep: number, ratio: number): number {
  const rivals = candidates - 1;
  const step = (2 * SPAN) / POINTS;
  let total = 0;
  for (let i = 0; i <= POINTS; i++) {
    const z = -SPAN + i * step;
    const above = normalCdf(-(z + ratio));
    total += step * normalDensity(z) * atLeast(keep, rivals, above);
  }
  return total;
}

/** P(Bin(n, p) ≥ k), by the terms from k upward. */
function atLeast(k: number, n: number, p: number): number {
  let term = 1;
  for (let j = 0; j < k; j++) term *= ((n - j) / (j + 1)) * p;
  let sum = 0;
  for (let j = k; j <= n; j++) {
    // C(n, j)·p^j so far; the rest of the term is (1 − p)^{n − j}
    sum += term * (1 - p) ** (n - j);
    term *= ((n - j) / (j + 1)) * p;
  }
  return sum;
}

/** How the partial scores of candidates come about. */
export type Scores = (out: Float64Array, random: RandomStream) => void;

/** Candidate 0 leads by `lead`; every score has independent normal noise of standard deviation 1. */
export function independent(lead: number): Scores {
  return (out, random) => {
    for (let i = 0; i < out.length; i++) out[i] = (i === 0 ? lead : 0) + random.normal();
  };
}

/** The same, but the noise of the rivals is that of the best turned around, so that scores of a pair add up to a constant. */
export function opposite(lead: number): Scores {
  return (out, random) => {
    const noise = random.normal();
    out.fill(-noise);
    out[0] = lead + noise;
  };
}

/**
 * Partial rewards of random walks whose final rewards are known: the best ends `lead` above its rivals, in units of the standard
 * deviation of what comes after τ. Given its end F, a walk is at τ normal around F·τ/L with variance s²·τ·(1 − τ/L).
 * @param share τ/L
 */
export function givenFinal(lead: number, share: number): Scores {
  return (out, random) => {
    // s²·(L − τ) = 1, so that s²·τ·(1 − τ/L) = τ/L
    for (let i = 0; i < out.length; i++) {
      out[i] = (i === 0 ? lead * share : 0) + Math.sqrt(share) * random.normal();
    }
  };
}

/** The share of rounds in which candidate 0 is not among the `keep` highest scores. */
export function rejectionRate(
  { candidates, keep, rounds }: { candidates: number; keep: number; rounds: number },
  scores: Scores,
  random: RandomStream,
): number {
  const out = new Float64Array(candidates);
  let rejected = 0;
  for (let i = 0; i < rounds; i++) {
    scores(out, random);
    let above = 0;
    for (let j = 1; j < candidates; j++) if (out[j]! > out[0]!) above++;
    if (above >= keep) rejected++;
  }
  return rejected / rounds;
}
