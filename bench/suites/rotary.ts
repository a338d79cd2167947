// Rotary positions: the heads of queries and keys turned by the angles of their places.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { AttentionSizes } from '../../src/kernels/interface.ts';
import type { BenchCase, Suite } from '../suite.ts';
import { type Calls, preparedCalls } from './calls.ts';
import { operand, put, rateOf, unit } from './operands.ts';

/** Float operations for an element: two products and a sum. */
const OPERATIONS = 3;

function calls(kernels: Kernels, dtype: FloatType, sizes: AttentionSizes): Calls {
  const { batch, heads, length, width } = sizes;
  const half = width / 2;
  const angles = operand('angles', length * half).map((v) => v * Math.PI);
  const x = put(kernels, dtype, operand('x', batch * length * heads * width));
  const [cosine, sine] = [
    put(kernels, dtype, angles.map(Math.cos)),
    put(kernels, dtype, angles.map(Math.sin)),
  ];
  const out = kernels.allocate(dtype, x.length);
  const run = (): void => kernels.rotary(x, cosine, sine, out, sizes);
  return { run, results: [out], all: [x, cosine, sine, out] };
}

function rotaryCase(dtype: FloatType, sizes: AttentionSizes): BenchCase {
  const { batch, heads, length, width } = sizes;
  // 2·u·(|a·c| + |b·s|) with |a|, |b| ≤ 1 and |c| + |s| ≤ √2, twice for the two sides.
  const allowed = 4 * Math.SQRT2 * unit[dtype];
  return {
    name: `${dtype} ${batch * length}x${heads}x${width}`,
    measure: {
      unit: 'Gelement/s',
      work: batch * length * heads * width * 1e-9,
      ceiling: (gflops) => rateOf(dtype, gflops) / OPERATIONS,
    },
    prepare: (kernels) =>
      preparedCalls(
        kernels,
        (own) => calls(own, dtype, sizes),
        () => allowed,
      ),
  };
}

/** Names: `f32 512x14x64` is rows × heads × width of a head. */
export const rotary: Suite = {
  name: 'rotary',
  sentence: 'rotary positions, rows×heads×width of a head',
  cases: [
    rotaryCase('f32', { batch: 32, heads: 4, length: 32, width: 16 }),
    rotaryCase('f32', { batch: 1, heads: 14, length: 512, width: 64 }),
    rotaryCase('f32', { batch: 1, heads: 2, length: 512, width: 64 }),
    rotaryCase('f64', { batch: 1, heads: 14, length: 512, width: 64 }),
  ],
  ceilingHow: `rotary: the multiply-add rate divided by the ${OPERATIONS} float operations an element; four loads and two stores for every two results take longer`,
  explain: () => [
    'Pairs lie half a head apart, so that vectors of both halves are turned together without a shuffle.',
    'The tables of a place are read once for every head and stay in the first-level cache.',
  ],
};
