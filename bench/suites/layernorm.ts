// Layer norm of rows, forward and back.
import type { Kernels } from '../../src/kernels/index.ts';
import type { Suite } from '../suite.ts';
import type { Calls } from './calls.ts';
import { type NormSizes, normCase, normCeiling, type TimedNorm } from './norms.ts';
import { operand, put, unit } from './operands.ts';

const EPSILON = 1e-5;

/**
 * Float operations of the formulas for an element. Forward: mean 1, variance 3, output 4. Back, which starts from x again:
 * mean 1, variance 3, g = ȳ·γ 1, x̂ 2, Σg 1, Σg·x̂ 2, x̄ 4, and γ̄ = Σ ȳ·x̂ 2.
 */
const OPERATIONS = { forward: 8, back: 16 } as const;

interface Values {
  readonly x: Float64Array;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly cotangent: Float64Array;
}

function valuesOf(rows: number, columns: number): Values {
  return {
    x: operand('x', rows * columns),
    gamma: operand('gamma', columns),
    beta: operand('beta', columns),
    cotangent: operand('cotangent', rows * columns),
  };
}

/** The calls of one direction on one backend's buffers; the results, in order. */
function calls(kernels: Kernels, { dtype, direction, rows, columns }: NormSizes): Calls {
  const values = valuesOf(rows, columns);
  const sizes = { rows, columns, epsilon: EPSILON };
  const [x, gamma] = [put(kernels, dtype, values.x), put(kernels, dtype, values.gamma)];
  const out = kernels.allocate(dtype, rows * columns);
  if (direction === 'forward') {
    const beta = put(kernels, dtype, values.beta);
    const run = (): void => kernels.layerNorm(x, gamma, beta, out, sizes);
    return { run, results: [out], all: [x, gamma, beta, out] };
  }
  const cotangent = put(kernels, dtype, values.cotangent);
  const scale = kernels.allocate(dtype, columns);
  const run = (): void => {
    kernels.layerNormVjp(x, gamma, cotangent, out, sizes);
    kernels.layerNormScaleVjp(x, cotangent, scale, sizes);
  };
  return { run, results: [out, scale], all: [x, gamma, cotangent, out, scale] };
}

/**
 * The bounds of assembly/layerNorm.ts, twice for the two sides. Values are uniform in [−1, 1): over 64 columns or more the
 * deviation is near 1/√3, so that 1 < r < 3, and |x̂| < 6; |γ|, |ȳ| ≤ 1.
 */
function allowedError({ dtype, direction, rows, columns }: NormSizes): (i: number) => number {
  const [r, normal] = [3, 6];
  const eachNormal = unit[dtype] * ((columns + 8) * normal + 4 * r);
  if (direction === 'forward') return () => 2 * (eachNormal + 2 * unit[dtype]);
  const input = 2 * 4 * (columns + 8) * unit[dtype] * r * Math.sqrt(columns);
  const scale = 2 * rows * (eachNormal + rows * unit[dtype] * normal);
  return (i) => (i < rows * columns ? input : scale);
}

const norm: TimedNorm = { name: 'layernorm', operations: OPERATIONS, calls, allowedError };

/** Names: `f32 1024x128` is rows × columns forward, ` vjp` the way back from x and ȳ to x̄ and γ̄. */
export const layernorm: Suite = {
  name: 'layernorm',
  sentence: 'layer norm of rows, rows×columns',
  cases: [
    ...[64, 128, 256].flatMap((columns) => [
      normCase(norm, 'f32', 'forward', 1024, columns),
      normCase(norm, 'f32', 'back', 1024, columns),
    ]),
    normCase(norm, 'f64', 'forward', 1024, 128),
    normCase(norm, 'f64', 'back', 1024, 128),
  ],
  ceilingHow: normCeiling(norm),
  explain: () => [
    'The forward pass reads a row three times: mean (compensated), variance, output. The row stays in the first-level cache.',
    'The backward pass starts from x again instead of storing x̂: one call for x̄ and one for γ̄.',
  ],
};
