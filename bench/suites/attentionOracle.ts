// Causal attention and its way back in plain loops, and beside every number how much a computation in f32 may be off: the
// first-order bound of each step, carried along. Products of n terms err by (n + 2)·u·Σ|terms|.
import type { AttentionSizes } from '../../src/kernels/interface.ts';
import { unit } from './operands.ts';

/** Inputs [batch·T, heads·h], and the cotangent of the output. */
export type AttentionValues = Readonly<Record<'q' | 'k' | 'v' | 'cotangent', ArrayLike<number>>>;

/** Numbers, and for each the error that f32 may make. */
export interface Bounded {
  readonly values: Float64Array;
  readonly allowed: Float64Array;
}

/** Output and cotangents of q, k and v. */
export type AttentionOracle = Readonly<Record<'output' | 'q' | 'k' | 'v', Bounded>>;

const u = unit.f32;

/** Σ_c a·b over rows at these places, and (h + 2)·u·Σ|a·b|. */
function inner(
  a: ArrayLike<number>,
  i: number,
  b: ArrayLike<number>,
  j: number,
  width: number,
): [number, number] {
  let [sum, size] = [0, 0];
  for (let c = 0; c < width; c++) {
    const term = a[i + c]! * b[j + c]!;
    sum += term;
    size += Math.abs(term);
  }
  return [sum, (width + 2) * u * size];
}

/** p_j = e^{s_j − M}/Σ: an error e in the scores becomes a share of 2·max e, the sum and the exponential add (n + 12)·u. */
function softmaxRow(scores: readonly number[], errors: readonly number[]): { p: number[]; share: number } {
  const top = Math.max(...scores);
  const e = scores.map((s) => Math.exp(s - top));
  const sum = e.reduce((x, y) => x + y);
  const reach = top - Math.min(...scores);
  return { p: e.map((x) => x / sum), share: 2 * Math.max(...errors) + (reach + scores.length + 12) * u };
}

/** out[to + c] += weight·x[from + c], the weight erring by `error`; `terms` is the length of the whole sum. */
function addRow(
  { values, allowed }: Bounded,
  to: number,
  weight: number,
  error: number,
  x: ArrayLike<number>,
  from: number,
  width: number,
  terms: number,
): void {
  for (let c = 0; c < width; c++) {
    const value = x[from + c]!;
    values[to + c]! += weight * value;
    allowed[to + c]! += (error + (terms + 2) * u * Math.abs(weight)) * Math.abs(value);
  }
}

/** All four results. */
export function attentionOracle(
  { batch, heads, length, width }: AttentionSizes,
  { q, k, v, cotangent }: AttentionValues,
): AttentionOracle {
  const size = batch * heads * length * width;
  const empty = (): Bounded => ({ values: new Float64Array(size), allowed: new Float64Array(size) });
  const out = { output: empty(), q: empty(), k: empty(), v: empty() };
  const scale = 1 / Math.sqrt(width);
  for (let plane = 0; plane < batch * heads; plane++) {
    const [sequence, head] = [Math.floor(plane / heads), plane % heads];
    const row = (t: number): number => ((sequence * length + t) * heads + head) * width;
    for (let i = 0; i < length; i++) {
      const seen = Array.from({ length: i + 1 }, (_, j) => row(j));
      const s = seen.map((at) => inner(q, row(i), k, at, width));
      const { p, share } = softmaxRow(
        s.map(([x]) => x * scale),
        s.map(([, e]) => e * scale),
      );
      const g = seen.map((at) => inner(cotangent, row(i), v, at, width));
      const mean = p.reduce((sum, pj, j) => sum + pj * g[j]![0], 0);
      const size = p.reduce((sum, pj, j) => sum + pj * Math.abs(g[j]![0]), 0);
      const meanError = p.reduce((sum, pj, j) => sum + pj * g[j]![1], 0) + (share + (i + 3) * u) * size;
      for (const [j, at] of seen.entries()) {
        const [pj, [gj, gError]] = [p[j]!, g[j]!];
        addRow(out.output, row(i), pj, share * pj, v, at, width, length);
        addRow(out.v, at, pj, share * pj, cotangent, row(i), width, length);
        // The cotangent of the score: p·(p̄ − Σ p·p̄)·s.
        const slope = pj * (gj - mean) * scale;
        const slopeError =
          (share + 4 * u) * Math.abs(slope) +
          pj * scale * (gError + meanError + 2 * u * (Math.abs(gj) + Math.abs(mean)));
        addRow(out.q, row(i), slope, slopeError, k, at, width, length);
        addRow(out.k, at, slope, slopeError, q, row(i), width, length);
      }
    }
  }
  return out;
}
