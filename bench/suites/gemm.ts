// Single matrix products: square ones, the shapes of a transformer's step, and sizes that fit no tile.
import type { FloatType, MatmulForm } from '../../src/kernels/index.ts';
import type { BenchCase, Suite } from '../suite.ts';
import { productCase } from './product.ts';

function gemmCase(dtype: FloatType, form: MatmulForm, m: number, n: number, k: number): BenchCase {
  const suffix = form === 'nn' ? '' : ` ${form}`;
  return productCase(`${m}x${n}x${k}${suffix}`, { form, dtype, batch: 1, m, n, k });
}

/** Tokens of a step: batch 32, context 32. */
const TOKENS = 1024;

/** X·W forward; X̄ = Ȳ·Wᵀ and W̄ = Xᵀ·Ȳ on the way back, for W [from, to]. */
function layerCases(from: number, to: number): BenchCase[] {
  return [
    gemmCase('f32', 'nn', TOKENS, to, from),
    gemmCase('f32', 'nt', TOKENS, from, to),
    gemmCase('f32', 'tn', from, to, TOKENS),
  ];
}

/** Names: `f32 256x256x256` is m×n×k of A·B, ` tn` Aᵀ·B, ` nt` A·Bᵀ. */
export const gemm: Suite = {
  name: 'gemm',
  sentence: 'matrix products, m×n×k: squares, the shapes of a transformer, sizes that fit no tile',
  cases: [
    ...[48, 192, 256, 512, 768, 1024].map((n) => gemmCase('f32', 'nn', n, n, n)),
    ...(['tn', 'nt'] as const).flatMap((form) => [256, 768].map((n) => gemmCase('f32', form, n, n, n))),
    ...[64, 128, 256].flatMap((d) => [
      ...layerCases(d, 3 * d),
      ...layerCases(d, 4 * d),
      ...layerCases(4 * d, d),
    ]),
    // Each awkward size beside the next one that tiles of 4, 6 or 8 rows and 8 columns divide (255: 256 above).
    ...[255, 257, 264].map((n) => gemmCase('f32', 'nn', n, n, n)),
    gemmCase('f32', 'nn', 1023, 129, 128),
    gemmCase('f32', 'nn', 1024, 136, 128),
    ...[256, 512, 768].map((n) => gemmCase('f64', 'nn', n, n, n)),
    ...(['tn', 'nt'] as const).map((form) => gemmCase('f64', form, 256, 256, 256)),
  ],
  ceilingHow: 'gemm: the multiply-add rate itself',
  explain: () => [
    'B is copied panel by panel, 64 bytes wide and up to 256 steps of k deep (at most 16 KiB), so that it stays in the first-level cache; for A·Bᵀ the copy transposes.',
    'A is read in place, 128 rows at a time; for Aᵀ·B those rows are transposed first.',
    'Full panels (16 columns of f32, 8 of f64) use the wide tile: 2 rows × 4 vectors in eight registers.',
    'Left-over columns, up to half a panel, use the narrow tile: 4 rows × 2 vectors; more than half a panel is padded with zeros to the wide one.',
    'Tiles that stick out are computed in scratch memory and the part inside is copied. Every element adds its terms in ascending k, whichever tile it falls into.',
  ],
};
