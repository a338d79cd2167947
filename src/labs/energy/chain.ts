// Revising again and again: the Markov chain of a policy y ~ π(· | x), its balance, its stationary measure, and how fast it mixes.
import { symmetricEigenvalues } from './eigenvalues.ts';
import { rowOf, type Square } from './world.ts';

/** Weights over their sum. */
function normalised(weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** μ(x) ∝ e^{V(x)}·Z(x), Z(x) = Σ_y S(x, y)·e^{V(y)}: the measure with which S(x, y)·e^{V(y)}/Z(x) is in balance if S is symmetric. */
export function balancedMeasure(affinity: Square, potential: Float64Array): Float64Array {
  const z = (x: number): number =>
    rowOf(affinity, x).reduce((sum, s, y) => sum + s * Math.exp(potential[y]!), 0);
  return normalised(potential.map((v, x) => Math.exp(v) * z(x)));
}

/** ν(x) ∝ e^{V(x)}. */
export function boltzmannMeasure(potential: Float64Array): Float64Array {
  return normalised(potential.map(Math.exp));
}

/** ρP, [n]. */
export function afterOne(measure: Float64Array, { n, at }: Square): Float64Array {
  const out = new Float64Array(n);
  for (let x = 0; x < n; x++) for (let y = 0; y < n; y++) out[y]! += measure[x]! * at[x * n + y]!;
  return out;
}

/** max_{x,y} |μ(x)P(x, y) − μ(y)P(y, x)|: 0 in detailed balance. */
export function imbalance(measure: Float64Array, { n, at }: Square): number {
  let most = 0;
  for (let x = 0; x < n; x++) {
    for (let y = 0; y < x; y++) {
      most = Math.max(most, Math.abs(measure[x]! * at[x * n + y]! - measure[y]! * at[y * n + x]!));
    }
  }
  return most;
}

/** Σ_y |(μP)(y) − μ(y)|: 0 if μ is stationary. */
export function drift(measure: Float64Array, kernel: Square): number {
  return afterOne(measure, kernel).reduce((sum, m, y) => sum + Math.abs(m - measure[y]!), 0);
}

/** The stationary measure of any positive kernel, from 2^k steps by squaring until nothing changes. */
export function stationaryMeasure(kernel: Square): Float64Array {
  const { n } = kernel;
  let power = kernel;
  for (let k = 0; k < 40; k++) {
    const next = { n, at: new Float64Array(n * n) };
    for (let x = 0; x < n; x++) next.at.set(normalised(afterOne(rowOf(power, x), power)), x * n);
    power = next;
  }
  return normalised(rowOf(power, 0).slice());
}

/**
 * Moduli of the eigenvalues of a reversible kernel, from the largest, which is 1: they are those of the symmetric √μ(x)·P(x, y)/√μ(y).
 * The spectral gap is 1 minus the second one.
 */
export function moduli(measure: Float64Array, { n, at }: Square): number[] {
  const root = measure.map(Math.sqrt);
  const raw = at.map((p, i) => (root[Math.floor(i / n)]! * p) / root[i % n]!);
  const symmetric = raw.map((a, i) => (a + raw[(i % n) * n + Math.floor(i / n)]!) / 2);
  return symmetricEigenvalues({ n, at: symmetric })
    .map(Math.abs)
    .sort((a, b) => b - a);
}

/** ‖ρ/μ − 1‖ in L²(μ): √Σ_x (ρ(x) − μ(x))²/μ(x). */
export function distanceTo(measure: Float64Array, rho: Float64Array): number {
  return Math.sqrt(rho.reduce((sum, r, x) => sum + (r - measure[x]!) ** 2 / measure[x]!, 0));
}

/** KL(ρ‖μ); terms with ρ(x) = 0 are 0. */
export function measureKl(rho: Float64Array, measure: Float64Array): number {
  return rho.reduce((sum, r, x) => (r === 0 ? sum : sum + r * Math.log(r / measure[x]!)), 0);
}
