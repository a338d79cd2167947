// The norm over all parameters together and the factor that clips it: by one kernel over all of them, or by ops where a running
// transform tracks them.

import { innerProductOfGroups } from '../autodiff/forward/innerProduct.ts';
import { div, minimum, type Parameters, sqrt, Tensor } from '../autodiff/index.ts';
import { isRecorded } from '../autodiff/trace/node.ts';

/** Whether kernels may take these tensors as they are: no running transform tracks one or maps over it. */
export function arePlain(tensors: readonly Tensor[]): boolean {
  return tensors.every((tensor) => tensor.exampleOf === undefined && !isRecorded(tensor));
}

/** Σ g², each parameter's sum by itself and these one after the other in the order of the record; both ways have the same bits. */
function squareSum(gradients: Parameters): Tensor {
  const tensors = Object.values(gradients);
  const [first] = tensors;
  const fits = tensors.every(
    ({ dtype, storage }) => dtype === first!.dtype && storage.kernels === first!.storage.kernels,
  );
  if (first === undefined || first.dtype === 'i32' || !fits || !arePlain(tensors)) {
    return innerProductOfGroups(gradients, gradients);
  }
  const { kernels } = first.storage;
  const out = Tensor.allocate(kernels, first.dtype, [], 'globalNorm');
  kernels.squareSum(
    tensors.map(({ buffer }) => buffer),
    out.buffer,
  );
  return out;
}

/**
 * ‖g‖ = √Σ g² over all parameters together.
 * @returns a scalar [] of the parameters' type
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * import { globalNorm } from 'gradsplit/optim';
 * globalNorm({ w: tensor([3]), b: tensor([4]) }).item(); // → 5
 * ```
 */
export function globalNorm(gradients: Parameters): Tensor {
  return sqrt(squareSum(gradients));
}

/** min(1, limit/‖g‖), a scalar; limit/0 is Infinity, which leaves 1. */
export function clipFactor(gradients: Parameters, limit: number): Tensor {
  return minimum(div(limit, globalNorm(gradients)), 1);
}
