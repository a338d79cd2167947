// Causal attention, softmax(causal(Q·Kᵀ/√h))·V per plane (a head of a sequence; heads lie side by side in the rows), forward and with its way back.
import { attention as fused, type Tensor, tensor, vjp } from '../../src/autodiff/index.ts';
import type { Kernels } from '../../src/kernels/index.ts';
import type { AttentionSizes } from '../../src/kernels/interface.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { attentionOracle } from './attentionOracle.ts';
import { disposeAll, hostValues, onKernels } from './engine.ts';
import { operand, worstRatio } from './operands.ts';
import { operationsPerElement } from './softmax.ts';

type Direction = 'forward' | 'both';
type Operands = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };

/** Float operations of softmax and scaling back for a pair of positions: x̄ = p·(p̄ − Σ p·p̄). */
const SOFTMAX_BACK = 4;

/** Values that f32 holds exactly, so that the oracle begins with the same numbers. */
function values({
  batch,
  heads,
  length,
  width,
}: AttentionSizes): Record<'q' | 'k' | 'v' | 'cotangent', Float32Array> {
  const draw = (name: string): Float32Array =>
    Float32Array.from(operand(name, batch * length * heads * width));
  return { q: draw('q'), k: draw('k'), v: draw('v'), cotangent: draw('cotangent') };
}

function operands(sizes: AttentionSizes): Operands & { readonly cotangent: Tensor } {
  const shape = [sizes.batch * sizes.length, sizes.heads * sizes.width];
  const made = values(sizes);
  return {
    q: tensor(made.q, { shape, dtype: 'f32' }),
    k: tensor(made.k, { shape, dtype: 'f32' }),
    v: tensor(made.v, { shape, dtype: 'f32' }),
    cotangent: tensor(made.cotangent, { shape, dtype: 'f32' }),
  };
}

/** The result of a direction: the output, or the gradients of q, k, v. */
function results(
  direction: Direction,
  { heads, length }: AttentionSizes,
  { cotangent, ...inputs }: ReturnType<typeof operands>,
): Tensor[] {
  const attend = ({ q, k, v }: Operands): Tensor => fused(q, k, v, { heads, length });
  if (direction === 'forward') return [attend(inputs)];
  const { gradient } = vjp(attend, inputs).pullback({ gradient: cotangent });
  return [gradient.q, gradient.k, gradient.v];
}

function prepare(kernels: Kernels, direction: Direction, sizes: AttentionSizes): PreparedCase {
  const inputs = onKernels(kernels, () => operands(sizes));
  return {
    run: () => onKernels(kernels, () => void results(direction, sizes, inputs)),
    output: () => onKernels(kernels, () => hostValues(...results(direction, sizes, inputs))),
    judge() {
      const { output, q, k, v } = attentionOracle(sizes, values(sizes));
      const parts = direction === 'forward' ? [output] : [q, k, v];
      const expected = parts.flatMap((part) => [...part.values]);
      const allowed = parts.flatMap((part) => [...part.allowed]);
      return (found) => worstRatio(found, expected, (i) => allowed[i]!);
    },
    release: () => disposeAll({ ...inputs }),
  };
}

function attentionCase(direction: Direction, sizes: AttentionSizes): BenchCase {
  const { batch, heads, length, width } = sizes;
  const planes = batch * heads;
  const pairs = (planes * length * (length + 1)) / 2;
  // Q·Kᵀ and P·V; back V̄ = Pᵀ·Ȳ, P̄ = Ȳ·Vᵀ, Q̄ = S̄·K, K̄ = S̄ᵀ·Q: two operations each for a pair and an element of a row.
  const products = (direction === 'forward' ? 4 : 12) * width;
  const beside = operationsPerElement.f32 + (direction === 'forward' ? 0 : SOFTMAX_BACK);
  return {
    name: `f32 ${planes} of ${length}x${width}${direction === 'both' ? ' vjp' : ''}`,
    measure: {
      unit: 'GFLOP/s',
      work: pairs * products * 1e-9,
      ceiling: (gflops) => (gflops * products) / (products + beside),
    },
    prepare: (kernels) => prepare(kernels, direction, sizes),
  };
}

/** Names: `f32 128 of 32x16` is planes of T×h forward, ` vjp` forward and back. */
export const attention: Suite = {
  name: 'attention',
  sentence: 'causal attention, planes of T×h (heads of sequences)',
  cases: [16, 32, 64]
    .map((width) => ({ batch: 32, heads: 4, length: 32, width }))
    .concat({ batch: 2, heads: 4, length: 256, width: 64 })
    .flatMap((sizes) => [attentionCase('forward', sizes), attentionCase('both', sizes)]),
  ceilingHow:
    'attention: counts the products of the half that is not masked; the ceiling leaves room for softmax, ' +
    `${operationsPerElement.f32} float operations a pair of positions`,
  explain: () => [
    'Two fused steps, weights and their mixture of values; heads stay side by side in the rows, and what lies above the diagonal is neither computed nor read.',
    'The backward pass uses the stored weights and computes no score again.',
  ],
};
