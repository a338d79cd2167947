// The trilinear form behind causal attention, in its three variants: Σ p_tj·⟨y_t, x_j⟩ over heads and positions j ≤ t. Like the forms of
// matmul, each one's derivatives are made of the other two, so they can be differentiated any number of times.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { AttentionSizes, CausalForm } from '../kernels/interface.ts';
import { type Shape, sameShape } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { checkFloats } from './check.ts';
import { normal } from './examples.ts';
import { local } from './passage.ts';
import { asRows } from './stacks.ts';

/** How rows [batch·length, heads·width] are to be read. */
export interface HeadAttributes {
  readonly heads: number;
  /** Positions of a sequence. */
  readonly length: number;
}

/** `form`: which two of p, y, x are given; `scale`: a factor of the result. */
export interface CausalProductAttributes extends HeadAttributes {
  readonly form: CausalForm;
  readonly scale: number;
}

/**
 * Sizes of rows of this shape.
 * @throws ShapeError unless it is [batch·length, heads·width]
 */
export function headSizes(op: string, shape: Shape, { heads, length }: HeadAttributes): AttentionSizes {
  const [rows = 0, columns = 0] = shape;
  const batch = length === 0 ? 0 : rows / length;
  const width = columns / heads;
  if (shape.length !== 2 || batch * length !== rows || !Number.isInteger(batch) || !Number.isInteger(width)) {
    const expected = `a shape [B·${length}, ${heads}·w]`;
    throw new ShapeError(`${op}: expected ${expected}, found ${showShape(shape)}`);
  }
  return { batch, heads, length, width };
}

/** The shape of the triangles that belong to rows of this shape. */
export function triangleShape([rows]: Shape, { heads, length }: HeadAttributes): Shape {
  return [rows!, heads, length];
}

function output([a, b]: readonly TensorType[], attributes: CausalProductAttributes): TensorType {
  const { form } = attributes;
  const name = `causalProduct ${form}`;
  checkFloats(name, a!, b!);
  headSizes(name, b!.shape, attributes);
  const triangle = triangleShape(b!.shape, attributes);
  const expected = form === 'scores' ? b!.shape : triangle;
  if (!sameShape(a!.shape, expected)) {
    const found = `${showShape(a!.shape)} beside rows ${showShape(b!.shape)}`;
    throw new ShapeError(`${name}: expected ${showShape(expected)}, found ${found}`);
  }
  return { dtype: a!.dtype, shape: form === 'scores' ? triangle : b!.shape };
}

/**
 * P = s·tril(Y·Xᵀ): Ȳ = mix(P̄, X), X̄ = spread(P̄, Y);  Y = s·tril(P)·X: P̄ = scores(Ȳ, X), X̄ = spread(P, Ȳ);
 * X = s·tril(P)ᵀ·Y: P̄ = scores(Y, X̄), Ȳ = mix(P, X̄). Bilinear: Ċ = f(ȧ, b) + f(a, ḃ).
 */
export const causalProductOp: Op<CausalProductAttributes> = {
  name: 'causalProduct',
  output,
  forward: (kernels, [a, b], attributes, out) => {
    const sizes = headSizes('causalProduct', b!.shape, attributes);
    kernels.causalProduct(attributes.form, a!.buffer, b!.buffer, out.buffer, sizes, attributes.scale);
  },
  vjp: ({ inputs: [a, b], attributes }, cotangent, i) => {
    const form = (name: CausalForm, x: Tensor, y: Tensor): Tensor =>
      apply(causalProductOp, [x, y], { ...attributes, form: name });
    switch (attributes.form) {
      case 'scores':
        return i === 0 ? form('mix', cotangent, b!) : form('spread', cotangent, a!);
      case 'mix':
        return i === 0 ? form('scores', cotangent, b!) : form('spread', a!, cotangent);
      case 'spread':
        return i === 0 ? form('scores', b!, cotangent) : form('mix', a!, cotangent);
    }
  },
  // Row t of scores and mixtures is of query t; keys and values serve all later positions of their sequence.
  passage: ({ inputs: [, x], attributes }, i) => {
    const { batch, length } = headSizes('causalProduct', x!.shape, attributes);
    if (attributes.form === 'spread') return local(batch);
    return i === 0 ? local(batch * length) : { ...local(batch), places: length };
  },
  jvp: ({ inputs, attributes }, tangent, i) =>
    apply(causalProductOp, i === 0 ? [tangent, inputs[1]!] : [inputs[0]!, tangent], attributes),
  // Sequences lie one below the other, and so do those of all examples.
  batch: asRows,
  example: (random) => {
    const heads = 1 + random.integer(2);
    const length = random.integer(4);
    const rows = [random.integer(3) * length, heads * (1 + random.integer(3))];
    const form = (['scores', 'mix', 'spread'] as const)[random.integer(3)]!;
    const first = form === 'scores' ? rows : triangleShape(rows, { heads, length });
    return {
      inputs: [normal(random, first), normal(random, rows)],
      call: (a, b) => causalProduct(form, a!, b!, { heads, length, scale: 0.5 }),
    };
  },
};

/**
 * One of the three products; see `CausalForm` for what a and b are.
 * @param options `heads` of every row, `length` of every sequence, `scale`: a factor of the result
 * @throws ShapeError if the shapes do not fit together
 */
export function causalProduct(
  form: CausalForm,
  a: Tensor,
  b: Tensor,
  options: HeadAttributes & { readonly scale: number },
): Tensor {
  return apply(causalProductOp, [a, b], { ...options, form });
}
