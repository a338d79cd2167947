// Matrix products: square ones of growing size, and the three forms at 256.
import type { FloatType, Kernels, MatmulForm } from '../../src/kernels/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { operand, put, unit, worstRatio } from './operands.ts';

interface Product {
  readonly form: MatmulForm;
  readonly dtype: FloatType;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

function prepare(kernels: Kernels, { form, dtype, m, n, k }: Product): PreparedCase {
  const [aValues, bValues] = [operand('a', m * k), operand('b', k * n)];
  const a = put(kernels, dtype, aValues);
  const b = put(kernels, dtype, bValues);
  const out = kernels.allocate(dtype, m * n);
  const sizes = { batch: 1, m, n, k };
  const run = (): void => kernels.matmul(form, a, b, out, sizes, false);
  return {
    run,
    errorRatio(reference) {
      run();
      const compute = (left: ArrayLike<number>, right: ArrayLike<number>): ArrayLike<number> => {
        const expected = reference.allocate(dtype, m * n);
        const operands = [put(reference, dtype, left), put(reference, dtype, right)] as const;
        reference.matmul(form, ...operands, expected, sizes, false);
        return reference.readSync(expected);
      };
      // Both sides add k rounded terms: 2·(k + 1)·u·Σ|a·b|.
      const magnitude = compute(aValues.map(Math.abs), bValues.map(Math.abs));
      const expected = compute(aValues, bValues);
      return worstRatio(kernels.readSync(out), expected, (i) => 2 * (k + 1) * unit[dtype] * magnitude[i]!);
    },
    release() {
      for (const buffer of [a, b, out]) kernels.release(buffer);
    },
  };
}

function productCase(product: Product): BenchCase {
  const { form, dtype, m, n, k } = product;
  return {
    name: `${dtype} ${m}x${n}x${k}${form === 'nn' ? '' : ` ${form}`}`,
    unit: 'GFLOP/s',
    work: 2 * m * n * k * 1e-9,
    ceiling: (gflops) => (dtype === 'f32' ? gflops : gflops / 2),
    prepare: (kernels) => prepare(kernels, product),
  };
}

const dtypes: readonly FloatType[] = ['f32', 'f64'];

/** Names: `f32 256x256x256` is A·B, ` tn` Aᵀ·B, ` nt` A·Bᵀ. */
export const gemm: Suite = {
  name: 'gemm',
  sentence: 'matrix products, m×n×k',
  cases: dtypes.flatMap((dtype) => [
    ...[48, 64, 192, 256, 512].map((n) => productCase({ form: 'nn', dtype, m: n, n, k: n })),
    ...(['tn', 'nt'] as const).map((form) => productCase({ form, dtype, m: 256, n: 256, k: 256 })),
  ]),
  ceilingHow: 'gemm: the multiply-add rate itself',
  explain: [
    'B is copied panel by panel, 64 bytes wide and up to 256 steps of k deep (at most 16 KiB), so that it stays in the first-level cache; for A·Bᵀ the copy transposes.',
    'A is read in place, 128 rows at a time; for Aᵀ·B those rows are transposed first.',
    'Full panels (16 columns of f32, 8 of f64) use the wide tile: 2 rows × 4 vectors in eight registers.',
    'Left-over columns, up to half a panel, use the narrow tile: 4 rows × 2 vectors; more than half a panel is padded with zeros to the wide one.',
    'Tiles that stick out are computed in scratch memory and the part inside is copied. Every element adds its terms in ascending k, whichever tile it falls into.',
  ],
};
