// Follows the chain of a trained policy from one answer, and compares its decay with the spectral gap.
import { afterOne, distanceTo, measureKl, moduli } from './chain.ts';
import type { Square } from './world.ts';

/** The decay of a chain towards its measure. */
export interface Mixing {
  /** [steps + 1] ‖ρ_t/μ − 1‖ in L²(μ). */
  readonly distance: readonly number[];
  /** [steps + 1] λᵗ·‖ρ₀/μ − 1‖, its bound. */
  readonly bound: readonly number[];
  /** Steps at which the distance was above its bound by more than rounding. */
  readonly beyondBound: number;
  /** Steps at which KL(ρ_t‖μ) went up by more than rounding. */
  readonly increases: number;
  /** λ, the largest modulus of an eigenvalue but for the 1. */
  readonly eigenvalue: number;
  /** The decay a step, from the second half of the steps: (distance_T/distance_{T/2})^{2/T}. */
  readonly rate: number;
  /** How far apart λ and the rate may be, relative. */
  readonly tolerance: number;
}

/**
 * The chain from a point mass. With c_i the parts of ρ₀/μ − 1 along the eigenvectors, distance_t² = Σ c_i²·λ_i^{2t} ≤ λ^{2t}·distance₀²,
 * and the rate is at most λ. It falls short by at most q/T with q = λ′ᵀ·distance₀²/(c²·λᵀ), where λ′ is the modulus after λ and
 * c²·λ^{2T} ≥ distance_T² − λ′^{2T}·distance₀².
 * @param error a bound of the relative error of the entries of the kernel, and of μ
 */
export function mixing(
  kernel: Square,
  measure: Float64Array,
  from: number,
  steps: number,
  error: number,
): Mixing {
  let rho: Float64Array = Float64Array.from(measure, (_, x) => (x === from ? 1 : 0));
  const [distance, kl] = [[distanceTo(measure, rho)], [measureKl(rho, measure)]];
  for (let t = 0; t < steps; t++) {
    rho = afterOne(rho, kernel);
    distance.push(distanceTo(measure, rho));
    kl.push(measureKl(rho, measure));
  }
  const [eigenvalue, next] = moduli(measure, kernel).slice(1) as [number, number];
  const half = Math.floor(steps / 2);
  const T = 2 * half;
  const rate = (distance[T]! / distance[half]!) ** (1 / half);
  // Errors of every step add up; in L²(μ) they are divided by √μ.
  const smallest = measure.reduce((least, m) => Math.min(least, m), 1);
  const absolute = (steps * (error + (kernel.n + 2) * 2 ** -52)) / Math.sqrt(smallest);
  const slow = Math.max(distance[T]! ** 2 - next ** (2 * T) * distance[0]! ** 2, 0);
  const q = (next ** T * distance[0]! ** 2 * eigenvalue ** T) / slow;
  const spectrum = (error + kernel.n * 2 ** -52) / eigenvalue;
  const bound = distance.map((_, t) => eigenvalue ** t * distance[0]!);
  return {
    distance,
    bound,
    beyondBound: distance.filter((d, t) => d > bound[t]! * (1 + t * spectrum) + absolute).length,
    increases: kl.filter((x, t) => t > 0 && x > kl[t - 1]! + absolute).length,
    eigenvalue,
    rate,
    tolerance: q / T + (2 * absolute) / (distance[T]! * half) + spectrum,
  };
}
