// Causal attention in two fused steps: the weights of every query, and the mixture of values they make. Heads stay side by side
// in the rows, so that nothing is transposed. The weights are kept for the derivatives, which then compute no score again.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { causalProduct, type HeadAttributes, headSizes, triangleShape } from './causalProduct.ts';
import { checkFloats } from './check.ts';
import { normal } from './examples.ts';
import { local } from './passage.ts';
import { softmaxAlong } from './softmax.ts';
import { asRows } from './stacks.ts';

/** How rows [batch·length, heads·width] are to be read, and what a position sees. */
export interface AttentionAttributes extends HeadAttributes {
  /** Positions that a position sees, the last up to itself; all of them if left out. */
  readonly window?: number;
}

/** s = 1/√width of the scores. Outside of a window scores have no effect, as their weights are 0. */
function scoreScale(
  query: Tensor,
  { heads, length }: AttentionAttributes,
): HeadAttributes & { scale: number } {
  const { width } = headSizes('attentionWeights', query.shape, { heads, length });
  return { heads, length, scale: 1 / Math.sqrt(width) };
}

/**
 * P = softmax(S) over t − window < j ≤ t with S = s·tril(Q·Kᵀ). With J(P)·V = P∘(V − ΣP∘V), which is 0 where P is:
 * S̄ = J(P)·P̄, Q̄ = s·S̄·K, K̄ = s·S̄ᵀ·Q;  Ṗ = J(P)·Ṡ, Ṡ = s·tril(Q̇·Kᵀ + Q·K̇ᵀ).
 */
export const attentionWeightsOp: Op<AttentionAttributes> = {
  name: 'attentionWeights',
  output: ([query, key], attributes) => {
    checkFloats('attentionWeights', query!, key!);
    headSizes('attentionWeights', query!.shape, attributes);
    const { window } = attributes;
    if (window !== undefined && !(Number.isInteger(window) && window >= 1))
      throw new ShapeError(`attentionWeights: expected a window of at least 1, found ${window}`);
    if (!sameShape(query!.shape, key!.shape)) {
      const found = `queries ${showShape(query!.shape)} and keys ${showShape(key!.shape)}`;
      throw new ShapeError(`attentionWeights: expected equal shapes, found ${found}`);
    }
    return { dtype: query!.dtype, shape: triangleShape(query!.shape, attributes) };
  },
  forward: (kernels, [query, key], attributes, out) => {
    const sizes = headSizes('attentionWeights', query!.shape, attributes);
    const { window } = attributes;
    kernels.attentionWeights(query!.buffer, key!.buffer, out.buffer, {
      ...sizes,
      ...(window === undefined ? {} : { window }),
    });
  },
  vjp: ({ inputs: [query, key], output, attributes }, cotangent, i) => {
    const scores = softmaxAlong(output, cotangent);
    const scale = scoreScale(query!, attributes);
    return i === 0
      ? causalProduct('mix', scores, key!, scale)
      : causalProduct('spread', scores, query!, scale);
  },
  // Row t belongs to query t; a key serves all later positions of its sequence.
  passage: ({ inputs: [query], attributes }, i) => {
    const { batch, length } = headSizes('attentionWeights', query!.shape, attributes);
    return i === 0 ? local(batch * length) : { ...local(batch), places: length };
  },
  jvp: ({ inputs: [query, key], output, attributes }, tangent, i) => {
    const [left, right] = i === 0 ? [tangent, key!] : [query!, tangent];
    return softmaxAlong(output, causalProduct('scores', left, right, scoreScale(query!, attributes)));
  },
  // Sequences lie one below the other, and so do those of all examples.
  batch: asRows,
  example: (random) => {
    const heads = 1 + random.integer(2);
    const length = random.integer(4);
    const rows = [random.integer(3) * length, heads * (1 + random.integer(3))];
    const window = random.integer(3);
    const attributes = { heads, length, ...(window === 0 ? {} : { window }) };
    return {
      inputs: [normal(random, rows), normal(random, rows)],
      call: (query, key) => attentionWeights(query!, key!, attributes),
    };
  },
};

/**
 * The weights of causal attention: w[b·length + t, h, j] = softmax over j ≤ t of ⟨q_t, k_j⟩/√width in head h, and 0 for j > t;
 * through a window over t − window < j ≤ t, and 0 before.
 * @param query [batch·length, heads·width]
 * @param key [batch·length, heads·width]
 * @returns [batch·length, heads, length]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { attentionWeights, tensor } from 'gradsplit/autodiff';
 * const x = tensor([[1], [0]]); // one sequence of two positions, one head of width 1
 * attentionWeights(x, x, { heads: 1, length: 2 }).readSync(); // → [1, 0, 0.5, 0.5]
 * ```
 */
export function attentionWeights(query: Tensor, key: Tensor, attributes: AttentionAttributes): Tensor {
  return apply(attentionWeightsOp, [query, key], attributes);
}

/**
 * Causal attention: y_t = Σ_{j ≤ t} w_tj·v_j in every head, with the weights w of `attentionWeights`. Row t of the result depends
 * only on rows 0 … t of its sequence.
 * Source: Vaswani et al., "Attention is all you need", 2017, equation 1 with the mask of section 3.2.3; windows: Beltagy et al., 2020
 * (arXiv:2004.05150).
 * @param query [batch·length, heads·width]
 * @param key [batch·length, heads·width]
 * @param value [batch·length, heads·width]
 * @returns [batch·length, heads·width]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { attention, tensor } from 'gradsplit/autodiff';
 * const x = tensor([[1], [0]]); // one sequence of two positions, one head of width 1
 * attention(x, x, tensor([[2], [4]]), { heads: 1, length: 2 }).readSync(); // → [2, 3]
 * ```
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attributes: AttentionAttributes,
): Tensor {
  const { heads, length } = attributes;
  return causalProduct('mix', attentionWeights(query, key, attributes), value, { heads, length, scale: 1 });
}
