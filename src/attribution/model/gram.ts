// What follows from Gram matrices of labels: norms, shares, cosines, which labels pull against each other, and a step that none of them
// opposes.
import { cholesky, choleskySolve } from '../../base/linalg.ts';

/** ⟨g_l, g_m⟩ of L gradients, symmetric, [L·L]. */
export type Gram = Float64Array;

/** The number of labels of a Gram matrix. */
export function labelCount(gram: Gram): number {
  return Math.round(Math.sqrt(gram.length));
}

/** ‖g_l‖ of every label, [L]. */
export function gramNorms(gram: Gram): Float64Array {
  const n = labelCount(gram);
  return Float64Array.from({ length: n }, (_, l) => Math.sqrt(Math.max(0, gram[l * n + l]!)));
}

/** ‖g_l‖ over the sum of these norms, [L]; NaN where all are 0. */
export function gramShares(gram: Gram): Float64Array {
  const norms = gramNorms(gram);
  const total = norms.reduce((sum, x) => sum + x, 0);
  return norms.map((x) => x / total);
}

/** ⟨Σ_{l∈a} g_l, Σ_{m∈b} g_m⟩ for two sets of labels. */
export function gramProduct(gram: Gram, a: readonly number[], b: readonly number[]): number {
  const n = labelCount(gram);
  return a.reduce((sum, l) => sum + b.reduce((own, m) => own + gram[l * n + m]!, 0), 0);
}

/** The cosine of the angle between Σ_{l∈a} g_l and Σ_{m∈b} g_m; NaN where one of them is 0. */
export function gramCosine(gram: Gram, a: readonly number[], b: readonly number[]): number {
  const size = Math.sqrt(gramProduct(gram, a, a) * gramProduct(gram, b, b));
  if (!(size > 0)) return Number.NaN;
  return Math.max(-1, Math.min(1, gramProduct(gram, a, b) / size));
}

/** A step that no label opposes, and what it costs. */
export interface ConflictFree {
  /** [L] the step is Σ_l coefficient_l·g_l; all are 1 where no label opposes the gradient. */
  readonly coefficients: Float64Array;
  /** [L] ⟨g_l, Σ_m g_m⟩: below 0 where a label opposes the gradient. */
  readonly before: Float64Array;
  /** [L] ⟨g_l, step⟩ ≥ 0 but for rounding. */
  readonly after: Float64Array;
  /** The cosine of the angle between the step and the gradient; NaN where one of them is 0. */
  readonly cosine: number;
  /** ‖step‖ over ‖gradient‖. */
  readonly length: number;
}

/** More labels than this are not searched: their subsets are listed. */
const MOST_LABELS = 16;

/** Σ_m G_lm·c_m, [L]. */
function times(gram: Gram, c: Float64Array): Float64Array {
  const n = c.length;
  return c.map((_, l) => {
    let sum = 0;
    for (let m = 0; m < n; m++) sum += gram[l * n + m]! * c[m]!;
    return sum;
  });
}

/** λ > 0 on a set of labels with ⟨g_l, g + Σ λ_m g_m⟩ = 0 there; undefined if there is none. */
function multipliers(gram: Gram, before: Float64Array, active: readonly number[]): Float64Array | undefined {
  const n = before.length;
  const k = active.length;
  const own = Float64Array.from(
    { length: k * k },
    (_, e) => gram[active[Math.floor(e / k)]! * n + active[e % k]!]!,
  );
  const factor = cholesky(own, k);
  if (factor === undefined) return undefined;
  const solved = choleskySolve(
    factor,
    Float64Array.from(active, (l) => -before[l]!),
  );
  return solved.every((x) => x > 0) ? solved : undefined;
}

/**
 * The step nearest to the gradient g = Σ_l g_l that no label opposes: min ‖d − g‖² with ⟨d, g_l⟩ ≥ 0 for every l, which is
 * d = g + Σ_l λ_l g_l with λ ≥ 0, and λ_l = 0 where ⟨d, g_l⟩ > 0. It follows from the Gram matrix alone. All sets of labels that could be
 * met with equality are tried, the smallest first; by convexity the first that fits is the one.
 * Source: the projection of gradient episodic memory, Lopez-Paz & Ranzato, arXiv 1706.08840.
 * @returns undefined for more than 16 labels, or if rounding leaves no set that fits
 * @example
 * ```ts
 * import { conflictFree } from 'gradsplit/attribution';
 * // g_0 = (1, 0) and g_1 = (−3, 1): their sum (−2, 1) opposes g_0.
 * const { before, coefficients } = conflictFree(Float64Array.of(1, -3, -3, 10))!;
 * before; // → [-2, 7]
 * coefficients; // → [3, 1]
 * ```
 */
export function conflictFree(gram: Gram): ConflictFree | undefined {
  const n = labelCount(gram);
  if (n > MOST_LABELS) return undefined;
  const before = times(gram, new Float64Array(n).fill(1));
  const largest = gramNorms(gram).reduce((a, b) => Math.max(a, b), 0);
  // Of inner products that are sums of n products of such norms.
  const rounding = n * n * Number.EPSILON * largest * largest;
  const sets = Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (_, l) => l).filter((l) => Math.floor(bits / 2 ** l) % 2 === 1),
  ).sort((a, b) => a.length - b.length);
  for (const active of sets) {
    const lambda = multipliers(gram, before, active);
    if (lambda === undefined) continue;
    const coefficients = new Float64Array(n).fill(1);
    active.forEach((l, k) => {
      coefficients[l]! += lambda[k]!;
    });
    const after = times(gram, coefficients);
    const scale = coefficients.reduce((a, b) => Math.max(a, b), 1);
    if (!after.every((x) => x >= -rounding * scale)) continue;
    const along = coefficients.reduce((sum, c, l) => sum + c * before[l]!, 0);
    const size = Math.sqrt(
      Math.max(
        0,
        coefficients.reduce((sum, c, l) => sum + c * after[l]!, 0),
      ),
    );
    const gradient = Math.sqrt(
      Math.max(
        0,
        before.reduce((sum, x) => sum + x, 0),
      ),
    );
    return { coefficients, before, after, cosine: along / (size * gradient), length: size / gradient };
  }
  return undefined;
}
