// Softmax over rows, from a vocabulary of a toy model to one of a real one.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { operand, put, unit, worstRatio } from './operands.ts';

/**
 * Float operations the three loops do for an element: maximum 1, exponential with its argument and sum 31 (f32) or 41
 * (f64), division 1. Counted in assembly/rows.ts and assembly/exp.ts; loads, stores, comparisons and integer operations
 * come on top, so 1 cannot be reached.
 */
export const operationsPerElement: Readonly<Record<FloatType, number>> = { f32: 33, f64: 43 };

function prepare(kernels: Kernels, dtype: FloatType, rows: number, columns: number): PreparedCase {
  const values = operand('logits', rows * columns).map((v) => 8 * v);
  const x = put(kernels, dtype, values);
  const out = kernels.allocate(dtype, rows * columns);
  const run = (): void => kernels.row('softmax', x, out, rows, columns);
  return {
    run,
    errorRatio(reference) {
      run();
      const expected = reference.allocate(dtype, rows * columns);
      reference.row('softmax', put(reference, dtype, values), expected, rows, columns);
      const probabilities = reference.readSync(expected);
      // |d| ≤ 16 for the rounding of the argument, columns for the sums, 12 for exponential and division (see rows.ts).
      const relative = unit[dtype] * (16 + columns + 12);
      return worstRatio(kernels.readSync(out), probabilities, (i) => relative * probabilities[i]!);
    },
    release() {
      kernels.release(x);
      kernels.release(out);
    },
  };
}

function softmaxCase(dtype: FloatType, rows: number, columns: number): BenchCase {
  return {
    name: `${dtype} ${rows}x${columns}`,
    unit: 'Gelement/s',
    work: rows * columns * 1e-9,
    ceiling: (gflops) => (dtype === 'f32' ? gflops : gflops / 2) / operationsPerElement[dtype],
    prepare: (kernels) => prepare(kernels, dtype, rows, columns),
  };
}

const dtypes: readonly FloatType[] = ['f32', 'f64'];

/** Names: `f32 4096x12` is rows × columns. */
export const softmax: Suite = {
  name: 'softmax',
  sentence: 'softmax of rows, rows×columns',
  cases: dtypes.flatMap((dtype) => [
    softmaxCase(dtype, 4096, 12),
    softmaxCase(dtype, 1024, 64),
    softmaxCase(dtype, 256, 1024),
    softmaxCase(dtype, 16, 50257),
  ]),
  ceilingHow:
    `softmax: the multiply-add rate divided by the ${operationsPerElement.f32} (f32) or ` +
    `${operationsPerElement.f64} (f64) float operations its loops do an element`,
  explain: [
    'Three passes over a row: maximum; exponentials, written out, and their sum; division by the sum.',
    'The last, partial vector of a row is masked with −∞ and stored lane by lane, so short rows (12 columns) pay for whole vectors.',
    'The exponential is a polynomial whose coefficients are loaded where they are used: engines rebuild vector constants.',
  ],
};
