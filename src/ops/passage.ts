// How ops say that rows stay apart in their vjp rules.
import type { LocalPassage, Primal, RowPassage } from '../autodiff/trace/op.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';

/** Units that go their own way. */
export function local(count: number): LocalPassage {
  return { kind: 'local', count };
}

/** Every element on its own, in the place where it is. */
export function elementwise({ output }: Pick<Primal<unknown>, 'output'>): LocalPassage {
  return local(output.size);
}

/** The product of the first `axes` axes: what lies behind them is one unit. */
export function alongLeading(shape: Shape, axes: number): LocalPassage {
  return local(sizeOf(shape.slice(0, axes)));
}

/**
 * Rows whose sum is the input's cotangent. Longer rows are added one after the other, so that leaving out rows of zeros leaves the
 * bits. Rows of one element are summed in vector lanes, in an order that depends on how many there are: these are not cut down.
 */
export function summed(
  { output }: Pick<Primal<unknown>, 'output'>,
  count: number,
  carriers: readonly number[],
): RowPassage | undefined {
  return output.size === count ? undefined : { kind: 'sum', count, carriers };
}

/** How many leading axes fulfil a condition. */
export function countLeading(shape: Shape, condition: (axis: number, d: number) => boolean): number {
  const end = shape.findIndex((axis, d) => !condition(axis, d));
  return end < 0 ? shape.length : end;
}
