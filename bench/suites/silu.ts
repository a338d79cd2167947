// SiLU, the gate of the MLP of Llama and its kin, and its way back, element by element.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { BenchCase, Suite } from '../suite.ts';
import { type Calls, preparedCalls } from './calls.ts';
import { operand, put, rateOf, unit } from './operands.ts';
import { operationsPerElement } from './softmax.ts';

type Direction = 'forward' | 'back';

/**
 * Float operations for an element: an exponential, which is softmax's without maximum, difference, sum and factor; then δ + E, the
 * division, and products: 2 forward, 5 and a sum back.
 */
function operations(dtype: FloatType, direction: Direction): number {
  return operationsPerElement[dtype] - 4 + (direction === 'forward' ? 4 : 8);
}

function calls(kernels: Kernels, dtype: FloatType, direction: Direction, count: number): Calls {
  const x = put(
    kernels,
    dtype,
    operand('x', count).map((v) => 8 * v),
  );
  const out = kernels.allocate(dtype, count);
  if (direction === 'forward') {
    return { run: () => kernels.unary('silu', x, out), results: [out], all: [x, out] };
  }
  const cotangent = put(kernels, dtype, operand('cotangent', count));
  const run = (): void => kernels.binary('siluVjp', x, cotangent, out);
  return { run, results: [out], all: [x, cotangent, out] };
}

function siluCase(dtype: FloatType, direction: Direction, count: number): BenchCase {
  // 3.5 ulp of values up to 8, and 8·u for the derivative with |ȳ| ≤ 1 and one product (assembly/silu.ts), twice for the two sides.
  const allowed = direction === 'forward' ? 2 * 3.5 * 2 * unit[dtype] * 8 : 2 * 10 * unit[dtype];
  return {
    name: `${dtype} ${count}${direction === 'back' ? ' vjp' : ''}`,
    measure: {
      unit: 'Gelement/s',
      work: count * 1e-9,
      ceiling: (gflops) => rateOf(dtype, gflops) / operations(dtype, direction),
    },
    prepare: (kernels) =>
      preparedCalls(
        kernels,
        (own) => calls(own, dtype, direction, count),
        () => allowed,
      ),
  };
}

/** Names: `f32 65536` is how many elements, ` vjp` the product of a cotangent with the derivative. */
export const silu: Suite = {
  name: 'silu',
  sentence: 'silu and its derivative, elements',
  cases: [
    ...[65_536, 2_490_368].flatMap((count) => [
      siluCase('f32', 'forward', count),
      siluCase('f32', 'back', count),
    ]),
    siluCase('f64', 'forward', 65_536),
    siluCase('f64', 'back', 65_536),
  ],
  ceilingHow:
    `silu: the multiply-add rate divided by the ${operations('f32', 'forward')} (f32) or ${operations('f64', 'forward')} (f64) float ` +
    'operations of its loop an element, 4 more back; a division counts as one and takes longer',
  explain: () => [
    'One exponential and one division an element; the exponential is that of softmax.',
    '2 490 368 elements are the gate of 512 tokens of Qwen2.5-0.5B, which no cache holds.',
  ],
};
