// Many small products in one call, as attention makes them: one per sequence and head.
import type { BenchCase, Suite } from '../suite.ts';
import { productCase } from './product.ts';

const BATCH = 128;

function batchedCase(m: number, n: number, k: number): BenchCase {
  return productCase(`${BATCH} of ${m}x${n}x${k}`, { form: 'nn', dtype: 'f32', batch: BATCH, m, n, k });
}

/** Names: `f32 128 of 32x16x32` is 128 products m×n×k. */
export const batched: Suite = {
  name: 'batched',
  sentence: 'many small matrix products in one call, m×n×k each',
  cases: [batchedCase(32, 32, 32), batchedCase(32, 16, 32)],
  ceilingHow: 'batched: the multiply-add rate itself',
  explain: () => ['Each product goes through the same code as a single one; see gemm.'],
};
