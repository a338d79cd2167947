// One case of matrix products, for the suites gemm and batched.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { MatmulForm } from '../../src/kernels/operands.ts';
import type { BenchCase, PreparedCase } from '../suite.ts';
import { operand, put, rateOf, unit, worstRatio } from './operands.ts';

/** `batch` products of equal shape. */
export interface Product {
  readonly form: MatmulForm;
  readonly dtype: FloatType;
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface Operands {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

function operandsOf({ batch, m, n, k }: Product): Operands {
  return { a: operand('a', batch * m * k), b: operand('b', batch * k * n) };
}

/** [count] norms of vectors of `length`, whose elements are `step` apart within matrices of `count`·`length` elements. */
function norms(values: Float64Array, length: number, count: number, contiguous: boolean): Float64Array {
  const squares = new Float64Array(values.length / length);
  for (let i = 0; i < values.length; i++) {
    const matrix = Math.floor(i / (count * length));
    const within = i - matrix * count * length;
    const vector = contiguous ? Math.floor(within / length) : within % count;
    squares[matrix * count + vector]! += values[i]! ** 2;
  }
  return squares.map(Math.sqrt);
}

/** Both sides add k rounded terms: 2·(k + 1)·u·Σ|a·b| ≤ 2·(k + 1)·u·‖row of A‖·‖column of B‖. */
function allowedError({ form, dtype, m, n, k }: Product, { a, b }: Operands): (i: number) => number {
  const rows = norms(a, k, m, form !== 'tn');
  const columns = norms(b, k, n, form === 'nt');
  const factor = 2 * (k + 1) * unit[dtype];
  return (i) => factor * rows[Math.floor(i / n)]! * columns[Math.floor(i / (m * n)) * n + (i % n)]!;
}

function prepare(kernels: Kernels, product: Product): PreparedCase {
  const { form, dtype, batch, m, n, k } = product;
  const values = operandsOf(product);
  const a = put(kernels, dtype, values.a);
  const b = put(kernels, dtype, values.b);
  const out = kernels.allocate(dtype, batch * m * n);
  const sizes = { batch, m, n, k };
  const run = (): void => kernels.matmul(form, a, b, out, sizes);
  return {
    run,
    output() {
      run();
      return kernels.readSync(out);
    },
    judge(reference) {
      const result = reference.allocate(dtype, batch * m * n);
      const operands = [put(reference, dtype, values.a), put(reference, dtype, values.b)] as const;
      reference.matmul(form, ...operands, result, sizes);
      const expected = reference.readSync(result);
      const allowed = allowedError(product, values);
      return (found) => worstRatio(found, expected, allowed);
    },
    release() {
      for (const buffer of [a, b, out]) kernels.release(buffer);
    },
  };
}

/** The case. f32 products are a task for peers too. */
export function productCase(name: string, product: Product): BenchCase {
  const { form, dtype, batch, m, n, k } = product;
  return {
    name: `${dtype} ${name}`,
    measure: {
      unit: 'GFLOP/s',
      work: 2 * batch * m * n * k * 1e-9,
      ceiling: (gflops) => rateOf(dtype, gflops),
    },
    prepare: (kernels) => prepare(kernels, product),
    ...(dtype === 'f32'
      ? {
          peerTask: () => {
            const { a, b } = operandsOf(product);
            return { op: 'matmul', form, batch, m, n, k, a: Float32Array.from(a), b: Float32Array.from(b) };
          },
        }
      : {}),
  };
}
