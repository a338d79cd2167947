// RMS norm of rows, forward and back.
import type { Kernels } from '../../src/kernels/index.ts';
import type { Suite } from '../suite.ts';
import type { Calls } from './calls.ts';
import { type NormSizes, normCase, normCeiling, type TimedNorm } from './norms.ts';
import { operand, put, unit } from './operands.ts';

const EPSILON = 1e-6;

/**
 * Float operations of the formulas for an element. Forward: mean of squares 2, output 2. Back, which starts from x again: mean of
 * squares 2, g = ȳ·γ 1, x̂ 1, Σg·x̂ 2, x̄ 3, and γ̄ = Σ ȳ·x̂ 2.
 */
const OPERATIONS = { forward: 4, back: 11 } as const;

function calls(kernels: Kernels, { dtype, direction, rows, columns }: NormSizes): Calls {
  const sizes = { rows, columns, epsilon: EPSILON };
  const [x, gamma] = [
    put(kernels, dtype, operand('x', rows * columns)),
    put(kernels, dtype, operand('gamma', columns)),
  ];
  const out = kernels.allocate(dtype, rows * columns);
  if (direction === 'forward') {
    return { run: () => kernels.rmsNorm(x, gamma, out, sizes), results: [out], all: [x, gamma, out] };
  }
  const cotangent = put(kernels, dtype, operand('cotangent', rows * columns));
  const scale = kernels.allocate(dtype, columns);
  const run = (): void => {
    kernels.rmsNormVjp(x, gamma, cotangent, out, sizes);
    kernels.rmsNormScaleVjp(x, cotangent, scale, sizes);
  };
  return { run, results: [out, scale], all: [x, gamma, cotangent, out, scale] };
}

/**
 * The bounds of assembly/rmsNorm.ts, twice for the two sides. Values are uniform in [−1, 1): over 64 columns or more the root of the mean
 * square is near 1/√3, so that r < 3 and |x̂| < 3; |γ|, |ȳ| ≤ 1.
 */
function allowedError({ dtype, direction, rows, columns }: NormSizes): (i: number) => number {
  const [u, r, normal] = [unit[dtype], 3, 3];
  const steps = columns / (dtype === 'f32' ? 4 : 2) + 8;
  const eachNormal = u * steps * normal;
  if (direction === 'forward') return () => 2 * (eachNormal + u * normal);
  const input = 2 * 4 * steps * u * r * Math.sqrt(columns);
  const scale = 2 * rows * (eachNormal + rows * u * normal);
  return (i) => (i < rows * columns ? input : scale);
}

const norm: TimedNorm = { name: 'rmsnorm', operations: OPERATIONS, calls, allowedError };

/** Names: `f32 512x896` is rows × columns forward, ` vjp` the way back from x and ȳ to x̄ and γ̄. */
export const rmsnorm: Suite = {
  name: 'rmsnorm',
  sentence: 'RMS norm of rows, rows×columns',
  cases: [
    ...[64, 896].flatMap((columns) => [
      normCase(norm, 'f32', 'forward', 512, columns),
      normCase(norm, 'f32', 'back', 512, columns),
    ]),
    normCase(norm, 'f64', 'forward', 512, 896),
    normCase(norm, 'f64', 'back', 512, 896),
  ],
  ceilingHow: normCeiling(norm),
  explain: () => [
    'It is layer norm with the means left at 0, two rows at a time.',
    'The backward pass starts from x again instead of storing x̂: one call for x̄ and one for γ̄.',
  ],
};
