// What the suites of norms have in common: rows of numbers, forward and back from x and ȳ to x̄ and γ̄.
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import type { BenchCase, Suite } from '../suite.ts';
import { type Calls, preparedCalls } from './calls.ts';
import { rateOf } from './operands.ts';

/** Forward: out. Back: x̄, then γ̄. */
export type Direction = 'forward' | 'back';

/** The size of a case. */
export interface NormSizes {
  readonly dtype: FloatType;
  readonly direction: Direction;
  readonly rows: number;
  readonly columns: number;
}

/** A norm that is timed. */
export interface TimedNorm {
  /** Of the suite, such as `rmsnorm`. */
  readonly name: string;
  /** Float operations of the formulas for an element. */
  readonly operations: Readonly<Record<Direction, number>>;
  /** The calls of one direction on one backend's buffers; the results, in order. */
  calls(kernels: Kernels, sizes: NormSizes): Calls;
  /** What the two sides may differ by at entry i of the results, derived from the kernels' stated bounds. */
  allowedError(sizes: NormSizes): (i: number) => number;
}

/** A case; its name is `f32 1024x128`, rows × columns, and with ` vjp` the way back. */
export function normCase(
  norm: TimedNorm,
  dtype: FloatType,
  direction: Direction,
  rows: number,
  columns: number,
): BenchCase {
  const sizes = { dtype, direction, rows, columns };
  return {
    name: `${dtype} ${rows}x${columns}${direction === 'back' ? ' vjp' : ''}`,
    measure: {
      unit: 'Gelement/s',
      work: rows * columns * 1e-9,
      ceiling: (gflops) => rateOf(dtype, gflops) / norm.operations[direction],
    },
    prepare: (kernels) => preparedCalls(kernels, (own) => norm.calls(own, sizes), norm.allowedError(sizes)),
  };
}

/** How the ceiling of a norm is found. */
export function normCeiling({ name, operations }: TimedNorm): Suite['ceilingHow'] {
  return (
    `${name}: the multiply-add rate divided by the float operations of the formulas an element, ${operations.forward} ` +
    `forward and ${operations.back} back; rows are read several times, so 1 cannot be reached`
  );
}
