// The pieces of causal attention as plain loops in float64, rounded once when stored.
//   weights: p_tj = softmax over t − window < j ≤ t of ⟨q_t, k_j⟩/√width;   scores: p_tj = s·⟨x_t, y_j⟩;
//   mix: y_t = s·Σ_{j ≤ t} p_tj·x_j;   spread: x_j = s·Σ_{t ≥ j} p_tj·y_t.
import { checkAttention } from '../checks.ts';
import type { AttentionSizes, CausalForm, KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';
import { belowMax, rowSums } from './rows.ts';

type Values = ArrayLike<number>;

/** ⟨a, b⟩ over one head's columns of two rows. */
function inner(a: Values, atA: number, b: Values, atB: number, width: number): number {
  let total = 0;
  for (let c = 0; c < width; c++) total += a[atA + c]! * b[atB + c]!;
  return total;
}

/** Calls `visit` for every place of every head, with the positions where the place's columns and its row of the triangle begin. */
function eachPlace(
  { batch, heads, length, width }: AttentionSizes,
  visit: (t: number, at: (place: number) => number, triangle: (place: number) => number) => void,
): void {
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const row = (place: number): number => (b * length + place) * heads + h;
      for (let t = 0; t < length; t++) {
        visit(
          t,
          (place) => row(place) * width,
          (place) => row(place) * length,
        );
      }
    }
  }
}

/** The weights of causal attention. */
export function attentionWeights(
  query: KernelBuffer,
  key: KernelBuffer,
  out: KernelBuffer,
  sizes: AttentionSizes,
): void {
  checkAttention('attentionWeights', [query, key], out, sizes);
  const [q, k, to] = [query, key, out].map(valuesOf);
  const { length, width, window = length } = sizes;
  eachPlace(sizes, (t, at, triangle) => {
    const score = (j: number): number =>
      j <= t - window ? Number.NEGATIVE_INFINITY : inner(q!, at(t), k!, at(j), width) / Math.sqrt(width);
    const scores = Float64Array.from({ length: t + 1 }, (_, j) => score(j));
    const { max, sum } = rowSums(scores, 0, t + 1);
    for (let j = 0; j < length; j++) {
      to![triangle(t) + j] = j > t ? 0 : Math.exp(belowMax(scores[j]!, max)) / sum;
    }
  });
}

/** out = scale times the causal product of this form. */
export function causalProduct(
  form: CausalForm,
  a: KernelBuffer,
  b: KernelBuffer,
  out: KernelBuffer,
  sizes: AttentionSizes,
  scale: number,
): void {
  const [rows, triangular] = form === 'scores' ? [[a, b], out] : [[b, out], a];
  checkAttention(`causalProduct ${form}`, rows as KernelBuffer[], triangular as KernelBuffer, sizes);
  const [left, right, to] = [a, b, out].map(valuesOf);
  const { length, width } = sizes;
  eachPlace(sizes, (t, at, triangle) => {
    if (form === 'scores') {
      for (let j = 0; j < length; j++) {
        to![triangle(t) + j] = j > t ? 0 : scale * inner(left!, at(t), right!, at(j), width);
      }
      return;
    }
    const [from, end] = form === 'mix' ? [0, t + 1] : [t, length];
    for (let c = 0; c < width; c++) {
      let total = 0;
      for (let j = from; j < end; j++) {
        const weight = form === 'mix' ? left![triangle(t) + j]! : left![triangle(j) + t]!;
        total += weight * right![at(j) + c]!;
      }
      to![at(t) + c] = scale * total;
    }
  });
}
