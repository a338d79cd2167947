// Rotary positions: every head's pairs of entries turned by an angle that grows with the place in the sequence.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { type Shape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { add, mul, neg, sub } from './arithmetic.ts';
import { type HeadAttributes, headSizes } from './causalProduct.ts';
import { checkFloats } from './check.ts';
import { normal } from './examples.ts';
import { local } from './passage.ts';
import { concat, slice } from './slice.ts';
import { stacks } from './stacks.ts';
import { sum } from './sum.ts';
import { reshape } from './views.ts';

function checkShapes(x: Shape, cosine: Shape, sine: Shape, attributes: HeadAttributes): void {
  const { width } = headSizes('rotary', x, attributes);
  const expected = [attributes.length, width / 2];
  if (width % 2 !== 0) throw new ShapeError(`rotary: expected heads of an even width, found ${width}`);
  if (!sameShape(cosine, expected) || !sameShape(sine, expected)) {
    const found = `${showShape(cosine)} and ${showShape(sine)}`;
    throw new ShapeError(
      `rotary: expected tables ${showShape(expected)} beside x ${showShape(x)}, found ${found}`,
    );
  }
}

/** The first and the second halves along the last axis. */
function halves(x: Tensor): [Tensor, Tensor] {
  const lead = x.shape.slice(0, -1);
  const start = lead.map(() => 0);
  const [half, width] = [x.shape.at(-1)! / 2, x.shape.at(-1)!];
  return [slice(x, [...start, 0], [...lead, half]), slice(x, [...start, half], [...lead, width])];
}

/** Rows with their heads apart, [batch, length, heads, width]. */
function apart(x: Tensor, attributes: HeadAttributes): Tensor {
  const { batch, length, heads, width } = headSizes('rotary', x.shape, attributes);
  return reshape(x, [batch, length, heads, width]);
}

/** Σ over sequences and heads: [batch, length, heads, h] → [length, h]. */
function overHeads(x: Tensor): Tensor {
  return sum(sum(x, 2), 0);
}

/** The op on stacks [n, …] of x and of both tables, in primitives. */
function turnedStacks(
  [x, cosine, sine]: readonly [Tensor, Tensor, Tensor],
  attributes: HeadAttributes,
): Tensor {
  const [count, rows, columns] = x.shape as [number, number, number];
  const { batch, length, heads, width } = headSizes('rotary', [rows, columns], attributes);
  const [a, b] = halves(reshape(x, [count, batch, length, heads, width]));
  const [c, s] = [cosine, sine].map((table) => reshape(table, [count, 1, length, 1, width / 2])) as [
    Tensor,
    Tensor,
  ];
  return reshape(concat([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], 4), [count, rows, columns]);
}

/**
 * With x = (a, b) in halves and y = (a·c − b·s, b·c + a·s): x̄ is ȳ turned back, by −s; c̄ = Σ a·ā_y + b·b̄_y, s̄ = Σ a·b̄_y − b·ā_y over
 * sequences and heads. Linear in x and in the tables: ẏ = turn(ẋ; c, s) + turn(x; ċ, ṡ).
 */
export const rotaryOp: Op<HeadAttributes> = {
  name: 'rotary',
  output: ([x, cosine, sine], attributes) => {
    checkFloats('rotary', x!, cosine!, sine!);
    checkShapes(x!.shape, cosine!.shape, sine!.shape, attributes);
    return x!;
  },
  forward: (kernels, [x, cosine, sine], attributes, out) => {
    const sizes = headSizes('rotary', x!.shape, attributes);
    kernels.rotary(x!.buffer, cosine!.buffer, sine!.buffer, out.buffer, sizes);
  },
  vjp: ({ inputs: [x, cosine, sine], attributes }, cotangent, i) => {
    if (i === 0) return apply(rotaryOp, [cotangent, cosine!, neg(sine!)], attributes);
    const [a, b] = halves(apart(x!, attributes));
    const [first, second] = halves(apart(cotangent, attributes));
    return i === 1
      ? overHeads(add(mul(a, first), mul(b, second)))
      : overHeads(sub(mul(a, second), mul(b, first)));
  },
  // A row of x is turned by itself; a row of the tables serves its place in every sequence.
  passage: ({ inputs: [x], attributes }, i) => {
    const { batch, length } = headSizes('rotary', x!.shape, attributes);
    return i === 0 ? local(batch * length) : undefined;
  },
  jvp: ({ inputs: [x, cosine, sine], attributes }, tangent, i) => {
    if (i === 0) return apply(rotaryOp, [tangent, cosine!, sine!], attributes);
    const none = mul(tangent, 0);
    return apply(rotaryOp, i === 1 ? [x!, tangent, none] : [x!, none, tangent], attributes);
  },
  // Sequences lie one below the other; tables that differ between examples go through primitives.
  batch: (call) => {
    const { inputs, isStack, attributes, count, op } = call;
    if (isStack[1] || isStack[2]) return turnedStacks(stacks(call) as [Tensor, Tensor, Tensor], attributes);
    const [, rows, columns] = inputs[0]!.shape as [number, number, number];
    const tall = reshape(inputs[0]!, [count * rows, columns]);
    return reshape(apply(op, [tall, inputs[1]!, inputs[2]!], attributes), [count, rows, columns]);
  },
  example: (random) => {
    const heads = 1 + random.integer(2);
    const length = random.integer(4);
    const half = 1 + random.integer(3);
    const table = [length, half];
    return {
      inputs: [
        normal(random, [random.integer(3) * length, heads * 2 * half]),
        normal(random, table),
        normal(random, table),
      ],
      call: (x, cosine, sine) => rotary(x!, cosine!, sine!, { heads, length }),
    };
  },
};

/**
 * Rotary positions: with a head's row in halves (a, b), (a·c − b·s, b·c + a·s), where c and s are the cosines and sines of the angles of
 * its place. Halves, not neighbours, make a pair, as in the weights of Llama on Hugging Face.
 * Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021 (arXiv:2104.09864).
 * @param x [batch·length, heads·width], width even
 * @param cosine [length, width/2]
 * @param sine [length, width/2]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { rotary, tensor } from 'gradsplit/autodiff';
 * // One head of width 2 at one place, turned by a right angle.
 * rotary(tensor([[3, 4]]), tensor([[0]]), tensor([[1]]), { heads: 1, length: 1 }).readSync(); // → [-4, 3]
 * ```
 */
export function rotary(x: Tensor, cosine: Tensor, sine: Tensor, attributes: HeadAttributes): Tensor {
  return apply(rotaryOp, [x, cosine, sine], attributes);
}
