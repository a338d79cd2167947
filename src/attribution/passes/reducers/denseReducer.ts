// Whole gradients, for small models and for directions.
import { type DType, type HostArray, reshape, type Tensor, tensor } from '../../../autodiff/index.ts';
import type { Reducer } from './reducer.ts';

/** The gradient of a parameter on the host. */
export interface HostGradient {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** [size] row by row. */
  readonly values: HostArray;
}

/** By label, and then by parameter path. */
export type DenseGradients = Readonly<Record<string, Readonly<Record<string, HostGradient>>>>;

/**
 * Keeps the gradient of every label on the host.
 * @param isWanted which parameters; all if left out
 */
export function denseReducer(isWanted: (path: string) => boolean = () => true): Reducer<DenseGradients> {
  let names: readonly string[] = [];
  const found: Record<string, Record<string, HostGradient>> = {};
  return {
    begin: ({ labels }) => {
      names = labels;
      for (const label of labels) found[label] = {};
    },
    wants: (path) => (isWanted(path) ? { labels: true } : {}),
    take: ({ path, labels }) => {
      if (!isWanted(path)) return;
      for (const [l, gradient] of labels().entries())
        found[names[l]!]![path] = {
          dtype: gradient.dtype,
          shape: gradient.shape,
          values: gradient.readSync(),
        };
    },
    result: () => found,
  };
}

/** The gradient as a tensor of its shape again, which belongs to the scope around. */
export function toTensor({ values, shape, dtype }: HostGradient): Tensor {
  return reshape(tensor(values, { dtype, shape: [values.length] }), shape);
}
