// Softmax over rows, from attention rows and a vocabulary of a toy model to one of a real one.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { operand, put, rateOf, unit, worstRatio } from './operands.ts';

/**
 * Float operations the three loops do for an element: maximum 1, exponential with its argument and sum 22 (f32) or 33
 * (f64), the factor 1. Counted in assembly/exponentials.ts and assembly/exp.ts, a multiply-add as two; loads, stores,
 * comparisons and integer operations come on top, so 1 cannot be reached.
 */
export const operationsPerElement: Readonly<Record<FloatType, number>> = { f32: 24, f64: 35 };

function logits(rows: number, columns: number): Float64Array {
  return operand('logits', rows * columns).map((v) => 8 * v);
}

function prepare(kernels: Kernels, dtype: FloatType, rows: number, columns: number): PreparedCase {
  const values = logits(rows, columns);
  const x = put(kernels, dtype, values);
  const out = kernels.allocate(dtype, rows * columns);
  const run = (): void => kernels.row('softmax', x, out, rows, columns);
  return {
    run,
    output() {
      run();
      return kernels.readSync(out);
    },
    judge(reference) {
      const result = reference.allocate(dtype, rows * columns);
      reference.row('softmax', put(reference, dtype, values), result, rows, columns);
      const expected = reference.readSync(result);
      // |d| ≤ 16 for the rounding of the argument, columns for the sums, 12 for exponential and division (see rows.ts).
      const relative = unit[dtype] * (16 + columns + 12);
      return (found) => worstRatio(found, expected, (i) => relative * expected[i]!);
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
    measure: {
      unit: 'Gelement/s',
      work: rows * columns * 1e-9,
      ceiling: (gflops) => rateOf(dtype, gflops) / operationsPerElement[dtype],
    },
    prepare: (kernels) => prepare(kernels, dtype, rows, columns),
    ...(dtype === 'f32'
      ? {
          peerTask: () => ({
            op: 'softmax',
            rows,
            columns,
            x: Float32Array.from(logits(rows, columns)),
          }),
        }
      : {}),
  };
}

/** Names: `f32 4096x12` is rows × columns. */
export const softmax: Suite = {
  name: 'softmax',
  sentence: 'softmax of rows, rows×columns',
  cases: [
    softmaxCase('f32', 4096, 12),
    softmaxCase('f32', 4096, 32),
    softmaxCase('f32', 2048, 64),
    softmaxCase('f32', 1024, 128),
    softmaxCase('f32', 512, 256),
    softmaxCase('f32', 256, 1024),
    softmaxCase('f32', 16, 50257),
    softmaxCase('f64', 4096, 12),
    softmaxCase('f64', 1024, 64),
    softmaxCase('f64', 256, 1024),
  ],
  ceilingHow:
    `softmax: the multiply-add rate divided by the ${operationsPerElement.f32} (f32) or ` +
    `${operationsPerElement.f64} (f64) float operations its loops do an element`,
  explain: () => [
    'Three passes over a row: maximum; exponentials, written out, and their sum; multiplication by its reciprocal.',
    'The last, partial vector of a row is masked with −∞ and stored lane by lane, so short rows (12 columns) pay for whole vectors; two rows share the sums across lanes and the division.',
    'The exponential is written inside the loop, and its coefficients are loaded before it, because engines rebuild vector constants.',
  ],
};
