// Gradients of scalar functions.
import { ShapeError, showShape } from '../../base/errors.ts';
import { scope } from '../../tensor/scope.ts';
import { ones, type Tensor } from '../../tensor/tensor.ts';
import type { Parameters } from '../trace/parameters.ts';
import { vjp } from './vjp.ts';

/**
 * The function that gives f(parameters) and its gradient, per parameter group.
 * @param f from a record of tensors, one per parameter group, to a scalar []
 * @throws ShapeError (when called) if f does not return a scalar
 * @example
 * ```ts
 * import { mul, sum, tensor, valueAndGrad } from 'gradsplit/autodiff';
 * const { value, gradient } = valueAndGrad(({ x }) => sum(mul(x, x)))({ x: tensor([1, 2, 3]) });
 * value.item(); // → 14
 * gradient.x.readSync(); // → [2, 4, 6]
 * ```
 */
export function valueAndGrad<P extends Parameters>(
  f: (parameters: P) => Tensor,
): (parameters: P) => { value: Tensor; gradient: P } {
  return (parameters) =>
    scope(() => {
      const { value, pullback } = vjp(f, parameters);
      if (value.shape.length !== 0) {
        throw new ShapeError(
          `grad: the function must return a scalar [], found shape ${showShape(value.shape)}`,
        );
      }
      const { gradient } = pullback({ gradient: ones([], value.dtype) });
      return { value, gradient };
    });
}

/**
 * The function that gives the gradient ∇f(parameters), per parameter group.
 * @param f from a record of tensors, one per parameter group, to a scalar []
 * @returns a function from parameters to gradients of their shapes
 * @throws ShapeError (when called) if f does not return a scalar
 * @example
 * ```ts
 * import { grad, mul, sum, tensor } from 'gradsplit/autodiff';
 * const gradient = grad(({ x }) => sum(mul(x, x)))({ x: tensor([1, 2, 3]) });
 * gradient.x.readSync(); // → [2, 4, 6]
 * ```
 */
export function grad<P extends Parameters>(f: (parameters: P) => Tensor): (parameters: P) => P {
  const both = valueAndGrad(f);
  return (parameters) => scope(() => both(parameters).gradient);
}
